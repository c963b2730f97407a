from __future__ import annotations

import pytest

from frontend_api.documents.fonts import displayable
from frontend_api.documents.masking import masked
from frontend_api.documents.qr import draw_qr


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("460102199001011234", "460***********1234"),
        ("13800138000", "138****8000"),
        ("E12345678", "********8"),
        ("7", "7"),
        ("", ""),
    ],
)
def test_masked__hides_the_middle(number: str, shown: str) -> None:
    assert masked(number) == shown


@pytest.mark.parametrize("text", ["张三", "䶮㛃𬭚𫖯龘㭎堃赟", "𠮷野", "¥1,626.00", "Ω é ①"])
def test_displayable__characters_the_fonts_have__stay(text: str) -> None:
    assert displayable(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [("𠀀野", "〔U+20000〕野"), ("好😀", "好〔U+1F600〕"), ("\ue000", "〔U+E000〕")],
)
def test_displayable__characters_no_font_has__become_their_code(text: str, shown: str) -> None:
    assert displayable(text) == shown


def test_draw_qr__longer_than_any_qr_code__is_refused() -> None:
    with pytest.raises(ValueError, match="too long"):
        draw_qr("x" * 3000)


def test_draw_qr__longer_text__is_drawn_larger() -> None:
    assert draw_qr("x" * 60).side_mm < draw_qr("x" * 600).side_mm
