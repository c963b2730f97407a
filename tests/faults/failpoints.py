"""Failpoints of a child process: wrapped around real parts from outside, armed by a file.

``plan.json`` in the home's control folder names a point, how many passes to let through, and what
happens then; ``fired.log`` gets a line, synced, before it happens.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from frontend_api.bootstrap import platform
from frontend_api.chain import anvil_state, lane, signing
from frontend_api.chain.reader import EthReader
from frontend_api.store.database import Database

_WHOLE_DISK = 1_073_741_823  # SQLite's own limit of pages
_STATE = "state.json.gz"


class Failpoints:
    """Counts passes of each point and fails at the planned one, once."""

    def __init__(self, control: Path) -> None:
        self._plan, self._log, self.control = control / "plan.json", control / "fired.log", control
        self._lock = threading.Lock()
        self._passes = 0

    def planned(self, point: str) -> str | None:
        """What is to happen at this pass of ``point``, if anything; a full disk stays full."""
        with self._lock:
            try:
                plan = json.loads(self._plan.read_bytes())
            except (FileNotFoundError, json.JSONDecodeError):
                return None
            if plan["point"] != point:
                return None
            self._passes += 1
            due = self._passes == plan["nth"] or (point == "begin" and self._passes > plan["nth"])
            return str(plan["action"]) if due else None

    def fired(self, what: str) -> None:
        """Say that it happens, so that it is known after a crash; the plan is used up."""
        with self._log.open("a") as log:
            log.write(what + "\n")
            log.flush()
            os.fsync(log.fileno())
        self._plan.unlink(missing_ok=True)

    def reach(self, point: str) -> None:
        """Lose the power here, if so planned."""
        if self.planned(point) == "kill":
            self.fired(point)
            os.kill(os.getpid(), signal.SIGKILL)


def install(points: Failpoints) -> None:
    """Wrap the parts of this process."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    _wrap_commits(points)
    sign = _around(points, "sign", signing.sign_transaction)
    signing.sign_transaction = lane.sign_transaction = sign
    EthReader.send_raw = _around(points, "send", EthReader.send_raw)  # type: ignore[method-assign]
    EthReader.receipt = _around(points, "receipt", EthReader.receipt)  # type: ignore[method-assign]
    _wrap_state_file(points)
    _wrap_clock(points.control / "clock")


def _around(points: Failpoints, name: str, real: Callable[..., Any]) -> Callable[..., Any]:
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        points.reach(f"before-{name}")
        result = real(*args, **kwargs)
        points.reach(f"after-{name}")
        return result

    return wrapped


def _wrap_commits(points: Failpoints) -> None:
    real = Database.write

    @contextmanager
    def write(self: Database) -> Iterator[Any]:
        full = points.planned("begin") == "full"
        try:
            with _disk(points), real(self) as c:
                pages = c.exec_driver_sql("PRAGMA page_count").scalar() if full else _WHOLE_DISK
                c.exec_driver_sql(f"PRAGMA max_page_count={pages}")
                yield c
                points.reach("before-commit")
                _fail_commit(points, c)
        except Exception as e:
            if full and "full" in str(e):
                points.fired("full")
            raise
        points.reach("after-commit")

    Database.write = write  # type: ignore[method-assign]


def _fail_commit(points: Failpoints, c: Any) -> None:
    action = points.planned("commit")
    if action == "drop":
        points.fired("drop")
        c.connection.dbapi_connection.close()
    elif action in ("eio", "short-write"):
        wal = Path(str(c.engine.url.database) + "-wal")
        room = 0 if action == "eio" else 100  # bytes of the first frame that still fit
        _limit_files(wal.stat().st_size + room)
        points.control.joinpath("disk").write_text(action)


@contextmanager
def _disk(points: Failpoints) -> Iterator[None]:
    """A disk that fails during one commit: SQLite itself gets the short write and the error."""
    sign = points.control / "disk"
    try:
        yield
    except BaseException:
        if sign.exists():
            _limit_files(resource.RLIM_INFINITY)
            points.fired(sign.read_text())
            sign.unlink()
        raise
    finally:
        if sign.exists():  # it was written after all: not fired
            _limit_files(resource.RLIM_INFINITY)
            sign.unlink()


def _limit_files(size: int) -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))


def _wrap_state_file(points: Failpoints) -> None:
    """Around the write and the rename of the development chain's state."""
    real_open, real_replace, real_fsync = Path.open, Path.replace, os.fsync

    def opened(self: Path, *args: Any, **kwargs: Any) -> Any:
        if self.name == _STATE + ".new":
            points.reach("before-write")
        return real_open(self, *args, **kwargs)

    def replaced(self: Path, target: Any) -> Any:
        ours = self.name == _STATE + ".new"
        if ours:
            points.reach("before-rename")
        result = real_replace(self, target)
        if ours:
            points.reach("after-rename")
        return result

    class Os:
        """``os`` as the module sees it: the file is written, and not yet synced."""

        def __getattr__(self, name: str) -> Any:
            return getattr(os, name)

        def fsync(self, descriptor: int) -> None:
            if Path(f"/proc/self/fd/{descriptor}").readlink().name == _STATE + ".new":
                points.reach("after-write")
            real_fsync(descriptor)

    Path.open, Path.replace = opened, replaced  # type: ignore[method-assign, assignment]
    anvil_state.os = Os()  # type: ignore[assignment]


def _wrap_clock(offset: Path) -> None:
    real = platform.clock

    def skewed() -> int:
        try:
            return real() + int(offset.read_text())
        except (FileNotFoundError, ValueError):
            return real()

    platform.clock = skewed
