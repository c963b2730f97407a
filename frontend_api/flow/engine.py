"""The engine: one thread that carries what was accepted to the chain and reads back what came.

Any of its steps may be cut off at any instant; the next start finds everything in the database
and goes on. It stops writing, and says why, when the chain is not the one it knows.
"""

from __future__ import annotations

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
_BUSY_SECONDS = 0.005  # between looks at a transaction on its way
_DOWN_SECONDS = 0.5  # between attempts at a chain that does not answer
_COMPARE_SECONDS = 60  # between comparisons of a chain that answers well with what is known
_LOOK_SECONDS = 5  # the same, in a process that only watches

_log = structlog.get_logger(__name__)


class Engine:
    """Runs ``steps`` again and again; each says whether it did something.

    ``prepare`` runs first, once a minute, and again after every fault: it compares the chain with
    what is known (raising WrongChain or ChainUnreachable) and opens what the chain has lost.
    ``compare`` is its first half, which changes nothing: for a process beside the one that works.
    """

    def __init__(
        self,
        prepare: Callable[[], None],
        steps: Sequence[Callable[[], bool]],
        in_flight: Callable[[], bool],
        compare: Callable[[], None] = lambda: None,
    ) -> None:
        self._prepare = prepare
        self._steps = steps
        self._in_flight = in_flight
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
            elif not busy:
                self._wake.wait(_BUSY_SECONDS if self._in_flight() else _IDLE_SECONDS)
                self._wake.clear()

    def _note_fault(self, fault: PiaolianError) -> None:
        if type(fault) is not type(self.fault):
            _log.warning("engine_paused", code=fault.code, reason=str(fault))
        self.fault = fault
        if isinstance(fault, ChainUnreachable | WrongChain | HistoryChanged):
            self._prepared = False
