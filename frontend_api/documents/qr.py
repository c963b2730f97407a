"""The QR code as a vector drawing: one path of whole rows of dark modules."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

import qrcode
from qrcode.constants import ERROR_CORRECT_L, ERROR_CORRECT_M
from qrcode.util import QRData

# Trying all eight masks takes most of the time and gains little on text that looks random.
_MASK = 3
_QUIET = 4  # modules of white around the code, as ISO/IEC 18004 asks
_LONG = 160  # characters; longer text gives up error correction for larger modules
_MOST_BYTES = 2953  # version 40, level L
_AS_DIGITS: Final = 1  # mode indicators of ISO/IEC 18004
_AS_BYTES: Final = 4
_NUMERIC = re.compile(r"[0-9]{40,}\Z")  # a run of digits at the end takes 3.3 bits each, not 8
_MODULE_MM = 0.5
_SMALLEST_MM, _LARGEST_MM = 26.0, 36.0


@dataclass(frozen=True, slots=True)
class QrDrawing:
    """An SVG (quiet zone included) and the side in millimetres at which it can be scanned."""

    svg: str
    side_mm: float


def draw_qr(text: str) -> QrDrawing:
    """The QR code of ``text``. Raises ValueError when it is too long for one."""
    if len(text.encode()) > _MOST_BYTES:
        raise ValueError("the verify URL is too long for a QR code")
    level = ERROR_CORRECT_L if len(text) > _LONG else ERROR_CORRECT_M
    code = qrcode.QRCode(error_correction=level, mask_pattern=_MASK, border=0)
    for part in segments(text):
        code.add_data(part)
    code.make()
    matrix = code.get_matrix()
    side = len(matrix) + 2 * _QUIET
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}">'
        f'<path fill="#fff" d="M0 0h{side}v{side}H0z"/>'
        f'<path d="{"".join(_runs(matrix))}"/></svg>'
    )
    return QrDrawing(svg, min(_LARGEST_MM, max(_SMALLEST_MM, side * _MODULE_MM)))


def segments(text: str) -> Iterator[QRData]:
    """The parts of a text that a QR code holds in different ways: as bytes, and as digits."""
    digits = _NUMERIC.search(text)
    start = digits.start() if digits else len(text)
    if start:
        yield QRData(text[:start].encode(), mode=_AS_BYTES)
    if digits:
        yield QRData(text[start:].encode(), mode=_AS_DIGITS)


def _runs(matrix: Sequence[Sequence[bool | None]]) -> Iterator[str]:
    for y, row in enumerate(matrix, _QUIET):
        x = _QUIET
        for dark, modules in groupby(row, key=bool):
            width = len(list(modules))
            if dark:
                yield f"M{x} {y}h{width}v1h-{width}z"
            x += width
