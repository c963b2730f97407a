"""Anchor: all that waits in a segment becomes one batch, one root, one transaction.

Group commit: while a batch is on its way the next bills gather, so batches grow with the load
and a single bill on an idle platform is a batch of one.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence

from frontend_api.commitment.batch712 import batch_digest
from frontend_api.commitment.eip712 import DigestSigner
from frontend_api.commitment.tree import root_of
from frontend_api.domain.errors import SignerUnavailable
from frontend_api.domain.states import Role
from frontend_api.flow.desk import Desk
from frontend_api.ports import NewTransaction, Purpose, SealedBatch, SignedBatch, WaitingSegment

MAX_BATCH = 10_000  # bills; a root per 10,000 costs 14 gas a bill, more gains nothing
MAX_SIGNED = 32  # batches of one relayed transaction; the contract takes no more
SIGNED_SECONDS = 3600  # how long an issuer's signature may wait for its block
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
    """Seal a batch for every segment that has waiting bills; returns the size of the largest.

    One that waits alone is sent by its issuer; several go together, signed by their issuers, in
    transactions of the relayer.
    """
    ready = [r for s in desk.batches.waiting() if (r := _ready(desk, s, max_batch))]
    relayer = _key_of(desk, "", Role.RELAYER) if len(ready) > 1 else None
    if relayer is None:
        for batch, sender in ready:
            desk.batches.seal([batch], _transaction(desk, batch, sender))
    else:
        for start in range(0, len(ready), MAX_SIGNED):
            _seal_signed(desk, ready[start : start + MAX_SIGNED], relayer)
    return max((batch.count for batch, _ in ready), default=0)


def _ready(desk: Desk, segment: WaitingSegment, max_batch: int) -> tuple[SealedBatch, str] | None:
    """The next batch of a segment and its issuer's key; None while the key is missing.

    The bills stay waiting then; ``doctor`` and ``status`` name the missing key.
    """
    sender = _key_of(desk, segment.issuer, Role.ISSUER)
    if sender is None:
        return None
    waiting = desk.batches.bills_from(segment, max_batch)
    batch = SealedBatch(
        batch_id=segment.next_key,
        segment_id=segment.segment_id,
        issuer=segment.issuer,
        count=len(waiting),
        root=root_of([leaf for leaf, _ in waiting]),
        sum_fen=sum(fen for _, fen in waiting),
        last_attempt=None,
    )
    return batch, sender


def _seal_signed(desk: Desk, ready: Sequence[tuple[SealedBatch, str]], relayer: str) -> None:
    deadline = desk.clock() + SIGNED_SECONDS
    batches, signed = [], []
    for batch, sender in ready:
        try:
            signed.append(_signed(desk, batch, sender, deadline))
        except SignerUnavailable:  # a key that cannot be read: the other issuers' batches go on
            continue
        batches.append(batch)
    if not batches:
        return
    subject = f"{batches[0].batch_id} and {len(batches) - 1} more"
    call = desk.calls.anchor_signed(signed)
    desk.batches.seal(batches, NewTransaction(relayer, Purpose.ANCHOR_SIGNED, subject, call))


def _signed(desk: Desk, batch: SealedBatch, sender: str, deadline: int) -> SignedBatch:
    said = batch.segment_id, batch.batch_id, batch.count, batch.root, batch.sum_fen, deadline
    key = DigestSigner(desk.keys.private_key(sender))
    return SignedBatch(*said, key.sign(batch_digest(desk.platform.deployment, *said)))


def _key_of(desk: Desk, owner: str, role: Role) -> str | None:
    try:
        return desk.keys.address_of(owner, role)
    except SignerUnavailable:
        return None


def retry_refused(desk: Desk) -> bool:
    """Try again what was refused, for whoever was suspended may be resumed; True if any.

    A batch that was carried with others may have been refused for one of them: it is sent by
    itself at once.
    """
    retried = False
    for batch in desk.batches.refused():
        last = batch.last_attempt
        together = last is not None and last.purpose is Purpose.ANCHOR_SIGNED
        # A clock that was put back must not make us wait for it.
        if last is None or not (together or abs(desk.clock() - last.updated_at) >= RETRY_SECONDS):
            continue
        sender = _key_of(desk, batch.issuer, Role.ISSUER)
        if sender is None:
            continue
        desk.batches.retry(batch.batch_id, _transaction(desk, batch, sender))
        retried = True
    return retried


def _transaction(desk: Desk, batch: SealedBatch, sender: str) -> NewTransaction:
    call = desk.calls.anchor(
        batch.segment_id, batch.batch_id, batch.count, batch.root, batch.sum_fen
    )
    return NewTransaction(sender, Purpose.ANCHOR, str(batch.batch_id), call)
