"""Anchor: all that waits in a segment becomes one batch, one root, one transaction.

Group commit: while a batch is on its way the next bills gather, so batches grow with the load
and a single bill on an idle platform is a batch of one.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable

from frontend_api.commitment.tree import root_of
from frontend_api.domain.errors import SignerUnavailable
from frontend_api.domain.states import Role
from frontend_api.flow.desk import Desk
from frontend_api.ports import NewTransaction, Purpose, SealedBatch, WaitingSegment

MAX_BATCH = 10_000  # bills; a root per 10,000 costs 14 gas a bill, more gains nothing
RETRY_SECONDS = 5  # between attempts at a batch that the contract refuses


class Anchoring:
    """The step that seals batches: at once after a rest, then every ``wait_seconds`` at most.

    A lone bill is not held up; under load batches fill meanwhile, and a full one is followed by
    the next at once.
    """

    def __init__(
        self,
        desk: Desk,
        max_batch: int,
        wait_seconds: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._desk = desk
        self._max_batch = max_batch
        self._wait_seconds = wait_seconds
        self._clock = clock
        self._not_before = -math.inf

    def step(self) -> bool:
        """Seal what waits, if it is time; True if there was something."""
        if self._clock() < self._not_before:
            return False
        largest = anchor_waiting(self._desk, self._max_batch)
        if 0 < largest < self._max_batch:
            self._not_before = self._clock() + self._wait_seconds
        return largest > 0

    def due(self) -> float:
        """In how many seconds to step again; infinite after a rest, when nothing is held up."""
        left = self._not_before - self._clock()
        return left if left > 0 else math.inf


def anchor_waiting(desk: Desk, max_batch: int = MAX_BATCH) -> int:
    """Seal a batch for every segment that has waiting bills; returns the size of the largest."""
    return max((_seal(desk, s, max_batch) for s in desk.batches.waiting()), default=0)


def _seal(desk: Desk, segment: WaitingSegment, max_batch: int) -> int:
    waiting = desk.batches.bills_from(segment, max_batch)
    try:
        sender = desk.keys.address_of(segment.issuer, Role.ISSUER)
    except SignerUnavailable:
        return 0  # stays waiting; ``doctor`` and ``status`` name the missing key
    batch = SealedBatch(
        batch_id=segment.next_key,
        segment_id=segment.segment_id,
        issuer=segment.issuer,
        count=len(waiting),
        root=root_of([leaf for leaf, _ in waiting]),
        sum_fen=sum(fen for _, fen in waiting),
        last_attempt=None,
    )
    desk.batches.seal(batch, _transaction(desk, batch, sender))
    return batch.count


def retry_refused(desk: Desk) -> bool:
    """Try again what was refused, for whoever was suspended may be resumed; True if any."""
    retried = False
    for batch in desk.batches.refused():
        last = batch.last_attempt
        if last is None or desk.clock() < last.updated_at + RETRY_SECONDS:
            continue
        try:
            sender = desk.keys.address_of(batch.issuer, Role.ISSUER)
        except SignerUnavailable:
            continue  # as in ``_seal``: the other issuers' batches go on
        desk.batches.retry(batch.batch_id, _transaction(desk, batch, sender))
        retried = True
    return retried


def _transaction(desk: Desk, batch: SealedBatch, sender: str) -> NewTransaction:
    call = desk.calls.anchor(
        batch.segment_id, batch.batch_id, batch.count, batch.root, batch.sum_fen
    )
    return NewTransaction(sender, Purpose.ANCHOR, str(batch.batch_id), call)
