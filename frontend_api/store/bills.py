"""Accepted bills."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, func, insert, select, update

from frontend_api.domain.anchor import Anchor
from frontend_api.domain.bill import BillHeader, IssueRequest
from frontend_api.domain.errors import NumbersExhausted, StateConflict
from frontend_api.domain.numbers import BillNumber
from frontend_api.domain.states import Anchoring
from frontend_api.ports import Acceptance, Anchored, BillQuery, NewBill, StoredBill
from frontend_api.store.database import Database
from frontend_api.store.idempotency import made_before
from frontend_api.store.schema import (
    anchors,
    bills,
    counters,
    idempotency,
    segments,
    voids,
)

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
    ) -> Acceptance:
        """See ``ports.BillStore.accept``."""
        with self._db.write() as c:
            known = _known(c, issuer, idempotency_key, body_hash)
            if known:
                return Acceptance(known, replayed=True)
            _require_new_business_no(c, issuer, request.business_no)
            segment_id, number = _take_number(c, issuer, request)
            bill = make(number)
            row = _bill_row(bill, issuer, segment_id, request, accepted_at)
            c.execute(insert(bills), row | {"body_hash": body_hash})
            c.execute(
                insert(idempotency),
                {
                    "issuer": issuer,
                    "idempotency_key": idempotency_key,
                    "body_hash": body_hash,
                    "bill_key": number.key,
                },
            )
        return Acceptance(number, replayed=False)

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


def _require_new_business_no(c: Connection, issuer: str, business_no: str) -> None:
    key = c.execute(
        select(bills.c.bill_key).where(bills.c.issuer == issuer, bills.c.business_no == business_no)
    ).scalar()
    if key is not None:
        raise StateConflict(
            f"business_no {business_no!r} was already issued as bill {BillNumber(key)}"
        )


def _take_number(c: Connection, issuer: str, request: IssueRequest) -> tuple[int, BillNumber]:
    year = f"{request.year % 100:02d}"
    chosen = (
        select(segments.c.segment_id, counters.c.next_key)
        .join(counters, counters.c.segment_id == segments.c.segment_id)
        .where(
            segments.c.issuer == issuer,
            segments.c.kind == request.kind,
            segments.c.bill_code.like(f"______{year}"),
            counters.c.next_key < segments.c.first_key + segments.c.size,
        )
        .order_by(segments.c.segment_id)
        .limit(1)
    )
    if request.bill_code:
        chosen = chosen.where(segments.c.bill_code == request.bill_code)
    row = c.execute(chosen).first()
    if row is None:
        raise NumbersExhausted(
            f"no bill number is left for kind {request.kind!r} in {request.year}: "
            "ask the supervisor to grant numbers"
        )
    c.execute(
        update(counters)
        .where(counters.c.segment_id == row.segment_id)
        .values(next_key=row.next_key + 1)
    )
    return row.segment_id, BillNumber(row.next_key)


def _bill_row(
    bill: NewBill, issuer: str, segment_id: int, request: IssueRequest, accepted_at: int
) -> dict[str, Any]:
    h = bill.header
    return {
        "bill_key": bill.number.key,
        "segment_id": segment_id,
        "issuer": issuer,
        "kind": request.kind,
        "business_no": request.business_no,
        "amount_fen": h.amount_fen,
        "at_source_fen": h.at_source_fen,
        "currency": h.currency,
        "holder": h.holder,
        "content_root": h.content_root,
        "issued_at": h.issued_at,
        "leaf": bill.leaf,
        "sealed_seed": bill.sealed_seed,
        "sealed_content": bill.sealed_content,
        "accepted_at": accepted_at,
    }


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
