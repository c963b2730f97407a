"""What the process that leads an import and its workers say to each other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from frontend_api.domain.errors import PiaolianError
from frontend_api.flow.bulk_chunks import Chunk
from frontend_api.ports import ImportFormat, Runs, Series


@dataclass(frozen=True, slots=True)
class Begin:
    """The import that all further chunks are of."""

    import_id: str
    issuer: str | None
    format: ImportFormat
    file: Path
    columns: tuple[str, ...]
    row_limit: int


@dataclass(frozen=True, slots=True)
class Check:
    """Read and check a chunk. Answer: Checked."""

    chunk: Chunk


@dataclass(frozen=True, slots=True)
class Checked:
    """How many numbers the chunk's bills want."""

    wanted: Mapping[Series, int]


@dataclass(frozen=True, slots=True)
class Promise:
    """Make the bills with these numbers, which are probably theirs. No answer."""

    runs: Runs


@dataclass(frozen=True, slots=True)
class Turn:
    """All before is stored: store this chunk. ``first_row`` is its first row in the file.

    Answer: Committed.
    """

    first_row: int
    worked_ms: int
    last: bool


@dataclass(frozen=True, slots=True)
class Committed:
    """The chunk is stored; ``taken`` are the numbers that its bills really got."""

    rows: int
    taken: Runs


@dataclass(frozen=True, slots=True)
class Refused:
    """The worker could not go on."""

    error: PiaolianError
