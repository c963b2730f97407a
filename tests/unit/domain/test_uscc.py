"""Unified social credit codes: published ones pass, any mistyped character is noticed."""

from __future__ import annotations

import pytest

from frontend_api.domain.uscc import check_character, require_uscc

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
# As published by the institutions themselves: companies, universities, an example of the standard.
PUBLISHED = (
    "91350100M000100Y43",
    "91330100716105852F",
    "914403001922038216",
    "9144030071526726XG",
    "91110000802100433B",
    "12100000400002259P",
    "12100000400000624D",
)


@pytest.mark.parametrize("code", PUBLISHED)
def test_require_uscc__published_code__taken(code: str) -> None:
    assert require_uscc(code) == code


@pytest.mark.parametrize("place", range(18))
def test_require_uscc__one_character_mistyped__refused(place: int) -> None:
    code = PUBLISHED[0]
    for other in ALPHABET.replace(code[place], ""):
        with pytest.raises(ValueError, match="check character"):
            require_uscc(code[:place] + other + code[place + 1 :])


def test_require_uscc__different_neighbours_swapped__refused() -> None:
    for code in PUBLISHED:
        for place in (p for p in range(17) if code[p] != code[p + 1]):
            swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
            with pytest.raises(ValueError, match="check character"):
                require_uscc(swapped)


@pytest.mark.parametrize("letter", "IOSVZaé零 ")
def test_require_uscc__letter_outside_the_alphabet__refused(letter: str) -> None:
    with pytest.raises(ValueError, match="without I, O, S, V, Z"):
        require_uscc(letter + PUBLISHED[0][1:])


@pytest.mark.parametrize("code", ["", PUBLISHED[0][:-1], PUBLISHED[0] + "3"])
def test_require_uscc__wrong_length__refused(code: str) -> None:
    with pytest.raises(ValueError, match="18 characters"):
        require_uscc(code)


def test_check_character__seventeen_characters__gives_the_last() -> None:
    assert [check_character(code[:17]) for code in PUBLISHED] == [code[17] for code in PUBLISHED]
