"""Batches on their way: what waits, what is sealed, what the chain does not have yet."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, Table, func, insert, select, update

from frontend_api.ports import (
    Clock,
    NewTransaction,
    SealedBatch,
    TxState,
    WaitingSegment,
)
from frontend_api.store.database import Database
from frontend_api.store.outbox import enqueue, transaction_of
from frontend_api.store.schema import anchors, batches, bills, counters, segments, transactions


def _end(table: Table) -> ColumnElement[int]:
    """The key after a segment's last batch in ``table``; its first key if there is none.

    Found by the numbers, which are the primary key: as many batches as there may be, one look.
    """
    end = (
        select(table.c.batch_id + table.c.size)
        .where(
            table.c.batch_id >= segments.c.first_key,
            table.c.batch_id < segments.c.first_key + segments.c.size,
        )
        .order_by(table.c.batch_id.desc())
        .limit(1)
        .correlate(segments)
        .scalar_subquery()
    )
    return func.coalesce(end, segments.c.first_key)


def _waiting() -> Select[Any]:
    # Batches of a segment follow each other, so one is on its way exactly if the last one that
    # was sealed is not among those that the chain has.
    sealed, anchored = _end(batches), _end(anchors)
    return (
        select(segments.c.segment_id, segments.c.issuer, anchored.label("next_key"))
        .select_from(segments)
        .join(counters, counters.c.segment_id == segments.c.segment_id)
        .where(counters.c.next_key > anchored, sealed <= anchored)
        .order_by(segments.c.segment_id)
    )


_WAITING = _waiting()
_UNANCHORED = (
    select(batches, transactions)
    .select_from(batches)
    .join(transactions, transactions.c.tx_id == batches.c.tx_id)
    .outerjoin(anchors, anchors.c.batch_id == batches.c.batch_id)
    .where(anchors.c.batch_id.is_(None))
    .order_by(batches.c.batch_id)
)


def _sealed(row: Row[Any]) -> SealedBatch:
    return SealedBatch(
        batch_id=row.batch_id,
        segment_id=row.segment_id,
        issuer=row.issuer,
        count=row.size,
        root=bytes(row.root),
        sum_fen=row.sum_fen,
        last_attempt=transaction_of(row),
    )


class SqlBatches:
    """Implements ``ports.BatchStore``."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._db = database
        self._clock = clock

    def waiting(self) -> list[WaitingSegment]:
        """Segments with numbers handed out beyond their last batch, and none on its way.

        The chain's batches count too: a database that came back older knows them only as events.
        """
        with self._db.read() as c:
            rows = c.execute(_WAITING).all()
        return [WaitingSegment(r.segment_id, r.issuer, r.next_key) for r in rows]

    def unanchored(self) -> list[SealedBatch]:
        """Sealed batches that the chain's events do not show, with the last attempt at each."""
        with self._db.read() as c:
            rows = c.execute(_UNANCHORED).all()
        return [_sealed(r) for r in rows]

    def refused(self) -> list[SealedBatch]:
        """See ``ports.BatchStore.refused``."""
        refused = transactions.c.state.in_((TxState.REFUSED, TxState.REVERTED))
        with self._db.read() as c:
            rows = c.execute(_UNANCHORED.where(refused)).all()
        return [_sealed(r) for r in rows]

    def bills_from(self, segment: WaitingSegment, limit: int) -> list[tuple[bytes, int]]:
        """Leaf and amount of the next bills of a segment, by number."""
        with self._db.read() as c:
            rows = c.execute(
                select(bills.c.leaf, bills.c.amount_fen)
                .where(
                    bills.c.bill_key >= segment.next_key,
                    bills.c.bill_key < segment.next_key + limit,
                    bills.c.segment_id == segment.segment_id,
                )
                .order_by(bills.c.bill_key)
            ).all()
        return [(bytes(r.leaf), r.amount_fen) for r in rows]

    def seal(self, sealed: Sequence[SealedBatch], transaction: NewTransaction) -> None:
        """Store batches with their first attempt."""
        with self._db.write() as c:
            tx_id = enqueue(c, transaction, self._clock())
            c.execute(
                insert(batches),
                [
                    {
                        "batch_id": batch.batch_id,
                        "segment_id": batch.segment_id,
                        "issuer": batch.issuer,
                        "size": batch.count,
                        "root": batch.root,
                        "sum_fen": batch.sum_fen,
                        "tx_id": tx_id,
                    }
                    for batch in sealed
                ],
            )

    def retry(self, batch_id: int, transaction: NewTransaction) -> None:
        """Another attempt at a batch whose last one was refused: same content, new transaction."""
        with self._db.write() as c:
            tx_id = enqueue(c, transaction, self._clock())
            c.execute(update(batches).where(batches.c.batch_id == batch_id).values(tx_id=tx_id))
