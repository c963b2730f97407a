"""The errors of an import, to be read by programs and by spreadsheets."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from typing import Any

from frontend_api.ports import RowError

_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # how a cell begins that a spreadsheet would run
COLUMNS = ("row", "path", "code", "message")


def error_line(error: RowError) -> dict[str, Any]:
    """As a JSON object."""
    return {name: getattr(error, name) for name in COLUMNS}


def error_table(errors: Iterable[RowError]) -> Iterator[str]:
    """As lines of CSV (UTF-8 with its mark, which spreadsheets look for)."""
    yield "\ufeff" + _line(COLUMNS)
    for error in errors:
        yield _line([str(error.row), *map(plain_cell, (error.path, error.code, error.message))])


def plain_cell(text: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return "'" + text if text.startswith(_FORMULA) else text


def _line(cells: Iterable[str]) -> str:
    out = io.StringIO()
    csv.writer(out).writerow(cells)
    return out.getvalue()
