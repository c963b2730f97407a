"""Imports on the platform in memory: workers in this thread, one step after the other."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from frontend_api.domain.errors import PiaolianError
from frontend_api.flow.bulk_bills import Press
from frontend_api.flow.bulk_intake import Intake, Origin
from frontend_api.flow.bulk_jobs import Imports
from frontend_api.flow.bulk_work import BulkWorker
from frontend_api.ports import ImportFormat, ImportJob
from frontend_api.sheets import write_rows
from frontend_api.store.bulk import SqlBulk
from frontend_api.store.import_files import FolderOfImports
from frontend_api.store.imports import SqlImports
from in_memory.platform import MemoryPlatform

ROW_LIMIT = 10_000


class HereCrew:
    """Implements ``ports.Crew``; ``before`` is called with every message before it is worked on."""

    def __init__(
        self, platform: MemoryPlatform, size: int, before: Callable[[object], None]
    ) -> None:
        desk = platform.desk
        press = Press(
            platform=desk.platform,
            kinds=desk.kinds,
            rules=desk.rules,
            vault=desk.vault,
            clock=desk.clock,
            new_seed=lambda: os.urandom(32),
            promise_seconds=desk.promise_seconds,
        )
        store = SqlBulk(platform.database, platform.clock)
        self._workers = [BulkWorker(press, store, platform.views) for _ in range(size)]
        self._answers: deque[tuple[int, object]] = deque()
        self._before = before

    @property
    def size(self) -> int:
        return len(self._workers)

    def send(self, worker: int, message: object) -> None:
        self._before(message)
        answer = self._workers[worker].handle(message)
        if answer is not None:
            self._answers.append((worker, answer))

    def receive(self) -> tuple[int, object]:
        return self._answers.popleft()


class Office:
    """Takes files in and works on them; ``before`` sees every message to a worker."""

    def __init__(self, platform: MemoryPlatform, folder: Path, workers: int = 2) -> None:
        self.platform = platform
        self.folder = folder
        self.before: Callable[[object], None] = lambda _: None
        self.store = SqlImports(platform.database, platform.clock)
        self.files = FolderOfImports(folder / "imports")
        intake = Intake(self.files, self.store, platform.desk.kinds, write_rows, ROW_LIMIT)

        @contextmanager
        def crew() -> Iterator[HereCrew]:
            yield HereCrew(platform, workers, lambda message: self.before(message))

        self.imports = Imports(intake, crew, platform.desk.require_writable, lambda: None)

    def take(
        self,
        data: bytes,
        form: ImportFormat = ImportFormat.JSON_LINES,
        issuer: str | None = None,
        key: str | None = None,
    ) -> ImportJob:
        with self.imports.intake.receive() as received:
            received.write(data)
            return self.imports.intake.take(received, form, Origin(issuer, "f", None, key)).job

    def work(self, job: ImportJob) -> ImportJob:
        return self.imports.work(job, lambda _: None)

    def run(self, data: bytes, form: ImportFormat = ImportFormat.JSON_LINES) -> ImportJob:
        return self.work(self.take(data, form))

    def errors(self, job: ImportJob) -> list[tuple[int, str, str]]:
        return [(e.row, e.path, e.code) for e in self.imports.errors(job)]


class Cut(PiaolianError):
    """A run that is cut off."""
