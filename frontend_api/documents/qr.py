"""The QR code as a vector drawing: one path of whole rows of dark modules."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import qrcode
from qrcode.constants import ERROR_CORRECT_L, ERROR_CORRECT_M
from qrcode.util import BIT_LIMIT_TABLE, MODE_NUMBER, QRData, length_in_bits

# Trying all eight masks takes most of the time and gains little on text that looks random.
_MASK = 3
_QUIET = 4  # modules of white around the code, as ISO/IEC 18004 asks
_LONG = 160  # characters; longer text gives up error correction for larger modules
_MOST_BYTES = 2953  # version 40, level L
_AS_DIGITS: Final = 1  # mode indicators of ISO/IEC 18004
_AS_BYTES: Final = 4
_NUMERIC = re.compile(r"[0-9]{40,}\Z")  # a run of digits at the end takes 3.3 bits each, not 8
_LENGTHS = ((1, 10), (10, 27), (27, 41))  # versions that tell a part's length in as many bits
_MODULE_MM = 0.5
_SMALLEST_MM, _LARGEST_MM = 26.0, 36.0


@dataclass(frozen=True, slots=True)
class QrDrawing:
    """An SVG (quiet zone included) and the side in millimetres at which it can be scanned."""

    svg: str
    side_mm: float
    rows: tuple[str, ...]  # ``1`` for a dark module, with the quiet zone


def draw_qr(text: str) -> QrDrawing:
    """The QR code of ``text``. Raises ValueError when it is too long for one."""
    if len(text.encode()) > _MOST_BYTES:
        raise ValueError("the verify URL is too long for a QR code")
    level = ERROR_CORRECT_L if len(text) > _LONG else ERROR_CORRECT_M
    rows = _with_quiet_zone(_modules(list(segments(text)), level))
    side = len(rows)
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}">'
        f'<path fill="#fff" d="M0 0h{side}v{side}H0z"/>'
        f'<path stroke="#000" d="{"".join(map(_path, range(side), rows))}"/></svg>'
    )
    return QrDrawing(svg, min(_LARGEST_MM, max(_SMALLEST_MM, side * _MODULE_MM)), rows)


def _modules(parts: Sequence[QRData], level: int) -> list[str]:
    code = qrcode.QRCode(
        _version(parts, level), error_correction=level, mask_pattern=_MASK, border=0
    )
    for part in parts:
        code.add_data(part)
    code.make(fit=False)
    return ["".join("1" if dark else "0" for dark in row) for row in code.get_matrix()]


def _version(parts: Sequence[QRData], level: int) -> int:
    """The smallest that holds them: trying it out would write them once more."""
    bits = sum(map(_payload, parts))
    for least, most in _LENGTHS:
        needed = bits + sum(4 + length_in_bits(part.mode, least) for part in parts)
        for version in range(least, most):
            if needed <= BIT_LIMIT_TABLE[level][version]:
                return version
    raise ValueError("the text is too long for a QR code")


def _payload(part: QRData) -> int:
    count = len(part)
    if part.mode == MODE_NUMBER:
        return count // 3 * 10 + (0, 4, 7)[count % 3]
    return 8 * count


def _with_quiet_zone(rows: Sequence[str]) -> tuple[str, ...]:
    beside, above = "0" * _QUIET, ("0" * (len(rows) + 2 * _QUIET),) * _QUIET
    return (*above, *(f"{beside}{row}{beside}" for row in rows), *above)


def segments(text: str) -> Iterator[QRData]:
    """The parts of a text that a QR code holds in different ways: as bytes, and as digits."""
    digits = _NUMERIC.search(text)
    start = digits.start() if digits else len(text)
    if start:
        yield QRData(text[:start].encode(), mode=_AS_BYTES)
    if digits:
        yield QRData(text[start:].encode(), mode=_AS_DIGITS)


class _Pieces(dict[str, str]):
    """Path data of light modules and the dark ones behind them, from the first to the last."""

    def __missing__(self, run: str) -> str:
        dark = run.count("1")
        piece = f"m{len(run) - dark} 0h{dark}"
        self[run] = piece
        return piece


_PIECES = _Pieces()


def _path(y: int, row: str) -> str:
    runs = row.rstrip("0").replace("10", "1 0").split()
    return f"M0 {y}.5{''.join(map(_PIECES.__getitem__, runs))}" if runs else ""
