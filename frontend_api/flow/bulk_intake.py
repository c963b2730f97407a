"""Taking in a file: what can be seen at a look is refused at once, the rest waits for its turn."""

from __future__ import annotations

import codecs
import mmap
import secrets
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from frontend_api.domain.errors import MalformedInput, StateConflict, UnsupportedType
from frontend_api.domain.kind import Kind
from frontend_api.flow.bulk_chunks import NOT_UTF8, Bytes, first_row_at, header_of
from frontend_api.flow.bulk_table import Table
from frontend_api.ports import (
    ImportFiles,
    ImportFormat,
    ImportJob,
    ImportStore,
    NewImport,
    Receiving,
)

_ZIP = b"PK\x03\x04"
_BLOCK = 1 << 20
_NAME_LENGTH = 255
MOST_WAITING = 16  # unfinished imports of one issuer: their files fill the disk

# From a spreadsheet to rows of cells as JSON arrays, one a line.
ToRows = Callable[[Path, Callable[[bytes], None]], None]


@dataclass(frozen=True, slots=True)
class Origin:
    """Whose file it is and where it came from; see ``ports.NewImport``."""

    issuer: str | None
    file_name: str
    source: str | None = None
    idempotency_key: str | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """The import of a file, perhaps made by the same request earlier (``replayed``)."""

    job: ImportJob
    replayed: bool


@dataclass(frozen=True, slots=True)
class Intake:
    """Where files come in."""

    files: ImportFiles
    store: ImportStore
    kinds: Mapping[str, Kind]
    to_rows: ToRows
    row_limit: int

    def receive(self) -> AbstractContextManager[Receiving]:
        """A temporary file to write to, then to be given to :meth:`take`."""
        return self.files.receive()

    def take(self, received: Receiving, form: ImportFormat, origin: Origin) -> Taken:
        """Keep the file and note its import.

        Raises UnsupportedType, MalformedInput and TooLarge for a file that cannot be read at all,
        StateConflict when too many wait, IdempotencyKeyReused.
        """
        waiting = [j for j in self.store.unfinished() if j.new.issuer == origin.issuer]
        key = origin.idempotency_key
        repeated = key is not None and any(j.new.idempotency_key == key for j in waiting)
        if len(waiting) >= MOST_WAITING and not repeated:
            raise StateConflict(f"{MOST_WAITING} imports are waiting: try again when one is done")
        received.flush()
        digest = received.digest()
        _check_magic(received.path, form)
        if form is not ImportFormat.XLSX:
            return self._note(received.path, digest, form, origin)
        with self.files.receive() as rows:
            self.to_rows(received.path, rows.write)
            rows.flush()
            return self._note(rows.path, digest, form, origin)

    def _note(self, rows: Path, digest: bytes, form: ImportFormat, origin: Origin) -> Taken:
        import_id = secrets.token_hex(16)
        with mapped(rows) as data:
            start, _ = start_of(data, form, self.kinds, self.row_limit)
            if form is ImportFormat.CSV:
                _check_utf8(data)
            new = NewImport(
                import_id=import_id,
                issuer=origin.issuer,
                format=form,
                file_name=origin.file_name[:_NAME_LENGTH],
                source=origin.source,
                sha256=digest,
                size=len(data),
                start=start,
                rows_total=_count(data, start),
                idempotency_key=origin.idempotency_key,
            )
        self.files.keep(rows, import_id)
        replayed = True
        try:
            job = self.store.create(new)
            replayed = job.new.import_id != import_id
        finally:
            if replayed:
                self.files.drop(import_id)
        return Taken(job, replayed)


def mapped(path: Path) -> AbstractContextManager[mmap.mmap]:
    """A file's bytes, none of which is read before it is looked at. Raises MalformedInput."""
    with path.open("rb") as file:
        try:
            return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        except ValueError as e:
            raise MalformedInput("the file is empty") from e


def start_of(
    data: Bytes, form: ImportFormat, kinds: Mapping[str, Kind], row_limit: int
) -> tuple[int, tuple[str, ...]]:
    """Where the first bill begins, and the names of a table's columns. Raises MalformedInput."""
    if form is ImportFormat.JSON_LINES:
        return first_row_at(data, form), ()
    names, start = header_of(data, form, row_limit)
    Table(names, kinds)
    return start, tuple(names)


def _check_magic(path: Path, form: ImportFormat) -> None:
    with path.open("rb") as file:
        head = file.read(_BLOCK)
    text = head.removeprefix(codecs.BOM_UTF8).lstrip()
    if head.startswith(_ZIP) != (form is ImportFormat.XLSX):
        found = "a spreadsheet" if head.startswith(_ZIP) else "no spreadsheet (.xlsx)"
        raise UnsupportedType(f"the file is {found}, not what its type says")
    if form is ImportFormat.CSV and text.startswith(b"{"):
        raise UnsupportedType("the file is JSON, not CSV as its type says")
    if form is ImportFormat.JSON_LINES and text and not text.startswith(b"{"):
        raise UnsupportedType("the file is not JSON lines: each line must be one JSON object")


def _check_utf8(data: Bytes) -> None:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for at in range(0, len(data), _BLOCK):
            decoder.decode(data[at : at + _BLOCK])
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as e:
        raise MalformedInput(NOT_UTF8) from e


def _count(data: Bytes, start: int) -> int:
    """Lines from ``start`` on; a row of a CSV file may take several."""
    lines = sum(data[at : at + _BLOCK].count(b"\n") for at in range(start, len(data), _BLOCK))
    return lines + (data[len(data) - 1 :] not in (b"\n", b"") and len(data) > start)
