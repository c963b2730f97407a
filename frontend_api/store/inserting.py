"""Inserts of many rows in few statements.

A driver's executemany gives Python's lock away for every row, and whoever wants it back waits for
whatever else is running: under load that costs far more than the rows do.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Table, insert

_SIZES = (64, 16, 4, 1)  # rows of one statement: few different texts, so that they stay prepared


def insert_rows(c: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows that all have the same columns, with values as the driver takes them."""
    if c.dialect.paramstyle != "qmark":
        c.execute(insert(table), rows)
        return
    at = 0
    for size in _SIZES:
        while len(rows) - at >= size:
            chunk = rows[at : at + size]
            text = _text(table.name, tuple(chunk[0]), size)
            c.exec_driver_sql(text, tuple(value for row in chunk for value in row.values()))
            at += size


@lru_cache(maxsize=64)
def _text(table: str, columns: tuple[str, ...], rows: int) -> str:
    row = f"({', '.join('?' * len(columns))})"
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES {', '.join([row] * rows)}"
