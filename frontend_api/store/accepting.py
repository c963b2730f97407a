"""Accepting bills: the orders of many callers in one database transaction.

Bills are made before the transaction, with the numbers that they will most likely get, so that the
database is locked for the inserts alone; what another writer took meanwhile is made again inside.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Select, bindparam, select, update

from frontend_api.domain.errors import NumbersExhausted, PiaolianError, StateConflict
from frontend_api.domain.numbers import BillNumber
from frontend_api.ports import Acceptance, MakeBills, NewBill, Order
from frontend_api.store.database import Database
from frontend_api.store.idempotency import key_reused
from frontend_api.store.inserting import insert_rows
from frontend_api.store.schema import bills, counters, idempotency, segments

_KEYS_A_QUESTION = 500  # below every database's limit of parameters

Answer = Acceptance | PiaolianError

# Built once: a group's questions are the same but for their values.
_KNOWN = select(
    idempotency.c.idempotency_key, idempotency.c.bill_key, idempotency.c.body_hash
).where(
    idempotency.c.issuer == bindparam("of_issuer"),
    idempotency.c.idempotency_key.in_(bindparam("wanted", expanding=True)),
)
_ISSUED = select(bills.c.business_no, bills.c.bill_key).where(
    bills.c.issuer == bindparam("of_issuer"),
    bills.c.business_no.in_(bindparam("wanted", expanding=True)),
)
_END = segments.c.first_key + segments.c.size
_WITH_NUMBERS = (
    select(
        segments.c.segment_id,
        segments.c.bill_code,
        counters.c.next_key,
        _END.label("end_key"),
    )
    .join(counters, counters.c.segment_id == segments.c.segment_id)
    .where(
        segments.c.issuer == bindparam("of_issuer"),
        segments.c.kind == bindparam("of_kind"),
        segments.c.bill_code.like(bindparam("of_year")),
        counters.c.next_key < _END,
    )
    .order_by(segments.c.segment_id)
)
_MOVE = (
    update(counters)
    .where(
        counters.c.segment_id == bindparam("of_segment"),
        counters.c.next_key == bindparam("before"),
    )
    .values(next_key=bindparam("after"))
)


@dataclass(frozen=True, slots=True)
class _Place:
    """The number that an order gets, and the segment it is of."""

    segment_id: int
    number: BillNumber


@dataclass(slots=True)
class _Plan:
    """What becomes of each order: a place, or an answer that needs none.

    ``twins`` are orders that repeat one of the same transaction.
    """

    places: dict[int, _Place] = field(default_factory=dict)
    answers: dict[int, Answer] = field(default_factory=dict)
    twins: dict[int, int] = field(default_factory=dict)
    next_keys: dict[int, tuple[int, int]] = field(default_factory=dict)  # segment: before, after


def accept_orders(database: Database, orders: Sequence[Order], make: MakeBills) -> list[Answer]:
    """See ``ports.BillStore.accept_many``."""
    with database.read() as c:
        draft = _plan(c, orders)
    made = _made({}, draft, make)
    with database.write() as c:
        plan = _plan(c, orders)
        made = _made(made, plan, make)
        _store(c, orders, plan, made)
    for i, place in plan.places.items():
        plan.answers[i] = Acceptance(place.number, replayed=False, bill=made[i])
    for i, first in plan.twins.items():
        answer = plan.answers[first]
        plan.answers[i] = (
            Acceptance(answer.number, replayed=True) if isinstance(answer, Acceptance) else answer
        )
    return [plan.answers[i] for i in range(len(orders))]


def _made(made: Mapping[int, NewBill], plan: _Plan, make: MakeBills) -> Mapping[int, NewBill]:
    """The bills of a plan: those that are made, and new ones where the number is another."""
    missing = {
        i: place.number
        for i, place in plan.places.items()
        if i not in made or made[i].number != place.number
    }
    return {**made, **make(missing)} if missing else made


def _plan(c: Connection, orders: Sequence[Order]) -> _Plan:
    plan = _Plan()
    known = _rows_by(c, _KNOWN, ((o.issuer, o.idempotency_key) for o in orders))
    issued = _rows_by(c, _ISSUED, ((o.issuer, o.request.business_no) for o in orders))
    numbers = _Numbers(c)
    first_with_key: dict[tuple[str, str], int] = {}
    for i, order in enumerate(orders):
        key = order.issuer, order.idempotency_key
        before, twin = known.get(key), first_with_key.setdefault(key, i)
        if before is not None or twin != i:
            same = (before or orders[twin]).body_hash == order.body_hash
            if not same:
                plan.answers[i] = key_reused()
            elif before is not None:
                plan.answers[i] = Acceptance(BillNumber(before.bill_key), replayed=True)
            else:
                plan.twins[i] = twin
            continue
        business = order.issuer, order.request.business_no
        taken = issued.get(business)
        if taken is not None:
            plan.answers[i] = _business_no_used(order, BillNumber(taken.bill_key))
            continue
        place = numbers.take(order)
        if place is None:
            plan.answers[i] = _exhausted(order)
            continue
        plan.places[i] = place
        issued[business] = _Issued(place.number.key)
    plan.next_keys = numbers.moved()
    return plan


@dataclass(frozen=True, slots=True)
class _Issued:
    """As a row of bills: of this very transaction."""

    bill_key: int


def _rows_by(
    c: Connection, question: Select[Any], values: Iterable[tuple[str, str]]
) -> dict[tuple[str, str], Any]:
    """The rows that the question finds, by issuer and value, for these issuers and values."""
    wanted: dict[str, list[str]] = {}
    for issuer, value in values:
        wanted.setdefault(issuer, []).append(value)
    found: dict[tuple[str, str], Any] = {}
    for issuer, some in wanted.items():
        for chunk in _chunks(some):
            rows = c.execute(question, {"of_issuer": issuer, "wanted": chunk})
            found.update(((issuer, row[0]), row) for row in rows)
    return found


def _chunks(values: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(values), _KEYS_A_QUESTION):
        yield values[start : start + _KEYS_A_QUESTION]


class _Numbers:
    """Hands out numbers, segment after segment, as one transaction sees the counters."""

    def __init__(self, c: Connection) -> None:
        self._c = c
        self._next: dict[int, int] = {}
        self._before: dict[int, int] = {}
        self._segments: dict[tuple[str, str, int], list[Any]] = {}

    def take(self, order: Order) -> _Place | None:
        """The next number for an order; None when no segment has one left."""
        for row in self._candidates(order):
            if order.request.bill_code in (None, row.bill_code):
                key = self._next.setdefault(row.segment_id, row.next_key)
                if key < row.end_key:
                    self._next[row.segment_id] = key + 1
                    return _Place(row.segment_id, BillNumber(key))
        return None

    def moved(self) -> dict[int, tuple[int, int]]:
        """Segments whose counter moves: from where, to where."""
        return {
            segment: (self._before[segment], after)
            for segment, after in self._next.items()
            if after != self._before[segment]
        }

    def _candidates(self, order: Order) -> list[Any]:
        sort = order.issuer, order.request.kind, order.request.year % 100
        if sort not in self._segments:
            rows = self._c.execute(
                _WITH_NUMBERS,
                {"of_issuer": sort[0], "of_kind": sort[1], "of_year": f"______{sort[2]:02d}"},
            ).all()
            self._segments[sort] = list(rows)
            self._before.update((row.segment_id, row.next_key) for row in rows)
        return self._segments[sort]


def _store(
    c: Connection, orders: Sequence[Order], plan: _Plan, made: Mapping[int, NewBill]
) -> None:
    if not plan.places:
        return
    rows = [_bill_row(made[i], orders[i], place) for i, place in plan.places.items()]
    insert_rows(c, bills, rows)
    insert_rows(
        c,
        idempotency,
        [
            {
                "issuer": orders[i].issuer,
                "idempotency_key": orders[i].idempotency_key,
                "body_hash": orders[i].body_hash,
                "bill_key": place.number.key,
            }
            for i, place in plan.places.items()
        ],
    )
    for segment_id, (before, after) in plan.next_keys.items():
        moved = c.execute(_MOVE, {"of_segment": segment_id, "before": before, "after": after})
        if moved.rowcount != 1:
            raise RuntimeError(f"the counter of segment {segment_id} moved in a transaction")


def _business_no_used(order: Order, number: BillNumber) -> StateConflict:
    return StateConflict(
        f"business_no {order.request.business_no!r} was already issued as bill {number}"
    )


def _exhausted(order: Order) -> NumbersExhausted:
    return NumbersExhausted(
        f"no bill number is left for kind {order.request.kind!r} in {order.request.year}: "
        "ask the supervisor to grant numbers"
    )


def _bill_row(bill: NewBill, order: Order, place: _Place) -> dict[str, Any]:
    h = bill.header
    return {
        "bill_key": bill.number.key,
        "segment_id": place.segment_id,
        "issuer": order.issuer,
        "kind": order.request.kind,
        "business_no": order.request.business_no,
        "amount_fen": h.amount_fen,
        "at_source_fen": h.at_source_fen,
        "currency": h.currency,
        "holder": h.holder,
        "content_root": h.content_root,
        "issued_at": h.issued_at,
        "leaf": bill.leaf,
        "sealed_seed": bill.sealed_seed,
        "sealed_content": bill.sealed_content,
        "accepted_at": order.accepted_at,
        "anchor_by": order.anchor_by,
        "body_hash": order.body_hash,
    }
