"""Money: integers in fen, figures, and the People's Bank's capital characters (大写)."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest

from frontend_api.domain.money import MAX_FEN, capitals, figures, require_fen

# The examples of 《正确填写票据和结算凭证的基本规定》, then its rules on zeros at every place.
CAPITALS = {
    140950: "壹仟肆佰零玖元伍角整",
    600714: "陆仟零柒元壹角肆分",
    168032: "壹仟陆佰捌拾元零叁角贰分",
    10700053: "壹拾万柒仟元零伍角叁分",
    1640902: "壹万陆仟肆佰零玖元零贰分",
    32504: "叁佰贰拾伍元零肆分",
    0: "零元整",
    1: "壹分",
    10: "壹角整",
    11: "壹角壹分",
    100: "壹元整",
    101: "壹元零壹分",
    110: "壹元壹角整",
    1000: "壹拾元整",
    1010: "壹拾元零壹角整",
    1001: "壹拾元零壹分",
    1500: "壹拾伍元整",
    10001: "壹佰元零壹分",
    10100: "壹佰零壹元整",
    100100: "壹仟零壹元整",
    101000: "壹仟零壹拾元整",
    162600: "壹仟陆佰贰拾陆元整",
    1000000: "壹万元整",
    1000100: "壹万零壹元整",
    1010000: "壹万零壹佰元整",
    1100000: "壹万壹仟元整",
    10000000: "壹拾万元整",
    10000100: "壹拾万零壹元整",
    100010000: "壹佰万零壹佰元整",
    100000000: "壹佰万元整",
    1000000000: "壹仟万元整",
    1000000100: "壹仟万零壹元整",
    10000000000: "壹亿元整",
    10000000100: "壹亿零壹元整",
    10001000000: "壹亿零壹万元整",
    10100000000: "壹亿零壹佰万元整",
    1000000010000: "壹佰亿零壹佰元整",
    100000000000000: "壹万亿元整",
    100000000000001: "壹万亿元零壹分",
    100010000000000: "壹万零壹亿元整",
    100001000000000: "壹万亿零壹仟万元整",
    123450000000000: "壹万贰仟叁佰肆拾伍亿元整",
    1000000000000000: "壹拾万亿元整",
    123456789012345: "壹万贰仟叁佰肆拾伍亿陆仟柒佰捌拾玖万零壹佰贰拾叁元肆角伍分",
}


@pytest.mark.parametrize(("fen", "words"), CAPITALS.items())
def test_capitals__rules_of_the_peoples_bank__zeros_where_they_belong(fen: int, words: str) -> None:
    assert capitals(fen) == words


def test_capitals__read_back__give_the_amount() -> None:
    for fen in [*range(0, 120_000, 7), *(10**n for n in range(16)), *range(0, MAX_FEN, 10**12 - 7)]:
        assert _read(capitals(fen)) == fen


def test_capitals__any_amount__never_doubles_a_zero_nor_ends_a_group_in_one() -> None:
    for fen in range(1, 3 * 10**7, 9973):
        assert not re.search("零[零拾佰仟万亿元角分整]", capitals(fen))


@pytest.mark.parametrize(
    ("fen", "text"),
    [(0, "0.00"), (5, "0.05"), (162600, "1,626.00"), (100, "1.00"), (123456789, "1,234,567.89")],
)
def test_figures__amount__has_separators_and_two_places(fen: int, text: str) -> None:
    assert figures(fen) == text
    assert Decimal(text.replace(",", "")) * 100 == fen


@pytest.mark.parametrize("value", [-1, MAX_FEN + 1, True, 1.0, "1", None, 10**300])
def test_require_fen__not_an_amount__refused(value: object) -> None:
    with pytest.raises(ValueError, match="must"):
        require_fen(value)


def test_require_fen__zero__refused_only_where_it_must_be_positive() -> None:
    assert require_fen(0) == 0
    assert require_fen(MAX_FEN, positive=True) == MAX_FEN
    with pytest.raises(ValueError, match="greater than zero"):
        require_fen(0, positive=True)


@pytest.mark.parametrize("write", [capitals, figures])
def test_writing_money__negative__refused(write: object) -> None:
    assert callable(write)
    with pytest.raises(ValueError, match="negative"):
        write(-1)


def _read(words: str) -> int:
    """An independent reader of capital characters."""
    digits = {c: i for i, c in enumerate("零壹贰叁肆伍陆柒捌玖")}
    places = {"拾": 10, "佰": 100, "仟": 1000}
    total, group, digit = 0, 0, 0
    for c in words:
        if c in digits:
            digit = digits[c]
        elif c in places:
            group, digit = group + digit * places[c], 0
        elif c == "万":
            total, group, digit = total + (group + digit) * 10**4, 0, 0
        elif c == "亿":
            total, group, digit = (total + group + digit) * 10**8, 0, 0
        elif c == "元":
            total, group, digit = (total + group + digit) * 100, 0, 0
        elif c in "角分":
            total, digit = total + digit * (10 if c == "角" else 1), 0
    return total
