"""The first sheet of an .xlsx file as JSON lines, one array of cells a row."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import orjson
from python_calamine import CalamineError, CalamineWorkbook

from frontend_api.domain.errors import MalformedInput
from frontend_api.sheets.guard import SheetLimits, check_xlsx

_TIME_ZONE = "+08:00"  # a cell has none: Beijing time, which holds in all of China


def write_rows(
    path: Path, write: Callable[[bytes], None], limits: SheetLimits | None = None
) -> None:
    """Write the rows; row 1 of the sheet is line 1. Raises TooLarge, MalformedInput."""
    check_xlsx(path, limits or SheetLimits())
    try:
        with CalamineWorkbook.from_path(str(path)) as workbook:
            sheet = workbook.get_sheet_by_index(0)
            if sheet.start is None or sheet.start[0]:
                raise MalformedInput("the first row of the first sheet must name the columns")
            for row in _rows(sheet.iter_rows()):
                write(row)
    except (CalamineError, OSError, ValueError, IndexError) as e:
        raise MalformedInput(f"the spreadsheet cannot be read: {e}") from e


def _rows(rows: Iterator[list[Any]]) -> Iterator[bytes]:
    for cells in rows:
        plain = [_plain(cell) for cell in cells]
        while plain and plain[-1] is None:
            plain.pop()
        yield orjson.dumps(plain) + b"\n"


def _plain(cell: Any) -> str | int | float | bool | None:
    if cell == "":
        return None
    if isinstance(cell, datetime.datetime):
        return cell.isoformat(timespec="seconds") + _TIME_ZONE
    if isinstance(cell, datetime.date | datetime.time):
        return cell.isoformat()
    if isinstance(cell, datetime.timedelta):
        return str(cell)
    return cell if isinstance(cell, str | int | float | bool) else str(cell)
