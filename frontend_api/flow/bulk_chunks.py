"""A file of rows in chunks: where each ends, and what its rows are, byte by byte.

A chunk holds whole rows, so chunks can be worked on apart and in any order.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from mmap import mmap
from typing import NamedTuple

import orjson

from frontend_api.commitment.canonical import read_json, read_plain
from frontend_api.domain.errors import InputError, MalformedInput, TooLarge
from frontend_api.flow.bulk_table import Cells, Table
from frontend_api.ports import ImportFormat

LEAST_BYTES = 100_000
MOST_BYTES = 1_500_000  # about a thousand bills: one transaction, 30 ms under the write lock
_ROUNDS = 8  # chunks for each worker, if they can be large enough to be worth a transaction
_BOM = b"\xef\xbb\xbf"

Bytes = bytes | mmap


@dataclass(frozen=True, slots=True)
class Chunk:
    """Bytes ``start`` to ``end`` of the file; ``oversized``: one row over the limit."""

    number: int
    start: int
    end: int
    oversized: bool = False


def chunk_bytes(left: int, workers: int) -> int:
    """How large chunks are when ``left`` bytes are to be done."""
    return max(LEAST_BYTES, min(MOST_BYTES, left // (workers * _ROUNDS)))


def next_chunk(
    data: Bytes, number: int, start: int, form: ImportFormat, *, row_limit: int, size: int
) -> Chunk:
    """The chunk that begins at ``start``, of about ``size`` bytes. ``row_limit`` in bytes."""
    length = len(data)
    if length - start <= size:
        return Chunk(number, start, length)
    end = _row_end(data, start, start + size, form, row_limit)
    if end is None and length - start <= size + row_limit:
        end = length
    if end is not None:
        return Chunk(number, start, end)
    before = data.rfind(b"\n", start, start + size) + 1
    if before and form is not ImportFormat.CSV:
        return Chunk(number, start, before)
    after = data.find(b"\n", start + size) + 1
    return Chunk(number, start, after or length, oversized=True)


def _row_end(data: Bytes, start: int, at: int, form: ImportFormat, row_limit: int) -> int | None:
    """The end of the row that holds byte ``at``; None if it is over the limit."""
    latest = at + row_limit
    newline = data.find(b"\n", at, latest)
    if form is not ImportFormat.CSV:
        return newline + 1 or None
    quotes, counted = 0, start
    while newline >= 0:
        # Within quotes a line's end is text; a quote in a text is written twice.
        quotes += data[counted : newline + 1].count(b'"')
        counted = newline + 1
        if quotes % 2 == 0:
            return counted
        newline = data.find(b"\n", counted, latest)
    return None


class Row(NamedTuple):
    """A row and its place in the chunk, from 0.

    ``body`` is the request, or the InputError that it is instead; ``written`` its canonical form,
    if that is known and has no fraction.
    """

    place: int
    body: object
    written: bytes | None = None


def rows_of(
    data: Bytes, chunk: Chunk, form: ImportFormat, table: Table | None, row_limit: int
) -> tuple[int, list[Row]]:
    """How many rows the chunk has, blank ones too, and those that are not blank."""
    if chunk.oversized:
        error = TooLarge(f"is over the limit of {row_limit} bytes for one row")
        lines = 1 if form is not ImportFormat.CSV else data[chunk.start : chunk.end].count(b"\n")
        return max(1, lines), [Row(0, error)]
    part = data[chunk.start : chunk.end]
    if form is ImportFormat.CSV:
        assert table is not None
        return _csv_rows(part, table)
    lines_of = part.split(b"\n")
    count = len(lines_of) - (0 if lines_of[-1].strip() else 1)
    filled = [(i, line) for i, line in enumerate(lines_of) if line and not line.isspace()]
    return count, [_row(i, line, table, row_limit) for i, line in filled]


def _row(place: int, line: bytes, table: Table | None, row_limit: int) -> Row:
    if len(line) > row_limit:
        return Row(place, TooLarge(f"is over the limit of {row_limit} bytes for one row"))
    if table is not None:
        return _table_row(place, table, orjson.loads(line))
    plain = read_plain(line)
    if plain:
        return Row(place, *plain)
    try:
        return Row(place, read_json(line))
    except InputError as e:
        return Row(place, e)


def _table_row(place: int, table: Table, cells: Cells) -> Row:
    try:
        return Row(place, table.body(cells))
    except InputError as e:
        return Row(place, e)


def _csv_rows(part: bytes, table: Table) -> tuple[int, list[Row]]:
    rows: list[Row] = []
    count = 0
    for count, cells in enumerate(_records(part.decode()), start=1):
        if isinstance(cells, InputError):
            rows.append(Row(count - 1, cells))
        elif any(cells):
            rows.append(_table_row(count - 1, table, cells))
    return count, rows


def _records(text: str) -> Iterator[Cells | InputError]:
    """The records of RFC 4180; one that breaks its rules does not end the reading."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    while True:
        try:
            yield next(reader)
        except StopIteration:
            return
        except csv.Error as e:
            yield MalformedInput(f"is not a CSV record (RFC 4180): {e}")


def first_row_at(data: Bytes, form: ImportFormat) -> int:
    """Where the first row begins, which in a table is its header."""
    return len(_BOM) if data[:3] == _BOM and form is not ImportFormat.XLSX else 0


def header_of(data: Bytes, form: ImportFormat, row_limit: int) -> tuple[list[str], int]:
    """The names of the columns of a table, and where its first row begins.

    Raises MalformedInput.
    """
    start = first_row_at(data, form)
    end = _row_end(data, start, start, form, row_limit) or min(len(data), start + row_limit)
    line = data[start:end]
    if form is ImportFormat.XLSX:
        return [str(cell or "") for cell in orjson.loads(line)], end
    try:
        found = next(_records(line.decode()), [])
    except UnicodeDecodeError as e:
        raise MalformedInput(NOT_UTF8) from e
    if isinstance(found, InputError):
        raise MalformedInput(f"the first row {found}")
    return [str(cell) for cell in found], end


NOT_UTF8 = "the file is not UTF-8: save it as “CSV UTF-8” (Excel: 另存为 → CSV UTF-8)"
