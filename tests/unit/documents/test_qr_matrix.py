"""The modules of a QR code are those that ``qrcode`` draws, bit for bit."""

from __future__ import annotations

import random

import pytest
import qrcode
from qrcode.constants import ERROR_CORRECT_L, ERROR_CORRECT_M

from frontend_api.documents.qr import draw_qr, segments
from frontend_api.documents.qr_matrix import MASK, matrix

_CHARACTERS = "abcdefghijkXYZ-_/:0123456789"


def drawn(text: str, level: int) -> list[str]:
    code = qrcode.QRCode(error_correction=level, mask_pattern=MASK, border=0)
    for part in segments(text):
        code.add_data(part)
    code.make()
    return ["".join("1" if dark else "0" for dark in row) for row in code.get_matrix()]


@pytest.mark.parametrize("level", [ERROR_CORRECT_L, ERROR_CORRECT_M])
@pytest.mark.parametrize(
    ("plain", "digits"),
    [(1, 0), (14, 0), (60, 0), (0, 41), (90, 160), (91, 161), (150, 162), (400, 300), (2200, 0)],
)
def test_matrix__texts_and_digits_of_any_length__are_as_qrcode_draws_them(
    plain: int, digits: int, level: int
) -> None:
    chance = random.Random(plain * 1000 + digits)
    text = "".join(chance.choices(_CHARACTERS, k=plain)) + "#" * (digits > 0)
    text += "".join(chance.choices("0123456789", k=digits))
    assert matrix(list(segments(text)), level) == drawn(text, level)


def test_matrix__longer_than_the_largest_code__is_refused() -> None:
    assert len(matrix(list(segments("x" * 2331)), ERROR_CORRECT_M)) == 177
    with pytest.raises(ValueError, match="too long"):
        matrix(list(segments("x" * 2332)), ERROR_CORRECT_M)


def test_drawing__rows__have_the_quiet_zone_around_them() -> None:
    rows = draw_qr("https://piaolian.example/v/1").rows
    assert {len(row) for row in rows} == {len(rows)}
    assert not any("1" in row for row in (*rows[:4], *rows[-4:]))
    assert all(row[:4] == row[-4:] == "0000" for row in rows)
