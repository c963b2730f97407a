"""Batches on their way: what waits, what is sealed, what the chain does not have yet."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Table, case, func, insert, select, update

from frontend_api.ports import (
    Clock,
    NewTransaction,
    SealedBatch,
    WaitingSegment,
)
from frontend_api.store.database import Database
from frontend_api.store.outbox import enqueue, transaction_of
from frontend_api.store.schema import anchors, batches, bills, counters, segments, transactions


def _end(table: Table) -> ColumnElement[int]:
    """The key after a segment's last batch in ``table``; its first key if there is none."""
    end = (
        select(func.max(table.c.batch_id + table.c.size))
        .where(table.c.segment_id == segments.c.segment_id)
        .correlate(segments)
        .scalar_subquery()
    )
    return func.coalesce(end, segments.c.first_key)


class SqlBatches:
    """Implements ``ports.BatchStore``."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._db = database
        self._clock = clock

    def waiting(self) -> list[WaitingSegment]:
        """Segments with numbers handed out beyond their last batch, and none on its way.

        The chain's batches count too: a database that came back older knows them only as events.
        """
        sealed, anchored = _end(batches), _end(anchors)
        next_key = case((sealed > anchored, sealed), else_=anchored)
        on_its_way = (
            select(batches.c.batch_id)
            .outerjoin(anchors, anchors.c.batch_id == batches.c.batch_id)
            .where(batches.c.segment_id == segments.c.segment_id, anchors.c.batch_id.is_(None))
            .correlate(segments)
            .exists()
        )
        with self._db.read() as c:
            rows = c.execute(
                select(segments.c.segment_id, segments.c.issuer, next_key.label("next_key"))
                .select_from(segments)
                .join(counters, counters.c.segment_id == segments.c.segment_id)
                .where(counters.c.next_key > next_key, ~on_its_way)
                .order_by(segments.c.segment_id)
            ).all()
        return [WaitingSegment(r.segment_id, r.issuer, r.next_key) for r in rows]

    def unanchored(self) -> list[SealedBatch]:
        """Sealed batches that the chain's events do not show, with the last attempt at each."""
        with self._db.read() as c:
            rows = c.execute(
                select(batches, transactions)
                .select_from(batches)
                .join(transactions, transactions.c.tx_id == batches.c.tx_id)
                .outerjoin(anchors, anchors.c.batch_id == batches.c.batch_id)
                .where(anchors.c.batch_id.is_(None))
                .order_by(batches.c.batch_id)
            ).all()
        return [
            SealedBatch(
                batch_id=r.batch_id,
                segment_id=r.segment_id,
                issuer=r.issuer,
                count=r.size,
                root=bytes(r.root),
                sum_fen=r.sum_fen,
                last_attempt=transaction_of(r),
            )
            for r in rows
        ]

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

    def seal(self, batch: SealedBatch, transaction: NewTransaction) -> None:
        """Store the batch with its first attempt."""
        with self._db.write() as c:
            tx_id = enqueue(c, transaction, self._clock())
            c.execute(
                insert(batches),
                {
                    "batch_id": batch.batch_id,
                    "segment_id": batch.segment_id,
                    "issuer": batch.issuer,
                    "size": batch.count,
                    "root": batch.root,
                    "sum_fen": batch.sum_fen,
                    "tx_id": tx_id,
                },
            )

    def retry(self, batch_id: int, transaction: NewTransaction) -> None:
        """Another attempt at a batch whose last one was refused: same content, new transaction."""
        with self._db.write() as c:
            tx_id = enqueue(c, transaction, self._clock())
            c.execute(update(batches).where(batches.c.batch_id == batch_id).values(tx_id=tx_id))
