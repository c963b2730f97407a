"""Holding an answer back until the chain has spoken, within limits."""

from __future__ import annotations

import threading
from collections.abc import Callable

from frontend_api.bootstrap import Services
from frontend_api.domain.errors import Unavailable
from frontend_api.flow.command import outcome
from frontend_api.ports import Transaction

# Requests that wait occupy a thread each; the rest of the pool stays free for quick ones.
_MOST_WAITING = 48
_slots = threading.BoundedSemaphore(_MOST_WAITING)


def wait_for(hub: Services, done: Callable[[], bool]) -> bool:
    """Whether ``done`` came true in time.

    Does not wait when too many do, and gives up early while the chain does not answer.
    """
    if done():
        return True
    if not _slots.acquire(blocking=False):
        return False
    try:
        hub.engine.wait_for(
            lambda: done() or isinstance(hub.engine.fault, Unavailable),
            hub.settings.wait_seconds,
        )
    finally:
        _slots.release()
    return done()


def mined(hub: Services, bill_key: int, tx_id: int) -> Transaction | None:
    """The transaction once its events are in the projections; None if that takes longer.

    Raises RefusedByContract.
    """
    found: list[Transaction] = []

    def done() -> bool:
        transaction = outcome(hub.desk, tx_id)
        if transaction is None:
            return False
        # The block comes first, its events a few milliseconds later: answer what can be read back.
        if any(e.transaction_hash == transaction.hash for e in hub.desk.views.trail(bill_key)):
            found.append(transaction)
        return bool(found)

    return found[0] if wait_for(hub, done) else None
