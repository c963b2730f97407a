"""Accepted bills."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, func, select

from frontend_api.domain.anchor import Anchor
from frontend_api.domain.bill import BillHeader, IssueRequest
from frontend_api.domain.errors import PiaolianError
from frontend_api.domain.numbers import BillNumber
from frontend_api.domain.states import Anchoring
from frontend_api.ports import (
    Acceptance,
    Anchored,
    BillQuery,
    MakeBills,
    NewBill,
    Order,
    StoredBill,
)
from frontend_api.store.accepting import accept_orders
from frontend_api.store.database import Database
from frontend_api.store.idempotency import made_before
from frontend_api.store.schema import anchors, bills, idempotency, voids

# Batches never overlap, so a bill's batch is the last one that begins at or before its key; asked
# like this, the database finds it with one look into the primary key.
_candidates = anchors.alias("candidates")
_WITH_ANCHOR = and_(
    anchors.c.batch_id
    == select(func.max(_candidates.c.batch_id))
    .where(_candidates.c.batch_id <= bills.c.bill_key)
    .correlate(bills)
    .scalar_subquery(),
    anchors.c.batch_id + anchors.c.size > bills.c.bill_key,
)


class SqlBills:
    """Implements ``ports.BillStore``."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def known(self, issuer: str, idempotency_key: str, body_hash: bytes) -> BillNumber | None:
        """See ``ports.BillStore.known``."""
        with self._db.read() as c:
            return _known(c, issuer, idempotency_key, body_hash)

    def accept(
        self,
        issuer: str,
        idempotency_key: str,
        body_hash: bytes,
        request: IssueRequest,
        accepted_at: int,
        make: Callable[[BillNumber], NewBill],
        anchor_by: int | None = None,
    ) -> Acceptance:
        """See ``ports.BillStore.accept``."""
        order = Order(issuer, idempotency_key, body_hash, request, accepted_at, anchor_by)
        (answer,) = self.accept_many([order], lambda n: {i: make(n[i]) for i in n})
        if isinstance(answer, PiaolianError):
            raise answer
        return answer

    def accept_many(
        self, orders: Sequence[Order], make: MakeBills
    ) -> list[Acceptance | PiaolianError]:
        """See ``ports.BillStore.accept_many``."""
        return accept_orders(self._db, orders, make)

    def find(self, bill_key: int) -> StoredBill | None:
        """The bill with its anchor and void, if any."""
        with self._db.read() as c:
            row = c.execute(_select_bills().where(bills.c.bill_key == bill_key)).first()
        return _stored(row) if row else None

    def page(self, query: BillQuery) -> list[StoredBill]:
        """By number, the highest first."""
        chosen = _select_bills().where(bills.c.issuer == query.issuer)
        if query.before is not None:
            chosen = chosen.where(bills.c.bill_key < query.before)
        if query.kind:
            chosen = chosen.where(bills.c.kind == query.kind)
        if query.anchoring is Anchoring.ANCHORED:
            chosen = chosen.where(anchors.c.batch_id.is_not(None))
        elif query.anchoring is Anchoring.ACCEPTED:
            chosen = chosen.where(anchors.c.batch_id.is_(None))
        with self._db.read() as c:
            rows = c.execute(chosen.order_by(bills.c.bill_key.desc()).limit(query.limit)).all()
        return [_stored(row) for row in rows]

    def leaves(self, batch_id: int, count: int) -> list[bytes]:
        """Leaf hashes of a batch, in order."""
        with self._db.read() as c:
            rows = c.execute(
                select(bills.c.leaf)
                .where(bills.c.bill_key >= batch_id, bills.c.bill_key < batch_id + count)
                .order_by(bills.c.bill_key)
            ).scalars()
            return [bytes(leaf) for leaf in rows]


def _known(c: Connection, issuer: str, idempotency_key: str, body_hash: bytes) -> BillNumber | None:
    key = and_(idempotency.c.issuer == issuer, idempotency.c.idempotency_key == idempotency_key)
    row = made_before(c, idempotency, key, body_hash)
    return BillNumber(row.bill_key) if row else None


def _select_bills() -> Select[Any]:
    return (
        select(
            bills,
            anchors.c.batch_id,
            anchors.c.size,
            anchors.c.root,
            anchors.c.sum_fen,
            anchors.c.signer,
            anchors.c.block_number,
            anchors.c.block_hash,
            anchors.c.block_time,
            anchors.c.transaction_hash,
            voids.c.block_time.label("voided_at"),
        )
        .select_from(bills)
        .outerjoin(anchors, _WITH_ANCHOR)
        .outerjoin(voids, voids.c.bill_key == bills.c.bill_key)
    )


def _stored(row: Row[Any]) -> StoredBill:
    number = BillNumber(row.bill_key)
    header = BillHeader(
        number=number,
        amount_fen=row.amount_fen,
        at_source_fen=row.at_source_fen,
        currency=row.currency,
        holder=bytes(row.holder),
        content_root=bytes(row.content_root),
        issued_at=row.issued_at,
    )
    return StoredBill(
        bill=NewBill(
            number, header, bytes(row.leaf), bytes(row.sealed_seed), bytes(row.sealed_content)
        ),
        issuer=row.issuer,
        kind=row.kind,
        business_no=row.business_no,
        segment_id=row.segment_id,
        accepted_at=row.accepted_at,
        anchored=_anchored(row),
        voided_at=row.voided_at,
        anchor_by=row.anchor_by,
    )


def _anchored(row: Row[Any]) -> Anchored | None:
    if row.batch_id is None:
        return None
    return Anchored(
        batch_id=row.batch_id,
        count=row.size,
        root=bytes(row.root),
        sum_fen=row.sum_fen,
        segment_id=row.segment_id,
        issuer=row.issuer,
        signer=row.signer,
        anchor=Anchor(
            block_number=row.block_number,
            block_hash=bytes(row.block_hash),
            block_time=row.block_time,
            transaction=bytes(row.transaction_hash),
        ),
    )
