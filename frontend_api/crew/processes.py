"""Starts workers and carries messages to and from them.

A worker gets all it needs, the vault's key too, over a socket that nobody else has: nothing
secret stands in its arguments or its environment. It ends when that socket closes, however the
process at the other end came to its end.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait

from frontend_api.domain.errors import Unavailable
from frontend_api.flow.desk import Platform

_GRACE_SECONDS = 30  # for a transaction at hand


@dataclass(frozen=True, slots=True)
class Setup:
    """What a worker builds its tools from."""

    database_url: str
    master_key: bytes
    platform: Platform
    promise_seconds: int


class _Worker:
    """A process and the socket to it."""

    def __init__(self, setup: Setup) -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            self.process = subprocess.Popen(
                # -P: nothing is imported from wherever the parent was started.
                [sys.executable, "-P", "-m", "frontend_api.crew.worker", str(theirs.fileno())],
                stdin=subprocess.DEVNULL,
                pass_fds=(theirs.fileno(),),
            )
        self.connection: Connection[object, object] = Connection(ours.detach())
        self.connection.send(setup)

    def runs(self) -> bool:
        return self.process.poll() is None

    def dismiss(self) -> None:
        """It ends when its transaction at hand is done."""
        with suppress(OSError):
            self.connection.close()

    def wait(self) -> None:
        """Until it has ended."""
        try:
            self.process.wait(_GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class ProcessCrew:
    """Implements ``ports.Crew``. Whoever starts it closes it."""

    def __init__(self, setup: Setup, size: int) -> None:
        self._workers: list[_Worker] = []
        try:
            self._workers.extend(_Worker(setup) for _ in range(size))
        except BaseException:
            self.close()
            raise

    def runs(self) -> bool:
        """Whether all its workers are there."""
        return all(worker.runs() for worker in self._workers)

    def close(self) -> None:
        """End the workers, each when its transaction at hand is done."""
        for worker in self._workers:
            worker.dismiss()
        for worker in self._workers:
            worker.wait()

    @property
    def size(self) -> int:
        return len(self._workers)

    def send(self, worker: int, message: object) -> None:
        """See ``ports.Crew.send``."""
        try:
            self._workers[worker].connection.send(message)
        except OSError as e:
            raise _ended() from e

    def receive(self) -> tuple[int, object]:
        """See ``ports.Crew.receive``."""
        ready = wait([w.connection for w in self._workers])
        for index, worker in enumerate(self._workers):
            if worker.connection in ready:
                try:
                    return index, worker.connection.recv()
                except (EOFError, OSError) as e:
                    raise _ended() from e
        raise _ended()


def _ended() -> Unavailable:
    return Unavailable("a worker process ended: what is stored stays stored, start again")


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0))
