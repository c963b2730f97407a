"""A key's lane: signed before sent, the same bytes again, a nonce never used twice."""

from __future__ import annotations

from pathlib import Path

import pytest
import rlp
from eth_account import Account
from in_memory.chain import MemoryChain
from in_memory.platform import MemoryPlatform, opened
from in_memory.values import SCHOOL, Clock

from frontend_api.chain.lane import REBROADCAST_SECONDS, RIVAL_SECONDS
from frontend_api.domain.errors import ChainUnreachable, SignerUnavailable, WrongChain
from frontend_api.domain.states import Role
from frontend_api.ports import Call, NewTransaction, Purpose, Transaction, TxState

CALL = Call("0x" + "22" * 20, b'["void", 1, 1, 1]', 100_000)


@pytest.fixture
def key(bare: MemoryPlatform) -> str:
    return bare.keys.create(SCHOOL, Role.ISSUER)


def _submit(platform: MemoryPlatform, sender: str, name: str = "a") -> int:
    new = NewTransaction(sender, Purpose.VOID, name, CALL)
    return platform.outbox.submit(SCHOOL, name, bytes(32), new)


def _tx(platform: MemoryPlatform, tx_id: int) -> Transaction:
    return platform.outbox.get(tx_id)


def test_step__queued_transaction__signed_sent_and_mined(bare: MemoryPlatform, key: str) -> None:
    tx_id = _submit(bare, key)
    assert bare.lanes.in_flight()
    assert bare.lanes.step()
    done = _tx(bare, tx_id)
    assert (done.state, done.nonce) == (TxState.MINED, 0)
    assert bare.chain.sent == [done.raw]
    assert not bare.lanes.in_flight()
    assert not bare.lanes.step()


def test_step__signing__what_was_stored_is_what_was_asked_for(
    bare: MemoryPlatform, key: str
) -> None:
    tx_id = _submit(bare, key)
    bare.lanes.step()
    raw = _tx(bare, tx_id).raw
    assert raw is not None
    nonce, price, gas, to, value, data, v, *_ = rlp.decode(raw)
    assert (nonce, price, value) == (b"", b"", b"")
    assert (int.from_bytes(gas), to.hex(), data) == (CALL.gas, "22" * 20, CALL.data)
    assert int.from_bytes(v) in (35 + 2 * 46600, 36 + 2 * 46600)
    assert Account.recover_transaction(raw) == key


def test_step__bytes__stored_before_they_are_sent(bare: MemoryPlatform, key: str) -> None:
    seen: list[TxState] = []
    tx_id = _submit(bare, key)
    send = bare.chain.send_raw

    def watched(raw: bytes) -> None:
        stored = _tx(bare, tx_id)
        seen.append(stored.state)
        assert stored.raw == raw
        send(raw)

    bare.chain.send_raw = watched  # type: ignore[method-assign]
    bare.lanes.step()
    assert seen == [TxState.SIGNED]


def test_step__crash_between_store_and_send__next_start_sends_the_same_bytes(
    bare: MemoryPlatform, key: str, tmp_path: Path, chain: MemoryChain, clock: Clock
) -> None:
    tx_id = _submit(bare, key)

    def killed(_raw: bytes) -> None:
        raise KeyboardInterrupt

    send, chain.send_raw = chain.send_raw, killed  # type: ignore[method-assign]
    with pytest.raises(KeyboardInterrupt):
        bare.lanes.step()
    raw = _tx(bare, tx_id).raw
    chain.send_raw = send  # type: ignore[method-assign]
    with opened(tmp_path, chain, clock) as again:
        again.lanes.step()
        assert again.lanes.step()
        assert chain.sent == [raw]
        assert _tx(again, tx_id).state is TxState.MINED


def test_step__crash_after_send__next_start_finds_the_receipt_and_signs_nothing(
    bare: MemoryPlatform, key: str, tmp_path: Path, chain: MemoryChain, clock: Clock
) -> None:
    tx_id = _submit(bare, key)

    def killed(raw: bytes) -> None:
        send(raw)
        raise KeyboardInterrupt

    send, chain.send_raw = chain.send_raw, killed  # type: ignore[method-assign]
    with pytest.raises(KeyboardInterrupt):
        bare.lanes.step()
    with opened(tmp_path, chain, clock) as again:
        assert again.lanes.step()
        assert _tx(again, tx_id).state is TxState.MINED
    assert len(chain.sent) == 1


def test_step__answer_to_the_sending_lost__followed_by_its_hash(
    bare: MemoryPlatform, key: str
) -> None:
    tx_id = _submit(bare, key)
    send = bare.chain.send_raw

    def cut_off(raw: bytes) -> None:
        send(raw)
        raise ChainUnreachable("reset by peer")

    bare.chain.send_raw = cut_off  # type: ignore[method-assign]
    with pytest.raises(ChainUnreachable):
        bare.lanes.step()
    assert bare.lanes.step()
    assert _tx(bare, tx_id).state is TxState.MINED
    assert len(bare.chain.sent) == 1


def test_step__not_mined_yet__same_bytes_again_after_a_while(
    bare: MemoryPlatform, key: str, clock: Clock
) -> None:
    bare.chain.instant = False
    tx_id = _submit(bare, key)
    assert not bare.lanes.step()
    assert not bare.lanes.step()
    assert len(bare.chain.sent) == 1
    bare.chain.pool.clear()  # the node came back without its pool
    clock.now += REBROADCAST_SECONDS
    assert not bare.lanes.step()
    assert bare.chain.sent == [_tx(bare, tx_id).raw] * 2
    bare.chain.mine()
    assert bare.lanes.step()
    assert _tx(bare, tx_id).state is TxState.MINED


def test_step__simulation_refuses__no_nonce_used_and_the_reason_kept(
    bare: MemoryPlatform, key: str
) -> None:
    bare.chain.refuse["void"] = "bill: already voided"
    refused = _submit(bare, key, "a")
    assert bare.lanes.step()
    done = _tx(bare, refused)
    assert (done.state, done.error) == (TxState.REFUSED, "bill: already voided")
    assert (done.nonce, done.raw) == (None, None)
    assert bare.chain.sent == []
    bare.chain.refuse.clear()
    after = _submit(bare, key, "b")
    bare.lanes.step()
    assert (_tx(bare, after).state, _tx(bare, after).nonce) == (TxState.MINED, 0)


def test_step__reverted_after_a_good_simulation__reason_found_out_afterwards(
    bare: MemoryPlatform, key: str
) -> None:
    bare.chain.refuse["void"] = "bill: reserved or settled"
    bare.chain.surprise = True
    tx_id = _submit(bare, key)
    send = bare.chain.send_raw

    def told_later(raw: bytes) -> None:
        send(raw)
        bare.chain.surprise = False

    bare.chain.send_raw = told_later  # type: ignore[method-assign]
    assert bare.lanes.step()
    done = _tx(bare, tx_id)
    assert (done.state, done.error) == (TxState.REVERTED, "bill: reserved or settled")
    assert done.nonce == 0


def test_step__several_of_one_sender__one_after_the_other(bare: MemoryPlatform, key: str) -> None:
    bare.chain.instant = False
    first, second = _submit(bare, key, "a"), _submit(bare, key, "b")
    bare.lanes.step()
    assert _tx(bare, second).state is TxState.QUEUED
    bare.chain.mine()
    assert bare.lanes.step()
    bare.lanes.step()
    bare.chain.mine()
    assert bare.lanes.step()
    assert [_tx(bare, i).nonce for i in (first, second)] == [0, 1]
    assert bare.chain.pool == []


def test_step__key_missing__that_lane_alone_waits(bare: MemoryPlatform, key: str) -> None:
    lost = _submit(bare, "0x" + "00" * 20, "a")
    good = _submit(bare, key, "b")
    with pytest.raises(SignerUnavailable):
        bare.lanes.step()
    assert _tx(bare, good).state is TxState.MINED
    assert _tx(bare, lost).state is TxState.QUEUED


def test_step__chain_down__nothing_changes(bare: MemoryPlatform, key: str) -> None:
    tx_id = _submit(bare, key)
    bare.chain.down = True
    with pytest.raises(ChainUnreachable):
        bare.lanes.step()
    assert _tx(bare, tx_id).state is TxState.QUEUED
    bare.chain.down = False
    bare.lanes.step()
    assert _tx(bare, tx_id).state is TxState.MINED


def test_recover__chain_came_back_older__same_bytes_mined_again(
    bare: MemoryPlatform, key: str
) -> None:
    ids = [_submit(bare, key, name) for name in "abc"]
    for _ in ids:
        bare.lanes.step()
    raws = [_tx(bare, i).raw for i in ids]
    bare.chain.lose(2)
    assert bare.lanes.recover() == 2
    assert [_tx(bare, i).state for i in ids] == [TxState.MINED, TxState.SIGNED, TxState.SIGNED]
    for _ in range(4):
        bare.lanes.step()
    assert [_tx(bare, i).state for i in ids] == [TxState.MINED] * 3
    assert [_tx(bare, i).raw for i in ids] == raws
    assert bare.chain.sent == [*raws, *raws[1:]]


def test_recover__nothing_lost__nothing_reopened(bare: MemoryPlatform, key: str) -> None:
    _submit(bare, key)
    bare.lanes.step()
    assert bare.lanes.recover() == 0
    assert not bare.lanes.in_flight()


def test_step__rival_used_the_nonce__signed_anew_with_the_next(
    bare: MemoryPlatform, key: str, clock: Clock
) -> None:
    bare.chain.instant = False
    tx_id = _submit(bare, key)
    bare.lanes.step()
    first = _tx(bare, tx_id).raw
    bare.chain.pool.clear()
    bare.chain.add(transaction=b"r" * 32, sender=key)  # another process, the same key
    clock.now += REBROADCAST_SECONDS
    assert not bare.lanes.step()  # a count may be known before its receipt
    assert _tx(bare, tx_id).state is TxState.SIGNED
    clock.now += RIVAL_SECONDS
    assert bare.lanes.step()
    assert _tx(bare, tx_id).state is TxState.QUEUED
    bare.chain.instant = True
    bare.lanes.step()
    done = _tx(bare, tx_id)
    assert (done.state, done.nonce) == (TxState.MINED, 1)
    assert done.raw != first


def test_step__own_transaction_known_late__never_taken_for_a_rival(
    bare: MemoryPlatform, key: str, clock: Clock
) -> None:
    bare.chain.instant = False
    tx_id = _submit(bare, key)
    bare.lanes.step()
    clock.now += RIVAL_SECONDS * 5
    bare.chain.mine()
    assert bare.lanes.step()
    assert (_tx(bare, tx_id).state, _tx(bare, tx_id).nonce) == (TxState.MINED, 0)
    assert len(bare.chain.sent) == 1


def test_step__node_answers_for_another_chain__nothing_signed(
    bare: MemoryPlatform, key: str
) -> None:
    tx_id = _submit(bare, key)
    bare.chain.chain_id = lambda: 1  # type: ignore[method-assign]
    with pytest.raises(WrongChain, match="chain 1 instead of 46600"):
        bare.lanes.step()
    assert (_tx(bare, tx_id).state, _tx(bare, tx_id).raw) == (TxState.QUEUED, None)


def test_step__went_through_without_an_event__sent_again_when_the_contracts_are_there(
    bare: MemoryPlatform, key: str
) -> None:
    tx_id = _submit(bare, key)
    bare.chain.events = 0
    with pytest.raises(WrongChain, match="no event"):
        bare.lanes.step()
    assert (_tx(bare, tx_id).state, _tx(bare, tx_id).nonce) == (TxState.QUEUED, None)
    bare.chain.events = 1
    bare.lanes.step()
    assert _tx(bare, tx_id).state is TxState.MINED


@pytest.mark.parametrize("jump", [-86_400, 86_400], ids=["back", "forth"])
def test_step__clock_jumps__what_the_pool_lost_is_sent_again_at_once(
    bare: MemoryPlatform, key: str, clock: Clock, jump: int
) -> None:
    bare.chain.instant = False
    tx_id = _submit(bare, key)
    bare.lanes.step()
    bare.chain.pool.clear()
    clock.now += jump
    bare.lanes.step()
    bare.chain.mine()
    assert bare.lanes.step()
    assert _tx(bare, tx_id).state is TxState.MINED


def test_step__nonces_before_ours_are_missing__signed_anew_after_a_while(
    bare: MemoryPlatform, key: str, clock: Clock
) -> None:
    count = bare.chain.transaction_count
    bare.chain.transaction_count = lambda _: 3  # type: ignore[method-assign]
    tx_id = _submit(bare, key)
    bare.lanes.step()
    bare.chain.transaction_count = count  # type: ignore[method-assign]
    assert _tx(bare, tx_id).nonce == 3
    clock.now += REBROADCAST_SECONDS
    assert not bare.lanes.step()  # the node may only be behind
    assert _tx(bare, tx_id).nonce == 3
    clock.now += RIVAL_SECONDS
    bare.lanes.step()
    bare.lanes.step()
    assert (_tx(bare, tx_id).state, _tx(bare, tx_id).nonce) == (TxState.MINED, 0)
