"""Anchor: all that waits in a segment becomes one batch, one root, one transaction.

Group commit: while a batch is on its way the next bills gather, so batches grow with the load
and a single bill on an idle platform is a batch of one.
"""

from __future__ import annotations

from frontend_api.commitment.tree import root_of
from frontend_api.domain.errors import SignerUnavailable
from frontend_api.domain.states import Role
from frontend_api.flow.desk import Desk
from frontend_api.ports import NewTransaction, Purpose, SealedBatch, TxState, WaitingSegment

MAX_BATCH = 10_000  # bills; a root per 10,000 costs 14 gas a bill, more gains nothing
RETRY_SECONDS = 5  # between attempts at a batch that the contract refuses


def anchor_waiting(desk: Desk) -> bool:
    """Seal a batch for every segment that has waiting bills; True if there was one."""
    sealed = [_seal(desk, segment) for segment in desk.batches.waiting()]
    return any(sealed)


def _seal(desk: Desk, segment: WaitingSegment) -> bool:
    waiting = desk.batches.bills_from(segment, MAX_BATCH)
    try:
        sender = desk.keys.address_of(segment.issuer, Role.ISSUER)
    except SignerUnavailable:
        return False  # stays waiting; ``doctor`` and ``status`` name the missing key
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
    return True


def retry_refused(desk: Desk) -> bool:
    """Try again what was refused, for whoever was suspended may be resumed; True if any."""
    retried = False
    for batch in desk.batches.unanchored():
        last = batch.last_attempt
        refused = last is not None and last.state in (TxState.REFUSED, TxState.REVERTED)
        if last is None or not refused or desk.clock() < last.updated_at + RETRY_SECONDS:
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
