"""Accepting a bill: one transaction for key, number and bill."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from in_memory.chain import MemoryChain, anchored, numbers_granted, series_opened
from in_memory.values import BUREAU, CODE, FIRST_KEY, NOW, SCHOOL, made, request
from sqlalchemy import func, select

from frontend_api.domain.errors import IdempotencyKeyReused, NumbersExhausted, StateConflict
from frontend_api.domain.numbers import BillNumber
from frontend_api.domain.states import Anchoring
from frontend_api.ports import Acceptance, BillQuery, NewBill
from frontend_api.store.bills import SqlBills
from frontend_api.store.database import Database
from frontend_api.store.schema import bills as bill_table
from frontend_api.store.schema import counters, idempotency

BODY = bytes(32)


def _accept(bills: SqlBills, key: str, **change: object) -> Acceptance:
    return bills.accept(SCHOOL, key, BODY, request(f"B-{key}", **change), NOW, made)


def _next_key(database: Database) -> int:
    with database.read() as c:
        return int(c.execute(select(counters.c.next_key)).scalar_one())


def test_accept__one_after_another__consecutive_numbers_from_the_first(bills: SqlBills) -> None:
    keys = [_accept(bills, name).number.key for name in "abc"]
    assert keys == [FIRST_KEY, FIRST_KEY + 1, FIRST_KEY + 2]


def test_accept__stored_bill__is_what_was_made(bills: SqlBills) -> None:
    number = _accept(bills, "a").number
    stored = bills.find(number.key)
    assert stored is not None
    assert stored.bill == made(number)
    assert (stored.issuer, stored.kind, stored.business_no) == (SCHOOL, "plain", "B-a")
    assert (stored.segment_id, stored.accepted_at) == (1, NOW)
    assert stored.anchored is None
    assert stored.voided_at is None


def test_accept__same_key_and_body__same_bill_and_made_once(bills: SqlBills) -> None:
    calls: list[BillNumber] = []

    def make(number: BillNumber) -> NewBill:
        calls.append(number)
        return made(number)

    answers = [bills.accept(SCHOOL, "a", BODY, request(), NOW, make) for _ in range(3)]
    assert [a.replayed for a in answers] == [False, True, True]
    assert {a.number for a in answers} == set(calls)
    assert len(calls) == 1


def test_accept__same_key_other_body__refused_without_a_number(
    bills: SqlBills, database: Database
) -> None:
    _accept(bills, "a")
    with pytest.raises(IdempotencyKeyReused, match="use a new key"):
        bills.accept(SCHOOL, "a", b"\1" * 32, request("B-other"), NOW, made)
    assert _next_key(database) == FIRST_KEY + 1


def test_accept__same_key_of_another_issuer__is_another_key(
    bills: SqlBills, chain: MemoryChain, follow: Callable[[], None]
) -> None:
    chain.add(numbers_granted(2, BUREAU, CODE, 6, 5))
    follow()
    mine = bills.accept(SCHOOL, "a", BODY, request(), NOW, made)
    theirs = bills.accept(BUREAU, "a", b"\1" * 32, request(), NOW, made)
    assert theirs.number.key == FIRST_KEY + 5
    assert mine.number.key == FIRST_KEY


def test_accept__business_number_used__refused_and_the_bill_named(
    bills: SqlBills, database: Database
) -> None:
    number = bills.accept(SCHOOL, "a", BODY, request("R-1"), NOW, made).number
    with pytest.raises(StateConflict, match=str(number)):
        bills.accept(SCHOOL, "b", BODY, request("R-1"), NOW, made)
    assert _next_key(database) == FIRST_KEY + 1
    assert not bills.accept(SCHOOL, "b", BODY, request("R-2"), NOW, made).replayed


def test_accept__segment_used_up__refused_and_a_replay_still_answered(bills: SqlBills) -> None:
    first = [_accept(bills, str(i)).number for i in range(5)]
    with pytest.raises(NumbersExhausted, match="ask the supervisor"):
        _accept(bills, "x")
    assert _accept(bills, "4") == Acceptance(first[4], replayed=True)


def test_accept__second_segment__goes_on_there(
    bills: SqlBills, chain: MemoryChain, follow: Callable[[], None]
) -> None:
    chain.add(numbers_granted(2, SCHOOL, CODE, 100, 2))
    follow()
    keys = [_accept(bills, str(i)).number.key for i in range(7)]
    assert keys[4:] == [FIRST_KEY + 4, FIRST_KEY + 99, FIRST_KEY + 100]


@pytest.mark.parametrize(
    "change", [{"year": 2025}, {"kind": "other"}, {"bill_code": "46990226"}], ids=str
)
def test_accept__no_segment_of_this_sort__refused(bills: SqlBills, change: dict[str, str]) -> None:
    with pytest.raises(NumbersExhausted):
        _accept(bills, "a", **change)
    assert _accept(bills, "a", bill_code=CODE).number.code == CODE


def test_accept__bill_code_asked_for__number_of_that_code(
    bills: SqlBills, chain: MemoryChain, follow: Callable[[], None]
) -> None:
    chain.add(series_opened("46990226"), numbers_granted(2, SCHOOL, "46990226", 1, 2))
    follow()
    assert _accept(bills, "a", bill_code="46990226").number.code == "46990226"
    assert _accept(bills, "b").number.code == CODE


def test_accept__make_fails__no_number_no_key_no_bill(bills: SqlBills, database: Database) -> None:
    def broken(_number: BillNumber) -> NewBill:
        raise OSError("no entropy")

    with pytest.raises(OSError, match="no entropy"):
        bills.accept(SCHOOL, "a", BODY, request(), NOW, broken)
    assert _next_key(database) == FIRST_KEY
    with database.read() as c:
        assert c.execute(select(func.count()).select_from(bill_table)).scalar() == 0
        assert c.execute(select(func.count()).select_from(idempotency)).scalar() == 0
    assert _accept(bills, "a").number.key == FIRST_KEY


def test_accept__fifty_parallel_duplicates__one_bill(bills: SqlBills, database: Database) -> None:
    start = threading.Barrier(50)

    def run(_: int) -> Acceptance:
        start.wait()
        return bills.accept(SCHOOL, "same", BODY, request(), NOW, made)

    with ThreadPoolExecutor(50) as pool:
        answers = list(pool.map(run, range(50)))
    assert [a.replayed for a in answers].count(False) == 1
    assert {a.number.key for a in answers} == {FIRST_KEY}
    assert _next_key(database) == FIRST_KEY + 1


def test_accept__two_databases_on_one_file__consecutive_numbers(
    bills: SqlBills, database: Database
) -> None:
    other = Database(database.url)
    start = threading.Barrier(2)

    def run(store: SqlBills, key: str) -> int:
        start.wait()
        return _accept(store, key).number.key

    with ThreadPoolExecutor(2) as pool:
        futures = [pool.submit(run, bills, "a"), pool.submit(run, SqlBills(other), "b")]
        keys = [future.result() for future in futures]
    other.close()
    assert sorted(keys) == [FIRST_KEY, FIRST_KEY + 1]


def test_find__bill_inside_and_beside_a_batch__anchored_or_not(
    bills: SqlBills, chain: MemoryChain, follow: Callable[[], None]
) -> None:
    for name in "abcd":
        _accept(bills, name)
    block = chain.add(anchored(1, FIRST_KEY, 2, b"r" * 32, 20_000, "0xabc"))
    chain.add(("Voided", {"bill_key": FIRST_KEY + 1, "issuer": b"", "reason": 1}))
    follow()
    found = [bills.find(FIRST_KEY + i) for i in range(4)]
    assert [f is not None and f.anchored is not None for f in found] == [True, True, False, False]
    assert found[0] is not None
    assert found[0].anchored is not None
    assert (found[0].anchored.batch_id, found[0].anchored.count) == (FIRST_KEY, 2)
    assert found[0].anchored.root == b"r" * 32
    assert found[0].anchored.signer == "0xabc"
    assert found[0].anchored.anchor.block_hash == block.hash
    assert [f.voided_at for f in found if f] == [None, block.time + 1, None, None]
    assert bills.find(FIRST_KEY + 4) is None


def test_page__newest_first__and_filtered(
    bills: SqlBills, chain: MemoryChain, follow: Callable[[], None]
) -> None:
    for name in "abcd":
        _accept(bills, name)
    chain.add(anchored(1, FIRST_KEY, 2, b"r" * 32, 20_000))
    follow()

    def keys(**query: object) -> list[int]:
        page = bills.page(BillQuery(issuer=SCHOOL, limit=3, **query))  # type: ignore[arg-type]
        return [s.bill.number.key - FIRST_KEY for s in page]

    assert keys() == [3, 2, 1]
    assert keys(before=FIRST_KEY + 1) == [0]
    assert keys(anchoring=Anchoring.ANCHORED) == [1, 0]
    assert keys(anchoring=Anchoring.ACCEPTED) == [3, 2]
    assert keys(kind="plain") == [3, 2, 1]
    assert keys(kind="other") == []
    assert bills.page(BillQuery(issuer=BUREAU, limit=3)) == []


def test_leaves__of_a_batch__in_the_order_of_numbers(bills: SqlBills) -> None:
    numbers = [_accept(bills, name).number for name in "abc"]
    assert bills.leaves(FIRST_KEY + 1, 2) == [made(n).leaf for n in numbers[1:]]
