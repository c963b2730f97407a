"""The files of imports, from their arrival until every row is done."""

from __future__ import annotations

import fcntl
import hashlib
import os
import tempfile
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

_PART, _ROWS, _LOCK = ".part", ".rows", ".lock"
_STRAY_SECONDS = 3600  # a file without an import is one that is just being taken in, or left over


class _Receiving:
    """Implements ``ports.Receiving``."""

    def __init__(self, descriptor: int, path: Path) -> None:
        self.path = path
        self._file = os.fdopen(descriptor, "wb")
        self._digest = hashlib.sha256()

    def write(self, data: bytes) -> None:
        self._file.write(data)
        self._digest.update(data)

    def flush(self) -> None:
        self._file.flush()

    def digest(self) -> bytes:
        return self._digest.digest()

    def close(self) -> None:
        self._file.close()


class FolderOfImports:
    """Implements ``ports.ImportFiles``. What it holds names people: nobody else may read it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @contextmanager
    def receive(self) -> Iterator[_Receiving]:
        """See ``ports.ImportFiles.receive``."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor, name = tempfile.mkstemp(dir=self._folder, suffix=_PART)
        fcntl.flock(descriptor, fcntl.LOCK_EX)  # says that somebody is writing it
        receiving = _Receiving(descriptor, Path(name))
        try:
            yield receiving
        finally:
            receiving.close()
            receiving.path.unlink(missing_ok=True)

    def keep(self, temporary: Path, import_id: str) -> None:
        """See ``ports.ImportFiles.keep``."""
        _sync(temporary)
        temporary.rename(self.path(import_id))
        _sync(self._folder)

    def path(self, import_id: str) -> Path:
        """Where the rows of an import lie."""
        return self._folder / (import_id + _ROWS)

    def drop(self, import_id: str) -> None:
        """Forget the file; harmless when it is gone."""
        self.path(import_id).unlink(missing_ok=True)
        (self._folder / (import_id + _LOCK)).unlink(missing_ok=True)

    def sweep(self, wanted: Collection[str]) -> None:
        """Delete what a killed process left behind: half files, and files of no import."""
        for path in self._folder.glob("*" + _PART):
            descriptor = os.open(path, os.O_RDONLY)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                path.unlink(missing_ok=True)
            except BlockingIOError:
                pass
            finally:
                os.close(descriptor)
        latest = time.time() - _STRAY_SECONDS
        for path in self._folder.glob("*" + _ROWS):
            if path.stem not in wanted and path.stat().st_mtime < latest:
                self.drop(path.stem)

    @contextmanager
    def claimed(self, import_id: str) -> Iterator[bool]:
        """See ``ports.ImportFiles.claimed``. The lock dies with its process."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = self._folder / (import_id + _LOCK)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
            else:
                yield True
        finally:
            os.close(descriptor)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
