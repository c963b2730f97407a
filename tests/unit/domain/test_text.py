"""Which text may stand on a bill."""

from __future__ import annotations

import unicodedata

import pytest

from frontend_api.domain.text import is_plain, text_fault


@pytest.mark.parametrize(
    "text", ["", "张三", "A-1 (x)", "𠮷野家", "Ⅱ级护理", "é", "각", "0.9% 氯化钠", "（样例）", "👍"]
)
def test_text_fault__ordinary_text__none(text: str) -> None:
    assert text_fault(text) is None


FORBIDDEN = {
    "NUL": "\x00", "tab": "\t", "line feed": "\n", "escape": "\x1b", "DEL": "\x7f", "C1": "\x85",
    "soft hyphen": "\xad", "grapheme joiner": "\u034f", "Arabic letter mark": "\u061c",
    "Hangul filler": "\u115f", "zero-width space": "\u200b", "zero-width joiner": "\u200d",
    "right-to-left mark": "\u200f", "line separator": "\u2028", "right-to-left override": "\u202e",
    "word joiner": "\u2060", "left-to-right isolate": "\u2066", "Hangul filler 2": "\u3164",
    "BOM": "\ufeff", "half-width filler": "\uffa0", "noncharacter": "\ufdd0",
    "interlinear": "\ufff9", "last of the plane": "\uffff", "high surrogate": "\ud800",
    "low surrogate": "\udfff", "tag letter": "\U000e0041",
}  # fmt: skip


@pytest.mark.parametrize("mark", FORBIDDEN.values(), ids=FORBIDDEN)
def test_text_fault__control_or_invisible__named_by_code_point(mark: str) -> None:
    assert f"U+{ord(mark):04X}" in str(text_fault(f"张{mark}三"))


def test_text_fault__every_bidirectional_or_control_character__forbidden() -> None:
    marks = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
    for point in range(0x110000):
        c = chr(point)
        if unicodedata.bidirectional(c) in marks or unicodedata.category(c) in ("Cc", "Cs", "Zl"):
            assert text_fault(c) is not None, hex(point)


def test_is_plain__every_character__never_says_yes_to_a_fault() -> None:
    taken = [chr(point) for point in range(0x110000) if is_plain(chr(point))]
    assert [c for c in taken if text_fault(c)] == []
    assert {"a", "票", "é", " ", "𠮷"} < set(taken)
    assert not is_plain("a\u3000b"), "sound, but left to the slow look"


@pytest.mark.parametrize(
    "text", ["e\u0301", "\u1100\u1161", "\u212b", "\uf900", "か\u3099"], ids=ascii
)
def test_text_fault__not_nfc__refused_and_its_nfc_taken(text: str) -> None:
    assert "NFC" in str(text_fault(text))
    assert not is_plain(f'{{"name":"{text}"}}'), "also among other texts"
    assert text_fault(unicodedata.normalize("NFC", text)) is None
