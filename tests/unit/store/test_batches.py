"""Batches: what waits, what is sealed, what the chain does not have yet."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from in_memory.chain import MemoryChain, anchored, numbers_granted
from in_memory.values import CODE, FIRST_KEY, NOW, SCHOOL, Clock, made, request

from frontend_api.domain.numbers import BillNumber
from frontend_api.ports import Call, NewTransaction, Purpose, SealedBatch, TxState, WaitingSegment
from frontend_api.store.batches import SqlBatches
from frontend_api.store.bills import SqlBills
from frontend_api.store.database import Database
from frontend_api.store.outbox import SqlOutbox

NEW = NewTransaction("0x" + "aa" * 20, Purpose.ANCHOR, "x", Call("0x" + "11" * 20, b"", 1))


@pytest.fixture
def batches(database: Database, clock: Clock) -> SqlBatches:
    return SqlBatches(database, clock)


def _accept(bills: SqlBills, *names: str) -> None:
    for name in names:
        bills.accept(SCHOOL, name, bytes(32), request(name), NOW, made)


def _batch(first: int, count: int) -> SealedBatch:
    return SealedBatch(FIRST_KEY + first, 1, SCHOOL, count, b"r" * 32, 10_000 * count, None)


def test_waiting__nothing_accepted__none(bills: SqlBills, batches: SqlBatches) -> None:
    assert bills.find(FIRST_KEY) is None
    assert batches.waiting() == []


def test_waiting__accepted__from_the_first_number(bills: SqlBills, batches: SqlBatches) -> None:
    _accept(bills, "a", "b")
    (segment,) = batches.waiting()
    assert segment == WaitingSegment(1, SCHOOL, FIRST_KEY)
    assert batches.bills_from(segment, 10) == [
        (made(BillNumber(FIRST_KEY + i)).leaf, 10_000) for i in range(2)
    ]
    assert len(batches.bills_from(segment, 1)) == 1


def test_waiting__batch_on_its_way__waits_until_the_chain_has_it(
    bills: SqlBills, batches: SqlBatches, chain: MemoryChain, follow: Callable[[], None]
) -> None:
    _accept(bills, "a")
    batches.seal([_batch(0, 1)], NEW)
    _accept(bills, "b", "c")
    assert batches.waiting() == []
    chain.add(anchored(1, FIRST_KEY, 1, b"r" * 32, 10_000))
    follow()
    assert batches.waiting() == [WaitingSegment(1, SCHOOL, FIRST_KEY + 1)]


def test_waiting__two_segments__each_on_its_own(
    bills: SqlBills, batches: SqlBatches, chain: MemoryChain, follow: Callable[[], None]
) -> None:
    chain.add(numbers_granted(2, SCHOOL, CODE, 100, 5))
    follow()
    _accept(bills, *"abcdef")
    batches.seal([_batch(0, 5)], NEW)
    assert batches.waiting() == [WaitingSegment(2, SCHOOL, FIRST_KEY + 99)]


def test_unanchored__sealed__with_its_last_attempt(
    bills: SqlBills, batches: SqlBatches, database: Database, clock: Clock
) -> None:
    _accept(bills, "a")
    batches.seal([_batch(0, 1)], NEW)
    (first,) = batches.unanchored()
    assert first.last_attempt is not None
    assert (first.batch_id, first.count, first.root) == (FIRST_KEY, 1, b"r" * 32)
    SqlOutbox(database, clock).finished(first.last_attempt.tx_id, TxState.REFUSED, "no", None)
    batches.retry(FIRST_KEY, NEW)
    (second,) = batches.unanchored()
    assert second.last_attempt is not None
    assert second.last_attempt.tx_id > first.last_attempt.tx_id
    assert second.last_attempt.state is TxState.QUEUED


def test_unanchored__the_chain_has_it__none(
    bills: SqlBills, batches: SqlBatches, chain: MemoryChain, follow: Callable[[], None]
) -> None:
    _accept(bills, "a")
    batches.seal([_batch(0, 1)], NEW)
    chain.add(anchored(1, FIRST_KEY, 1, b"r" * 32, 10_000))
    follow()
    assert batches.unanchored() == []


def test_restored_database__chain_is_ahead__goes_on_after_what_the_chain_has(
    bills: SqlBills, batches: SqlBatches, chain: MemoryChain, follow: Callable[[], None]
) -> None:
    _accept(bills, "a")
    chain.add(anchored(1, FIRST_KEY, 3, b"r" * 32, 30_000))  # made after the backup was taken
    follow()
    assert batches.waiting() == []
    number = bills.accept(SCHOOL, "b", bytes(32), request("b"), NOW, made).number
    assert number.key == FIRST_KEY + 3
    (segment,) = batches.waiting()
    assert segment.next_key == FIRST_KEY + 3
    assert batches.bills_from(segment, 10) == [(made(number).leaf, 10_000)]
