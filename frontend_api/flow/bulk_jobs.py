"""Imports at work: one after the other, each from where its last run ended."""

from __future__ import annotations

import threading
import time
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager

import structlog

from frontend_api.domain.errors import InputError, NotFound, PiaolianError
from frontend_api.domain.kind import Kind
from frontend_api.flow.bulk_intake import Intake, mapped, start_of
from frontend_api.flow.bulk_run import ImportRun
from frontend_api.ports import Crew, ImportFiles, ImportJob, ImportStore, RowError

_IDLE_SECONDS = 2.0  # between looks for imports that another process took in
_FAULT_SECONDS = 5.0  # before a run that was cut off is tried again

_ERROR_PAGE = 1_000

_log = structlog.get_logger(__name__)


class Imports:
    """Every import of this platform: taking files in, working on them, telling how far they are."""

    def __init__(
        self,
        intake: Intake,
        crew: Callable[[], AbstractContextManager[Crew]],
        require_writable: Callable[[], None],
        poke: Callable[[], None],
    ) -> None:
        self.intake = intake
        self._store: ImportStore = intake.store
        self._files: ImportFiles = intake.files
        self._kinds: Mapping[str, Kind] = intake.kinds
        self._crew = crew
        self._require_writable = require_writable
        self._poke = poke
        self._wake = threading.Event()
        self._stop = threading.Event()

    @property
    def store(self) -> ImportStore:
        return self._store

    def of(self, issuer: str, import_id: str) -> ImportJob:
        """An issuer's own import. Raises NotFound."""
        job = self._store.get(import_id)
        if job.new.issuer != issuer:
            raise NotFound("there is no such import")
        return job

    def anchored(self, job: ImportJob) -> int:
        """How many of its bills the chain has, at least: other bills may wait before them."""
        last_keys = list(job.last_keys.values())
        ends = self._store.anchored_before(last_keys)
        waiting = sum(max(0, last + 1 - ends[last]) for last in last_keys)
        return max(0, job.accepted + job.repeated - waiting)

    def errors(self, job: ImportJob) -> Iterator[RowError]:
        """All its errors, in the order of the rows."""
        after = 0
        while found := self._store.errors(job.new.import_id, after, _ERROR_PAGE):
            yield from (error for _, error in found)
            after = found[-1][0]

    def replace(self, job: ImportJob) -> None:
        """Give it up for a newer version of its file, unless somebody works on it."""
        with self._files.claimed(job.new.import_id) as ours:
            if ours:
                self._store.give_up(job.new.import_id, "the file was changed: see the next import")
                self._files.drop(job.new.import_id)

    def notice(self) -> None:
        """There is a new import."""
        self._wake.set()

    def work(self, job: ImportJob, on_progress: Callable[[ImportJob], None]) -> ImportJob:
        """Work on it to its end, or wait while another process does; the import then.

        Raises Unavailable, StateConflict: what is stored stays stored.
        """
        while not job.state.final:
            with self._files.claimed(job.new.import_id) as ours:
                if ours:
                    self._run(self._store.get(job.new.import_id), on_progress)
                else:
                    time.sleep(0.2)
            job = self._store.get(job.new.import_id)
            on_progress(job)
        return job

    def _run(self, job: ImportJob, on_progress: Callable[[ImportJob], None]) -> None:
        if job.state.final:
            return
        import_id, path = job.new.import_id, self._files.path(job.new.import_id)

        def on_chunk() -> None:
            self._poke()
            on_progress(self._store.get(import_id))
            if self._stop.is_set():
                raise _Stopped

        try:
            with mapped(path) as data, self._crew() as crew:
                _, columns = start_of(data, job.new.format, self._kinds, self.intake.row_limit)
                run = ImportRun(job, data, crew, self._store, row_limit=self.intake.row_limit)
                run.run(path, columns, self._require_writable, on_chunk)
        except FileNotFoundError:
            self._store.give_up(import_id, "its file is gone: import it again")
        except InputError as e:
            self._store.give_up(import_id, str(e))
        self._files.drop(import_id)

    # --- in the background -----------------------------------------------------------------------

    @contextmanager
    def working(self) -> Iterator[None]:
        """Imports are worked on during the block, those first that were cut off earlier."""
        self._stop.clear()
        thread = threading.Thread(target=self._work_on, name="imports", daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._stop.set()
            self._wake.set()
            thread.join()

    def _work_on(self) -> None:
        self._files.sweep({job.new.import_id for job in self._store.unfinished()})
        while not self._stop.is_set():
            pause = _IDLE_SECONDS
            for job in self._store.unfinished():
                try:
                    with self._files.claimed(job.new.import_id) as ours:
                        if ours:
                            self._run(self._store.get(job.new.import_id), lambda _: None)
                except _Stopped:
                    return
                except PiaolianError as e:
                    _log.warning("import_paused", code=e.code, reason=str(e))
                    pause = _FAULT_SECONDS
                except Exception:  # a bug in one import must not end the others
                    _log.error("import_failed", traceback=traceback.format_exc())
                    pause = _FAULT_SECONDS
            self._wake.wait(pause)
            self._wake.clear()


class _Stopped(Exception):
    """The service ends; the import goes on at its next start."""
