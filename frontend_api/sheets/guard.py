"""What an .xlsx file must not be before anything unpacks it: a bomb, a trap, or too large."""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from frontend_api.domain.errors import MalformedInput, TooLarge

_BLOCK = 1 << 20
_TAIL = 64  # bytes of a block looked at again with the next: a mark may lie across two
_MOST_PARTS = 10_000
_MARKS = re.compile(rb"<!(DOCTYPE|ENTITY)", re.IGNORECASE)
_CELL = re.compile(rb'\sr\s*=\s*["\']([A-Za-z]{1,3})([0-9]{1,7})["\']')
_SYMLINK = 0o120000


@dataclass(frozen=True, slots=True)
class SheetLimits:
    """``unpacked`` bytes of the whole file; ``ratio`` of unpacked to packed bytes of a part;
    ``cells`` of a sheet, counted as the rectangle around those in use.
    """

    unpacked: int = 1 << 30
    ratio: int = 100
    cells: int = 10_000_000


def check_xlsx(path: Path, limits: SheetLimits) -> None:
    """Raises TooLarge for what unpacks to too much, MalformedInput for what is no plain .xlsx."""
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
            if len(parts) > _MOST_PARTS:
                raise TooLarge(f"the spreadsheet has more than {_MOST_PARTS} parts")
            left = limits.unpacked
            for part in parts:
                _check_name(part)
                left -= _check_part(archive, part, left, limits)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as e:
        # RuntimeError: a password; NotImplementedError: an unusual compression.
        raise MalformedInput(f"the spreadsheet cannot be unpacked: {e}") from e


def _check_name(part: zipfile.ZipInfo) -> None:
    name = PurePosixPath(part.filename.replace("\\", "/"))
    is_link = part.external_attr >> 16 & 0o170000 == _SYMLINK
    if name.is_absolute() or ".." in name.parts or ":" in part.filename or is_link:
        raise MalformedInput("the spreadsheet has a part that points outside of it")


def _check_part(
    archive: zipfile.ZipFile, part: zipfile.ZipInfo, left: int, limits: SheetLimits
) -> int:
    """The unpacked size, counted while unpacking: what the file says of itself is not believed."""
    size, end, corner = 0, b"", (0, 0)
    is_xml = part.filename.lower().endswith((".xml", ".rels"))
    is_sheet = is_xml and "worksheets/" in part.filename
    most = min(left, limits.ratio * max(part.compress_size, 1024))
    with archive.open(part) as stream:
        while block := stream.read(_BLOCK):
            if is_xml and not size and not block.removeprefix(b"\xef\xbb\xbf").startswith(b"<"):
                raise MalformedInput(f"{part.filename} is not XML in UTF-8")
            size += len(block)
            if size > most:
                raise TooLarge("the spreadsheet unpacks to more than the limit")
            seen = end + block
            if is_xml and _MARKS.search(seen):
                raise MalformedInput("the spreadsheet declares entities (DOCTYPE): not taken")
            if is_sheet:
                corner = _corner(seen, corner, limits)
            end = block[-_TAIL:]
    return size


def _corner(xml: bytes, corner: tuple[int, int], limits: SheetLimits) -> tuple[int, int]:
    columns, rows = corner
    for letters, digits in set(_CELL.findall(xml)):
        columns, rows = max(columns, _column(letters)), max(rows, int(digits))
    if columns * rows > limits.cells:
        raise TooLarge(f"a sheet has more than {limits.cells} cells: send it as CSV")
    return columns, rows


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number
