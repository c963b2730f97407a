"""The engine: one thread that carries what was accepted to the chain and reads back what came.

Any of its steps may be cut off at any instant; the next start finds everything in the database
and goes on. It stops writing, and says why, when the chain is not the one it knows.
"""

from __future__ import annotations

import math
import threading
import time
import traceback
from collections.abc import Callable, Sequence

import structlog

from frontend_api.domain.errors import (
    ChainUnreachable,
    HistoryChanged,
    PiaolianError,
    Unavailable,
    WrongChain,
)

_IDLE_SECONDS = 0.25  # how soon work of another process is noticed
_BUSY_SECONDS = 0.005  # before the first look at a transaction on its way; then twice that, …
_MOST_BUSY_SECONDS = 0.05  # … up to this: a chain with blocks of seconds is not asked all the time
_POKED_SECONDS = 0.02  # between rounds for new work: who accepts bills needs the processor too
_DOWN_SECONDS = 0.5  # between attempts at a chain that does not answer
_COMPARE_SECONDS = 60  # between comparisons of a chain that answers well with what is known
_LOOK_SECONDS = 5  # the same, in a process that only watches

_log = structlog.get_logger(__name__)


class Engine:
    """Runs ``steps`` again and again; each says whether it did something.

    ``prepare`` runs first, once a minute, and again after every fault: it compares the chain with
    what is known (raising WrongChain or ChainUnreachable) and opens what the chain has lost.
    ``compare`` is its first half, which changes nothing: for a process beside the one that works.
    ``in_flight`` says whether something is on its way to the chain, ``due`` in how many seconds a
    step wants to run.
    """

    def __init__(
        self,
        prepare: Callable[[], None],
        steps: Sequence[Callable[[], bool]],
        in_flight: Callable[[], bool],
        due: Callable[[], float] = lambda: math.inf,
        compare: Callable[[], None] = lambda: None,
    ) -> None:
        self._prepare = prepare
        self._steps = steps
        self._in_flight = in_flight
        self._due = due
        self._compare = compare
        self._watches = False
        self._compare_at = 0.0
        self._changed = threading.Condition()
        self._wake = threading.Event()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._prepared = False
        self.fault: PiaolianError | None = None

    def start(self) -> None:
        """Compare with the chain, then run in a thread of its own.

        The first round is run here: whoever reads afterwards does not see anchors that the chain
        has lost meanwhile.
        """
        self._watches = False
        self.turn()
        self._thread = threading.Thread(target=self._run, name="engine", daemon=True)
        self._thread.start()

    def watch(self) -> None:
        """Another process of this home does the work: only keep an eye on the chain."""
        self._watches = True
        self.look()

    def look(self) -> None:
        """Bring ``fault`` up to date where nobody else does: see :meth:`watch`."""
        if not self._watches or time.monotonic() < self._compare_at:
            return
        self._compare_at = time.monotonic() + _LOOK_SECONDS
        try:
            self._compare()
        except PiaolianError as e:
            self.fault = e
        else:
            self.fault = None

    def stop(self) -> None:
        """Finish the step at hand and end."""
        self._stop.set()
        self._wake.set()
        if self._thread:
            self._thread.join()

    def poke(self) -> None:
        """There is new work."""
        self._wake.set()

    def require_writable(self) -> None:
        """Raises WrongChain if the chain is not the one this platform knows."""
        self.look()
        if isinstance(self.fault, WrongChain):
            raise self.fault

    def wait_for(self, done: Callable[[], bool], seconds: float) -> bool:
        """Whether ``done`` became true within ``seconds``."""
        deadline = time.monotonic() + seconds
        while not done():
            left = deadline - time.monotonic()
            if left <= 0:
                return False
            with self._changed:
                self._changed.wait(min(left, 0.1))
        return True

    def turn(self) -> bool:
        """One round of all steps; True if any did something. Faults are kept, not raised."""
        try:
            if not self._prepared or time.monotonic() >= self._compare_at:
                self._prepare()
                self._prepared = True
                self._compare_at = time.monotonic() + _COMPARE_SECONDS
        except PiaolianError as e:
            self._note_fault(e)
            return False
        busy, fault = self._one_round()
        if fault:
            self._note_fault(fault)
        elif self.fault:
            _log.info("engine_resumed")
            self.fault = None
        if busy:
            with self._changed:
                self._changed.notify_all()
        return busy

    def _one_round(self) -> tuple[bool, PiaolianError | None]:
        busy, fault = False, None
        for step in self._steps:
            try:
                busy |= step()
            except PiaolianError as e:  # one lane's fault does not hold up the others
                fault = e
                if isinstance(e, Unavailable):
                    break
        return busy, fault

    def _run(self) -> None:
        wait = _BUSY_SECONDS
        while not self._stop.is_set():
            try:
                busy = self.turn()
            except Exception:  # a bug must not end the thread that anchors bills
                # A rendered exception may show local variables, and keys among them.
                _log.error("engine_step_failed", traceback=traceback.format_exc())
                self._prepared = False
                self._stop.wait(_DOWN_SECONDS)
                continue
            if isinstance(self.fault, HistoryChanged):
                continue
            if self.fault:
                self._stop.wait(_DOWN_SECONDS)
            elif busy:
                wait = _BUSY_SECONDS
            else:
                self._rest(wait if self._in_flight() else _IDLE_SECONDS)
                wait = min(2 * wait, _MOST_BUSY_SECONDS)

    def _rest(self, seconds: float) -> None:
        """Until there is new work, though never less than ``_POKED_SECONDS`` then."""
        since = time.monotonic()
        if self._wake.wait(min(seconds, self._due())):
            self._stop.wait(max(0.0, since + _POKED_SECONDS - time.monotonic()))
        self._wake.clear()

    def _note_fault(self, fault: PiaolianError) -> None:
        if type(fault) is not type(self.fault):
            _log.warning("engine_paused", code=fault.code, reason=str(fault))
        self.fault = fault
        if isinstance(fault, ChainUnreachable | WrongChain | HistoryChanged):
            self._prepared = False


class Seldom:
    """A step that is taken every ``seconds`` at most, or in the next round if it is hurried."""

    def __init__(self, step: Callable[[], bool], seconds: float) -> None:
        self._step = step
        self._seconds = seconds
        self._not_before = 0.0
        self._hurried = False

    def __call__(self) -> bool:
        now = time.monotonic()
        if now < self._not_before and not self._hurried:
            return False
        did = self._step()
        self._not_before = now + self._seconds
        self._hurried = self._hurried and not did
        return did

    def hurry(self) -> None:
        """Until it has done something, waiting is over."""
        self._hurried = True
