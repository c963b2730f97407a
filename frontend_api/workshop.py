"""Processes beside the service that make bills: two thirds of what accepting one costs.

A process is started when the first group of bills comes that is worth it, and ends with the
service, however that ends. Until it is ready, or when it fails, bills are made in the service's
own process: nothing is ever lost by it but time.
"""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from multiprocessing.connection import Connection

import msgspec
import structlog

from frontend_api.commitment.eip712 import DigestSigner
from frontend_api.commitment.receipt import ReceiptOffice
from frontend_api.domain.anchor import Deployment
from frontend_api.flow.desk import Platform
from frontend_api.flow.making import Job, Made, Workbench
from frontend_api.store.vault import AesVault

WORTH_SENDING = 8  # bills; fewer are made sooner than they are sent
ANSWER_SECONDS = 30  # a process that takes longer is taken for dead
AGAIN_SECONDS = 10  # between attempts to start one

_READY = b"ready"
_log = structlog.get_logger(__name__)


class Setup(msgspec.Struct, frozen=True):
    """What a process is told first; the key signs receipts, seeds stay sealed by the service."""

    public_url: str
    supervisor_name: str
    sample: bool
    deployment: Deployment
    receipt_key: bytes


class Processes:
    """Implements ``flow.making.Workshop`` with up to ``count`` processes; for one caller."""

    def __init__(self, count: int, setup: Setup, here: Workbench) -> None:
        self._setup = setup
        self._here = here
        self._workers = [_Worker() for _ in range(count)]

    def make(self, jobs: Sequence[Job]) -> list[Made]:
        """Made by the processes in equal parts; by this one, if they are few or no process is."""
        workers = self._ready() if len(jobs) >= WORTH_SENDING else []
        if not workers:
            return self._here.make(jobs)
        size = -(-len(jobs) // len(workers))
        parts = [jobs[i : i + size] for i in range(0, len(jobs), size)]
        for worker, part in zip(workers, parts, strict=False):
            worker.send(part)
        made: list[Made] = []
        for worker, part in zip(workers, parts, strict=False):
            made += worker.receive(len(part)) or self._here.make(part)
        return made

    def close(self) -> None:
        """End the processes."""
        for worker in self._workers:
            worker.close()

    def _ready(self) -> list[_Worker]:
        for worker in self._workers:
            worker.start(self._setup)
        return [worker for worker in self._workers if worker.ready()]


class _Worker:
    """One process and the socket to it. No method raises: a fault closes it."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._socket: Connection | None = None
        self._ready = False
        self._not_before = 0.0

    def start(self, setup: Setup) -> None:
        """Start it, unless it runs or has failed just now."""
        if self._process or time.monotonic() < self._not_before:
            return
        self._not_before = time.monotonic() + AGAIN_SECONDS
        ours, theirs = socket.socketpair()
        with theirs:
            self._socket = Connection(ours.detach())
            self._process = subprocess.Popen(
                [sys.executable, "-m", __spec__.name, str(theirs.fileno())],
                stdin=subprocess.DEVNULL,
                pass_fds=(theirs.fileno(),),
            )
        self._put(msgspec.msgpack.encode(setup))

    def ready(self) -> bool:
        """Whether it has answered that it can be sent something."""
        if not self._ready and self._socket:
            try:
                self._ready = self._socket.poll() and self._socket.recv_bytes() == _READY
            except (OSError, EOFError) as e:
                self._fail(e)
        return self._ready

    def send(self, jobs: Sequence[Job]) -> None:
        self._put(msgspec.msgpack.encode(jobs))

    def receive(self, count: int) -> list[Made] | None:
        """What it made of the jobs sent last; None if it failed."""
        if not self._socket:
            return None
        try:
            in_time = self._socket.poll(ANSWER_SECONDS)
            made = _READ_MADE.decode(self._socket.recv_bytes()) if in_time else []
        except (OSError, EOFError, ValueError) as e:
            self._fail(e)
            return None
        if len(made) != count:
            self._fail(ValueError(f"{len(made)} bills within {ANSWER_SECONDS} s, not {count}"))
            return None
        return made

    def close(self) -> None:
        self._ready = False
        if self._socket:
            self._socket.close()
            self._socket = None
        if self._process:
            self._process.kill()
            self._process.wait()
            self._process = None

    def _put(self, data: bytes) -> None:
        try:
            if self._socket:
                self._socket.send_bytes(data)
        except OSError as e:
            self._fail(e)

    def _fail(self, error: Exception) -> None:
        _log.warning("bill_maker_failed", reason=repr(error))
        self.close()


_READ_MADE = msgspec.msgpack.Decoder(list[Made])
_READ_JOBS = msgspec.msgpack.Decoder(list[Job])


def work(channel: Connection) -> None:
    """Make bills of the jobs that come in, until the other side is gone."""
    setup = msgspec.msgpack.decode(channel.recv_bytes(), type=Setup)
    bench = Workbench(
        Platform(setup.deployment, setup.public_url, setup.supervisor_name, setup.sample),
        AesVault(bytes(32)),  # seals under the bills' own keys only
        ReceiptOffice(setup.deployment, DigestSigner(setup.receipt_key)),
    )
    channel.send_bytes(_READY)
    while True:
        try:
            jobs = _READ_JOBS.decode(channel.recv_bytes())
        except (EOFError, OSError):
            return
        channel.send_bytes(msgspec.msgpack.encode(bench.make(jobs)))


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the service ends it, by closing the socket
    work(Connection(int(sys.argv[1])))
