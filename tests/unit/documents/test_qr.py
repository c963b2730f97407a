"""QR codes are as small as they can be, and of a size that a phone reads."""

from __future__ import annotations

import pytest
import qrcode
from qrcode.constants import ERROR_CORRECT_L, ERROR_CORRECT_M

from frontend_api.documents.qr import draw_qr, segments

QUIET = 4


@pytest.mark.parametrize("plain", [1, 14, 60, 72, 90, 150])
@pytest.mark.parametrize("digits", [0, 40, 41, 42, 160, 600])
def test_draw_qr__texts_and_digits_of_any_length__in_the_smallest_code(
    plain: int, digits: int
) -> None:
    text = "x" * plain + "7" * digits
    level = ERROR_CORRECT_L if len(text) > 160 else ERROR_CORRECT_M
    code = qrcode.QRCode(error_correction=level, mask_pattern=3, border=QUIET)
    for part in segments(text):
        code.add_data(part)
    code.make(fit=True)
    drawn = ["".join("1" if dark else "0" for dark in row) for row in code.get_matrix()]
    assert list(draw_qr(text).rows) == drawn


def test_draw_qr__longer_than_the_largest_code__is_refused() -> None:
    assert len(draw_qr("x" * 2953).rows) == 177 + 2 * QUIET
    with pytest.raises(ValueError, match="too long"):
        draw_qr("x" * 2954)


def test_draw_qr__rows__have_the_quiet_zone_around_them() -> None:
    rows = draw_qr("https://piaolian.example/v/1").rows
    assert {len(row) for row in rows} == {len(rows)}
    assert not any("1" in row for row in (*rows[:QUIET], *rows[-QUIET:]))
    assert all(row[:QUIET] == row[-QUIET:] == "0" * QUIET for row in rows)
