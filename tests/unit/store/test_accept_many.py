"""Accepting in groups: one transaction, an answer for each, no number skipped."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from in_memory.chain import MemoryChain, numbers_granted
from in_memory.values import BUREAU, CODE, FIRST_KEY, NOW, SCHOOL, made, request
from sqlalchemy import event, func, select

from frontend_api.domain.errors import (
    IdempotencyKeyReused,
    NumbersExhausted,
    PiaolianError,
    StateConflict,
)
from frontend_api.domain.numbers import BillNumber
from frontend_api.ports import Acceptance, NewBill, Order
from frontend_api.store.bills import SqlBills
from frontend_api.store.database import Database
from frontend_api.store.inserting import insert_rows
from frontend_api.store.schema import bills as bill_table
from frontend_api.store.schema import counters, idempotency, meta

Numbers = Mapping[int, BillNumber]


def order(key: str, business_no: str | None = None, **change: object) -> Order:
    asked = request(business_no or f"B-{key}")
    return replace(Order(SCHOOL, key, bytes(32), asked, NOW, NOW + 60), **change)  # type: ignore[arg-type]


def make_all(numbers: Numbers) -> dict[int, NewBill]:
    return {place: made(number) for place, number in numbers.items()}


def told(answers: list[Acceptance | PiaolianError]) -> list[object]:
    """Numbers from the segment's first, marked if repeated; or the error's code."""
    return [
        a.code
        if isinstance(a, PiaolianError)
        else (a.number.key - FIRST_KEY if not a.replayed else f"again {a.number.key - FIRST_KEY}")
        for a in answers
    ]


@pytest.fixture
def plenty(bills: SqlBills, chain: MemoryChain, follow: Callable[[], None]) -> SqlBills:
    """A second segment, of the next thousand numbers."""
    chain.add(numbers_granted(2, SCHOOL, CODE, 6, 1_000))
    follow()
    return bills


def test_group__right_orders__consecutive_numbers_across_segments(plenty: SqlBills) -> None:
    answers = plenty.accept_many([order(str(i)) for i in range(200)], make_all)
    assert told(answers) == list(range(200))
    for place in (0, 4, 5, 199):
        stored = plenty.find(FIRST_KEY + place)
        assert stored is not None
        assert (stored.business_no, stored.anchor_by) == (f"B-{place}", NOW + 60)
        assert stored.bill == made(BillNumber(FIRST_KEY + place))
        assert stored.segment_id == (1 if place < 5 else 2)


def test_group__some_wrong__they_alone_are_refused_and_no_number_is_skipped(
    plenty: SqlBills, database: Database
) -> None:
    plenty.accept_many([order("old"), order("used")], make_all)
    answers = plenty.accept_many(
        [
            order("a"),
            order("old"),  # repeated
            order("used", body_hash=b"\1" * 32),  # another body
            order("b", "B-old"),  # business number issued before
            order("c"),
            order("c"),  # twice in the group
            order("c", body_hash=b"\2" * 32),
            order("d", "B-c"),  # business number of this very group
            order("e", issuer=BUREAU),  # has no numbers
            order("f", request=request("B-f", year=2020)),
            order("g"),
        ],
        make_all,
    )
    assert told(answers) == [
        2, "again 0", "idempotency-key-reused", "state-conflict", 3, "again 3",
        "idempotency-key-reused", "state-conflict", "numbers-exhausted", "numbers-exhausted", 4,
    ]  # fmt: skip
    with database.read() as c:
        stored = c.execute(select(bill_table.c.bill_key).order_by(bill_table.c.bill_key)).scalars()
        assert [key - FIRST_KEY for key in stored] == [0, 1, 2, 3, 4]
        assert c.execute(select(func.count()).select_from(idempotency)).scalar() == 5


def test_group__numbers_run_out_in_the_middle__the_rest_refused(bills: SqlBills) -> None:
    answers = bills.accept_many([order(str(i)) for i in range(7)], make_all)
    assert told(answers) == [0, 1, 2, 3, 4, "numbers-exhausted", "numbers-exhausted"]
    assert told(bills.accept_many([order("4"), order("5")], make_all)) == [
        "again 4",
        "numbers-exhausted",
    ]


def test_group__of_none__answers_none(bills: SqlBills) -> None:
    assert bills.accept_many([], make_all) == []


def test_group__one_of_it_repeats_one_that_is_refused__refused_alike(bills: SqlBills) -> None:
    nobodys = order("a", issuer=BUREAU)
    first, second = bills.accept_many([nobodys, nobodys], make_all)
    assert isinstance(first, NumbersExhausted)
    assert first is second


def test_bills__made_before_the_database_is_locked(plenty: SqlBills, database: Database) -> None:
    def make(numbers: Numbers) -> dict[int, NewBill]:
        with database.write() as c:  # would wait for ever if the group held the lock
            insert_rows(c, meta, [{"name": f"free {len(numbers)}", "value": "x"}])
        return make_all(numbers)

    assert told(plenty.accept_many([order("a"), order("b")], make)) == [0, 1]
    with database.read() as c:
        assert c.execute(select(meta.c.name)).scalars().all() == ["free 2"]


def test_bills__number_taken_by_another_meanwhile__made_again_for_the_next(
    plenty: SqlBills,
) -> None:
    asked: list[list[int]] = []

    def make(numbers: Numbers) -> dict[int, NewBill]:
        if not asked:
            plenty.accept_many([order("rival")], make_all)
        asked.append([n.key - FIRST_KEY for n in numbers.values()])
        return make_all(numbers)

    assert told(plenty.accept_many([order("a"), order("b")], make)) == [1, 2]
    assert asked == [[0, 1], [1, 2]]
    for place in range(3):
        stored = plenty.find(FIRST_KEY + place)
        assert stored is not None
        assert stored.bill == made(BillNumber(FIRST_KEY + place))


def test_bills__same_request_accepted_by_another_meanwhile__repeated_and_the_rest_moves_up(
    plenty: SqlBills,
) -> None:
    calls = []

    def make(numbers: Numbers) -> dict[int, NewBill]:
        if not calls:
            calls.append(1)
            plenty.accept_many([order("a")], make_all)
        return make_all(numbers)

    assert told(plenty.accept_many([order("a"), order("b")], make)) == ["again 0", 1]


def test_making_fails__nothing_of_the_group_is_kept(plenty: SqlBills, database: Database) -> None:
    def broken(numbers: Numbers) -> dict[int, NewBill]:
        raise OSError(f"no entropy for {len(numbers)}")

    with pytest.raises(OSError, match="for 2"):
        plenty.accept_many([order("a"), order("b")], broken)
    with database.read() as c:
        assert c.execute(select(func.count()).select_from(bill_table)).scalar() == 0
        assert c.execute(select(counters.c.next_key).order_by("segment_id")).scalar() == FIRST_KEY


def test_commit_fails__nothing_of_the_group_is_kept(plenty: SqlBills, database: Database) -> None:
    def cut(_connection: object) -> None:
        raise OSError("disk full")

    event.listen(database._engine, "commit", cut)
    with pytest.raises(OSError, match="disk full"):
        plenty.accept_many([order("a"), order("b")], make_all)
    event.remove(database._engine, "commit", cut)
    assert told(plenty.accept_many([order("a"), order("b")], make_all)) == [0, 1]


def test_groups__of_many_threads_and_two_databases__every_number_once(
    plenty: SqlBills, database: Database
) -> None:
    other = Database(database.url)
    stores, start = [plenty, SqlBills(other)], threading.Barrier(8)

    def run(worker: int) -> list[object]:
        start.wait()
        mine = [order(f"{worker}-{i}") for i in range(20)] + [
            order(f"shared-{i}") for i in range(5)
        ]
        return told(stores[worker % 2].accept_many(mine, make_all))

    with ThreadPoolExecutor(8) as pool:
        answers = [answer for found in pool.map(run, range(8)) for answer in found]
    other.close()
    new = [a for a in answers if isinstance(a, int)]
    assert sorted(new) == list(range(8 * 20 + 5))
    assert len([a for a in answers if str(a).startswith("again")]) == 7 * 5


def test_insert_rows__any_number__each_once(database: Database) -> None:
    rows = [{"name": f"n{i}", "value": str(i)} for i in range(64 + 16 + 4 + 3)]
    with database.write() as c:
        insert_rows(c, meta, rows)
        insert_rows(c, meta, [])
    with database.read() as c:
        found = c.execute(select(meta.c.name, meta.c.value)).all()
    assert sorted(tuple(row) for row in found) == sorted((r["name"], r["value"]) for r in rows)


def test_errors__of_one__are_those_of_a_group_of_one(bills: SqlBills) -> None:
    first = bills.accept(SCHOOL, "a", bytes(32), request("B-a"), NOW, made, anchor_by=NOW + 1)
    assert first.bill == made(first.number)
    with pytest.raises(IdempotencyKeyReused):
        bills.accept(SCHOOL, "a", b"\1" * 32, request("B-b"), NOW, made)
    with pytest.raises(StateConflict, match="already issued"):
        bills.accept(SCHOOL, "b", bytes(32), request("B-a"), NOW, made)
