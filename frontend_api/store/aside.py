"""A second database beside the first: projections made anew, to compare with or to take over."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Table, select

from frontend_api.ports import RowDifference
from frontend_api.store.database import Database
from frontend_api.store.schema import PROJECTIONS, metadata

_CHUNK = 500
_PREFIX = "aside-"


@contextmanager
def aside(folder: Path) -> Iterator[Database]:
    """An empty database with the same tables; it lies in ``folder`` and is removed at the end.

    What a killed process left there is removed at the next start.
    """
    for left in folder.glob(f"{_PREFIX}*"):
        if not _lives(int(left.name.removeprefix(_PREFIX))):
            shutil.rmtree(left, ignore_errors=True)
    place = folder / f"{_PREFIX}{os.getpid()}"
    shutil.rmtree(place, ignore_errors=True)
    database = Database.at(place / "projections.sqlite3")
    try:
        with database.write() as c:
            metadata.create_all(c)
        yield database
    finally:
        database.close()
        shutil.rmtree(place, ignore_errors=True)


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def differences(stored: Connection, found: Connection) -> Iterator[RowDifference]:
    """Where the projections of two databases differ, table by table and row by row.

    Both are read in the order of their keys, so that nothing has to be kept in memory.
    """
    for table in PROJECTIONS:
        yield from _compare(table, _rows(table, stored), _rows(table, found))


def _rows(table: Table, c: Connection) -> Iterator[dict[str, Any]]:
    ordered = select(table).order_by(*table.primary_key.columns)
    for row in c.execute(ordered.execution_options(yield_per=_CHUNK)).mappings():
        yield dict(row)


def _compare(
    table: Table, stored: Iterator[dict[str, Any]], found: Iterator[dict[str, Any]]
) -> Iterator[RowDifference]:
    left, right = next(stored, None), next(found, None)
    while left or right:
        if right is None or (left and _order(table, left) < _order(table, right)):
            assert left is not None
            yield _difference(table, left, "*", "there", None)
            left = next(stored, None)
        elif left is None or _order(table, right) < _order(table, left):
            yield _difference(table, right, "*", None, "there")
            right = next(found, None)
        else:
            for name in (n for n in left if left[n] != right[n]):
                yield _difference(table, right, name, left[name], right[name])
            left, right = next(stored, None), next(found, None)


def _difference(
    table: Table, row: dict[str, Any], field: str, stored: Any, found: Any
) -> RowDifference:
    key = "/".join(_text(row[column.name]) for column in table.primary_key.columns)
    about = row.get("bill_key")
    return RowDifference(
        table.name, key, about if isinstance(about, int) else None, field, stored, found
    )


def _text(value: Any) -> str:
    return "0x" + value.hex() if isinstance(value, bytes) else str(value)


def _order(table: Table, row: dict[str, Any]) -> list[tuple[int, Any]]:
    """SQLite's order, in which a value of the wrong type has a place too."""
    return [_rank(row[column.name]) for column in table.primary_key.columns]


def _rank(value: Any) -> tuple[int, Any]:
    if value is None:
        return 0, 0
    if isinstance(value, int | float):
        return 1, value
    return (2, value.encode()) if isinstance(value, str) else (3, bytes(value))
