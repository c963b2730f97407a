"""Leading an import: chunks are handed to workers, numbers promised, turns given in order."""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from frontend_api.flow.bulk_chunks import Bytes, Chunk, chunk_bytes, next_chunk
from frontend_api.flow.bulk_messages import (
    Begin,
    Check,
    Checked,
    Committed,
    Promise,
    Refused,
    Turn,
)
from frontend_api.ports import Crew, ImportFormat, ImportJob, ImportStore, Series


@dataclass(slots=True)
class _Open:
    """A chunk that is not stored yet, and who works on it."""

    chunk: Chunk
    worker: int
    wanted: Counter[Series] | None = None  # None until it is checked
    promised: bool = False


class ImportRun:
    """One run of an import, from where the last one ended to the end of the file.

    A chunk is checked by whichever worker is free, but stored in the order of the file: the
    position in the database says what is done, wherever the run is cut off.
    """

    def __init__(
        self,
        job: ImportJob,
        data: Bytes,
        crew: Crew,
        store: ImportStore,
        *,
        row_limit: int,
    ) -> None:
        self._job = job
        self._data = data
        self._crew = crew
        self._store = store
        self._row_limit = row_limit
        self._position = job.position
        self._all_out = False
        self._open: deque[_Open] = deque()
        self._idle = list(range(crew.size))
        # A table's header is its first row; the first line of JSON lines is a row itself.
        self._next_row = job.rows_read + (1 if job.new.format is ImportFormat.JSON_LINES else 2)
        self._promised: dict[int, int] = {}
        self._turn_since = time.monotonic()
        self._number = 0
        self._size = chunk_bytes(len(data) - job.position, crew.size)
        self._given = False  # whether the first open chunk has its turn

    def run(
        self,
        file: Path,
        columns: tuple[str, ...],
        require_writable: Callable[[], None],
        on_chunk: Callable[[], None],
    ) -> None:
        """Work to the end. ``on_chunk`` is called after every stored chunk.

        Raises Unavailable when a worker ends or the chain is the wrong one, StateConflict when
        another process goes on with the import: what is stored stays stored.
        """
        new = self._job.new
        begin = Begin(new.import_id, new.issuer, new.format, file, columns, self._row_limit)
        for worker in range(self._crew.size):
            self._crew.send(worker, begin)
        while self._hand_out():
            self._promise_numbers()
            if self._open[0].promised and not self._given:
                require_writable()
                self._give_turn()
            self._answered(*self._crew.receive(), on_chunk)

    def _hand_out(self) -> bool:
        """Chunks for all who are free; False when everything is stored."""
        while self._idle and not self._all_out:
            chunk = next_chunk(
                self._data,
                self._number,
                self._position,
                self._job.new.format,
                row_limit=self._row_limit,
                size=self._size,
            )
            worker = self._idle.pop(0)
            self._crew.send(worker, Check(chunk))
            self._open.append(_Open(chunk, worker))
            self._number += 1
            self._position = chunk.end
            self._all_out = chunk.end >= len(self._data)
        return bool(self._open)

    def _promise_numbers(self) -> None:
        """Numbers follow the order of the file, so a chunk waits for those before it."""
        for part in self._open:
            if part.wanted is None:
                return
            if part.promised:
                continue
            runs = {
                series: self._store.promise(series, count, self._promised)
                for series, count in part.wanted.items()
            }
            for run in (run for found in runs.values() for run in found):
                self._promised[run.segment_id] = run.end_key
            self._crew.send(part.worker, Promise(runs))
            part.promised = True

    def _give_turn(self) -> None:
        now = time.monotonic()
        worked_ms = round((now - self._turn_since) * 1000)
        self._turn_since = now
        first = self._open[0]
        last = self._all_out and len(self._open) == 1
        self._crew.send(first.worker, Turn(self._next_row, worked_ms, last))
        self._given = True

    def _answered(self, worker: int, answer: object, on_chunk: Callable[[], None]) -> None:
        if isinstance(answer, Refused):
            raise answer.error
        if isinstance(answer, Checked):
            part = next(part for part in self._open if part.worker == worker)
            part.wanted = Counter(answer.wanted)
            return
        assert isinstance(answer, Committed)
        self._open.popleft()
        self._given = False
        self._idle.append(worker)
        self._next_row += answer.rows
        self._follow(answer)
        on_chunk()

    def _follow(self, answer: Committed) -> None:
        """What others took moves all later promises; those already made are made good at turn."""
        waiting: Counter[Series] = Counter()
        for part in self._open:
            if part.promised and part.wanted:
                waiting += part.wanted
        for series, runs in answer.taken.items():
            if runs:
                self._promised[runs[-1].segment_id] = runs[-1].end_key + waiting[series]
