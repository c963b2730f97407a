"""Transactions on their way, and the idempotency of commands."""

from __future__ import annotations

import pytest
from in_memory.values import SCHOOL, Clock

from frontend_api.domain.errors import IdempotencyKeyReused, NotFound
from frontend_api.ports import Call, NewTransaction, Purpose, TxState
from frontend_api.store.database import Database
from frontend_api.store.outbox import SqlOutbox

ALICE, BOB = "0x" + "aa" * 20, "0x" + "bb" * 20
CALL = Call("0x" + "11" * 20, b"data", 7)


@pytest.fixture
def outbox(database: Database, clock: Clock) -> SqlOutbox:
    return SqlOutbox(database, clock)


def _submit(outbox: SqlOutbox, key: str, sender: str = ALICE) -> int:
    return outbox.submit(
        SCHOOL, key, bytes(32), NewTransaction(sender, Purpose.VOID, f"subject {key}", CALL)
    )


def test_submit__command__queued_with_all_it_is_about(outbox: SqlOutbox, clock: Clock) -> None:
    transaction = outbox.get(_submit(outbox, "a"))
    assert (transaction.sender, transaction.purpose, transaction.call) == (
        ALICE, Purpose.VOID, CALL,
    )  # fmt: skip
    assert (transaction.subject, transaction.state) == ("subject a", TxState.QUEUED)
    assert (transaction.nonce, transaction.raw, transaction.hash, transaction.error) == (None,) * 4
    assert transaction.updated_at == clock.now


def test_submit__same_key_and_body__same_transaction(outbox: SqlOutbox) -> None:
    assert outbox.submitted(SCHOOL, "a", bytes(32)) is None
    tx_id = _submit(outbox, "a")
    assert _submit(outbox, "a") == tx_id == outbox.submitted(SCHOOL, "a", bytes(32))
    assert _submit(outbox, "b") != tx_id


def test_submit__same_key_other_body__refused(outbox: SqlOutbox) -> None:
    _submit(outbox, "a")
    with pytest.raises(IdempotencyKeyReused):
        outbox.submit(SCHOOL, "a", b"\1" * 32, NewTransaction(ALICE, Purpose.VOID, "", CALL))
    with pytest.raises(IdempotencyKeyReused):
        outbox.submitted(SCHOOL, "a", b"\1" * 32)


def test_submit__same_key_of_another_owner__another_command(outbox: SqlOutbox) -> None:
    first = _submit(outbox, "a")
    new = NewTransaction(ALICE, Purpose.VOID, "", CALL)
    assert outbox.submit("", "a", b"\1" * 32, new) != first


def test_open__several_senders__oldest_of_each(outbox: SqlOutbox) -> None:
    first, _, other = _submit(outbox, "a"), _submit(outbox, "b"), _submit(outbox, "c", BOB)
    assert outbox.senders_with_work() == [ALICE, BOB]
    opened = [outbox.open(sender) for sender in (ALICE, BOB, "0x0")]
    assert [t.tx_id if t else None for t in opened] == [first, other, None]


def test_open__signed_one__goes_before_queued_and_in_the_order_of_nonces(
    outbox: SqlOutbox,
) -> None:
    ids = [_submit(outbox, name) for name in "abc"]
    outbox.signed(ids[2], 5, b"raw", bytes(32))
    outbox.signed(ids[1], 6, b"raw", bytes(32))
    assert _opened(outbox) == ids[2]
    outbox.finished(ids[2], TxState.MINED, None, 9)
    assert _opened(outbox) == ids[1]
    outbox.finished(ids[1], TxState.REVERTED, "why", 10)
    assert _opened(outbox) == ids[0]


def test_signed__bytes__stored_as_given(outbox: SqlOutbox, clock: Clock) -> None:
    tx_id = _submit(outbox, "a")
    clock.now += 5
    outbox.signed(tx_id, 3, b"raw bytes", b"h" * 32)
    transaction = outbox.get(tx_id)
    assert transaction.state is TxState.SIGNED
    assert (transaction.nonce, transaction.raw, transaction.hash) == (3, b"raw bytes", b"h" * 32)
    assert transaction.updated_at == clock.now


@pytest.mark.parametrize("state", [TxState.MINED, TxState.REFUSED, TxState.REVERTED])
def test_finished__final_state__no_work_left(outbox: SqlOutbox, state: TxState) -> None:
    tx_id = _submit(outbox, "a")
    outbox.finished(tx_id, state, "why", 4)
    assert outbox.senders_with_work() == []
    assert outbox.open(ALICE) is None
    assert (outbox.get(tx_id).state, outbox.get(tx_id).error) == (state, "why")
    assert state.final
    assert outbox.senders() == [ALICE]


def test_requeue__displaced__forgets_nonce_and_bytes(outbox: SqlOutbox) -> None:
    tx_id = _submit(outbox, "a")
    outbox.signed(tx_id, 3, b"raw", bytes(32))
    outbox.requeue(tx_id)
    transaction = outbox.get(tx_id)
    assert (transaction.state, transaction.nonce, transaction.raw) == (TxState.QUEUED, None, None)


def test_reopen__nonce_unknown_to_the_chain__signed_again_with_the_same_bytes(
    outbox: SqlOutbox,
) -> None:
    ids = [_submit(outbox, name) for name in "abcd"]
    for nonce, tx_id in enumerate(ids[:3]):
        outbox.signed(tx_id, nonce, b"raw %d" % nonce, bytes(32))
    outbox.finished(ids[0], TxState.MINED, None, 1)
    outbox.finished(ids[1], TxState.MINED, None, 2)
    outbox.finished(ids[2], TxState.REVERTED, "why", 3)
    outbox.finished(ids[3], TxState.REFUSED, "why", None)
    assert outbox.reopen(ALICE, 1) == 2
    found = [outbox.get(tx_id) for tx_id in ids]
    assert [t.state for t in found] == [
        TxState.MINED, TxState.SIGNED, TxState.SIGNED, TxState.REFUSED,
    ]  # fmt: skip
    assert [t.raw for t in found[1:3]] == [b"raw 1", b"raw 2"]
    assert [t.error for t in found] == [None, None, None, "why"]
    assert outbox.reopen(BOB, 0) == 0


def test_get__unknown__named(outbox: SqlOutbox) -> None:
    with pytest.raises(NotFound, match="no transaction 9"):
        outbox.get(9)


def _opened(outbox: SqlOutbox) -> int:
    transaction = outbox.open(ALICE)
    assert transaction is not None
    return transaction.tx_id
