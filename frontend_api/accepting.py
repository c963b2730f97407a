"""Accepting in a process of its own, so that checking requests and making bills run side by side.

Python runs one thread of a process at a time; threads that share it lose more to waiting for each
other than the work costs. The process is started by the first group of requests that is worth it
and ends with the service, however that ends. Until it is ready, and when it fails, the service
accepts in its own process: what the other had stored is then found by its key, as for any
repetition.
"""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection

import msgspec
import structlog

from frontend_api.domain import errors
from frontend_api.domain.errors import PiaolianError
from frontend_api.flow.issue import Draft, Issued

MODULE = "frontend_api.accept_process"
WORTH_STARTING = 8  # requests at once; a quiet service needs no second process
ANSWER_SECONDS = 60  # a process that takes longer for a group is taken for dead
AGAIN_SECONDS = 10  # between attempts to start one
READY = b"ready"
FAILED = b""

Accept = Callable[[Sequence[Draft]], list[Issued | PiaolianError]]

_log = structlog.get_logger(__name__)


class Answer(msgspec.Struct, frozen=True, array_like=True):
    """An answer on its way between processes: a bill, or an error by its code."""

    issued: Issued | None
    code: str = ""
    message: str = ""


_READ_ANSWERS = msgspec.msgpack.Decoder(list[Answer])
_READ_DRAFTS = msgspec.msgpack.Decoder(list[Draft])
# What accepting refuses with; all of them are made of one message.
_ERRORS: dict[str, type[PiaolianError]] = {
    error.code: error
    for error in (
        errors.IdempotencyKeyReused,
        errors.NotAllowed,
        errors.NumbersExhausted,
        errors.SignerUnavailable,
        errors.StateConflict,
    )
}


def write_answers(answers: Sequence[Issued | PiaolianError]) -> bytes:
    """Answers as bytes. Raises KeyError for an error that accepting is not known to answer."""
    return msgspec.msgpack.encode([_answer(a) for a in answers])


def _answer(answer: Issued | PiaolianError) -> Answer:
    if isinstance(answer, PiaolianError):
        return Answer(None, _ERRORS[answer.code].code, str(answer))
    return Answer(answer)


def read_answers(data: bytes) -> list[Issued | PiaolianError]:
    """What :func:`write_answers` wrote. Raises ValueError."""
    return [a.issued or _ERRORS[a.code](a.message) for a in _READ_ANSWERS.decode(data)]


def write_drafts(drafts: Sequence[Draft]) -> bytes:
    """Drafts as bytes."""
    return msgspec.msgpack.encode(drafts)


def read_drafts(data: bytes) -> list[Draft]:
    """What :func:`write_drafts` wrote. Raises ValueError."""
    return _READ_DRAFTS.decode(data)


class AcceptingProcess:
    """Accepts in the other process, or ``here``; for one caller at a time.

    ``setup`` are the bytes that the process is told first.
    """

    def __init__(self, setup: bytes, here: Accept) -> None:
        self._setup = setup
        self._here = here
        self._process: subprocess.Popen[bytes] | None = None
        self._socket: Connection | None = None
        self._ready = False
        self._not_before = 0.0

    def accept(self, drafts: Sequence[Draft]) -> list[Issued | PiaolianError]:
        """As ``flow.issue.accept_drafts``."""
        if self._process is None and len(drafts) >= WORTH_STARTING:
            self._start()
        answers = self._asked(drafts) if self._is_ready() else None
        return self._here(drafts) if answers is None else answers

    def close(self) -> None:
        """End the process."""
        self._ready = False
        if self._socket:
            self._socket.close()
            self._socket = None
        if self._process:
            self._process.kill()  # whatever it was at: transactions are whole or not at all
            self._process.wait()
            self._process = None

    def _start(self) -> None:
        if time.monotonic() < self._not_before:
            return
        self._not_before = time.monotonic() + AGAIN_SECONDS
        ours, theirs = socket.socketpair()
        with theirs:
            self._socket = Connection(ours.detach())
            self._process = subprocess.Popen(
                [sys.executable, "-m", MODULE, str(theirs.fileno())],
                stdin=subprocess.DEVNULL,
                stdout=2,  # its log goes where faults go
                pass_fds=(theirs.fileno(),),
            )
        self._socket.send_bytes(self._setup)

    def _is_ready(self) -> bool:
        if not self._ready and self._socket:
            try:
                self._ready = self._socket.poll() and self._socket.recv_bytes() == READY
            except (OSError, EOFError) as e:
                self._fail(repr(e))
        return self._ready

    def _asked(self, drafts: Sequence[Draft]) -> list[Issued | PiaolianError] | None:
        assert self._socket
        try:
            self._socket.send_bytes(write_drafts(drafts))
            in_time = self._socket.poll(ANSWER_SECONDS)
            data = self._socket.recv_bytes() if in_time else FAILED
            answers = read_answers(data) if data != FAILED else None
        except (OSError, EOFError, ValueError, KeyError) as e:
            self._fail(repr(e))
            return None
        if not in_time:
            self._fail(f"no answer within {ANSWER_SECONDS} seconds")
        return answers

    def _fail(self, reason: str) -> None:
        _log.warning("accepting_process_failed", reason=reason)
        self.close()
