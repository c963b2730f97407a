"""Imports of whole files: the job in the database, its chunks, and the processes at work on it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple, Protocol

from frontend_api.domain.errors import StateConflict


class ImportFormat(StrEnum):
    """What the rows of a stored file are: JSON objects, CSV records, JSON arrays of cells."""

    JSON_LINES = "jsonl"
    CSV = "csv"
    XLSX = "xlsx"


class ImportState(StrEnum):
    """A job's way; it stays RUNNING over a crash, and goes on at the next start."""

    WAITING = "WAITING"
    RUNNING = "RUNNING"
    DONE = "DONE"
    GIVEN_UP = "GIVEN_UP"

    @property
    def final(self) -> bool:
        return self in (ImportState.DONE, ImportState.GIVEN_UP)


@dataclass(frozen=True, slots=True)
class NewImport:
    """A stored file of rows. ``start`` is the first byte after a header, ``size`` all bytes.

    Without an ``issuer`` each row goes to whoever holds numbers of its kind. ``rows_total`` is
    what a quick count gives. ``source`` says where the file came from, to know it again.
    """

    import_id: str
    issuer: str | None
    format: ImportFormat
    file_name: str
    source: str | None
    sha256: bytes
    size: int
    start: int
    rows_total: int
    idempotency_key: str | None = None


@dataclass(frozen=True, slots=True)
class ImportJob:
    """An import and how far it is. ``position`` is the byte up to which its rows are done.

    ``last_keys`` has, by segment, the highest bill key among its bills. Times are in seconds,
    ``worked_ms`` is the time at work, over all runs.
    """

    new: NewImport
    state: ImportState
    reason: str | None
    position: int
    rows_read: int
    accepted: int
    repeated: int
    rejected: int
    errors: int
    worked_ms: int
    last_keys: Mapping[int, int]
    created_at: int
    updated_at: int

    @property
    def rows_a_second(self) -> float:
        """The mean over the time at work; 0 when nothing is done yet."""
        return self.rows_read * 1000 / self.worked_ms if self.worked_ms else 0.0

    @property
    def seconds_left(self) -> float | None:
        """How long the rest takes at this rate; None when that cannot be said."""
        if self.state.final:
            return 0.0
        rate = self.rows_a_second
        return max(0, self.new.rows_total - self.rows_read) / rate if rate else None


@dataclass(frozen=True, slots=True)
class RowError:
    """A problem in one row, counted as in the file (a header is row 1)."""

    row: int
    path: str
    code: str
    message: str


class Series(NamedTuple):
    """What a bill needs a number of."""

    issuer: str
    kind: str
    year: int
    bill_code: str | None


class Run(NamedTuple):
    """Consecutive numbers of one segment."""

    segment_id: int
    first_key: int
    size: int

    @property
    def end_key(self) -> int:
        """The key after the last one."""
        return self.first_key + self.size


class NewBillRow(NamedTuple):
    """A bill as its table holds it, column by column."""

    bill_key: int
    segment_id: int
    issuer: str
    kind: str
    business_no: str
    amount_fen: int
    at_source_fen: int
    currency: str
    holder: bytes
    content_root: bytes
    issued_at: int
    leaf: bytes
    sealed_seed: bytes
    sealed_content: bytes
    accepted_at: int
    anchor_by: int
    body_hash: bytes


class KnownBill(NamedTuple):
    """A bill that already has a business number; ``body_hash`` is None where it is not known."""

    bill_key: int
    segment_id: int
    body_hash: bytes | None


@dataclass(frozen=True, slots=True)
class ChunkResult:
    """What one chunk of rows comes to; stored with its bills, together with the job's position.

    ``rejected`` counts rows; a row may have several ``errors``. ``last_keys`` has the bills that
    were there already.
    """

    import_id: str
    start: int
    end: int
    last: bool
    rows: int
    repeated: int
    rejected: int
    errors: Sequence[RowError]
    last_keys: Mapping[int, int]
    worked_ms: int


Runs = Mapping[Series, Sequence[Run]]


class BusinessNoTaken(StateConflict):
    """Another bill got one of the business numbers meanwhile: look them up again."""


class ImportStore(Protocol):
    """Jobs (store/imports.py)."""

    def create(self, new: NewImport) -> ImportJob:
        """Store it; the same idempotency key gives the import that is there.

        Raises IdempotencyKeyReused for the same key with another file.
        """
        ...

    def get(self, import_id: str) -> ImportJob:
        """Raises NotFound."""
        ...

    def unfinished(self) -> list[ImportJob]:
        """Oldest first."""
        ...

    def errors(self, import_id: str, after: int, limit: int) -> list[tuple[int, RowError]]:
        """Errors with their positions in the list, which run from 1, beyond ``after``."""
        ...

    def give_up(self, import_id: str, reason: str) -> None: ...

    def anchored_before(self, bill_keys: Sequence[int]) -> dict[int, int]:
        """For each key, the one before which the bills of its segment are on the chain: the
        segment's first key when none of them is.
        """
        ...

    def promise(self, series: Series, count: int, promised: Mapping[int, int]) -> list[Run]:
        """The runs that ``count`` bills would get; nothing is taken.

        ``promised`` has, by segment, the key before which numbers are promised to others.
        """
        ...


class BulkStore(Protocol):
    """Many bills at once (store/bulk.py)."""

    def known(self, issuer: str, business_nos: Sequence[str]) -> dict[str, KnownBill]: ...

    def commit(
        self,
        wanted: Mapping[Series, int],
        make: Callable[[Runs], tuple[Sequence[NewBillRow], ChunkResult]],
    ) -> None:
        """One transaction: numbers, bills, errors, and the position of the import.

        ``make`` gets the numbers that were really taken: fewer than wanted when they run out.
        Raises BusinessNoTaken when one is used meanwhile, StateConflict when the chunk is not the
        next one of its import.
        """
        ...


class Receiving(Protocol):
    """A file on its way in."""

    path: Path

    def write(self, data: bytes) -> None: ...

    def flush(self) -> None: ...

    def digest(self) -> bytes:
        """SHA-256 of what was written."""
        ...


class ImportFiles(Protocol):
    """Stored files (store/import_files.py)."""

    def receive(self) -> AbstractContextManager[Receiving]:
        """A temporary file; gone at the end of the block unless it was kept."""
        ...

    def keep(self, temporary: Path, import_id: str) -> None:
        """Put it in its place, safe against a power failure."""
        ...

    def path(self, import_id: str) -> Path: ...

    def drop(self, import_id: str) -> None: ...

    def sweep(self, wanted: Collection[str]) -> None:
        """Delete what a killed process left behind; ``wanted`` imports keep their files."""
        ...

    def claimed(self, import_id: str) -> AbstractContextManager[bool]:
        """Whether this process alone works on the import during the block."""
        ...


class Crew(Protocol):
    """Worker processes (crew/processes.py). Messages are pickled."""

    @property
    def size(self) -> int: ...

    def send(self, worker: int, message: object) -> None:
        """Raises Unavailable when the worker has ended."""
        ...

    def receive(self) -> tuple[int, object]:
        """The next message and who sent it. Raises Unavailable when a worker has ended."""
        ...
