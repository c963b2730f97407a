"""EthReader against real contracts on a real Anvil."""

from __future__ import annotations

import hashlib
import time
from contextlib import suppress
from dataclasses import replace

import pytest
from eth_account import Account

from frontend_api.chain.codec import codec
from frontend_api.chain.reader import EthReader
from frontend_api.chain.rpc import JsonRpc, RpcError
from frontend_api.chain.signing import address_of, sign_transaction
from frontend_api.commitment.grant712 import grant_message
from frontend_api.commitment.secrets import account_of, holder_of
from frontend_api.domain.errors import (
    ChainUnreachable,
    ProofRejected,
    RefusedByContract,
    WrongChain,
)
from frontend_api.domain.grant import Grant
from frontend_api.domain.states import Role
from frontend_api.ports import Call, ChainBillState, ChainReader, ChainSender, LogReader

from .deploying import (
    CODE,
    HOLDER_KEY,
    ISSUER_KEY,
    ISSUER_NAME,
    PAYER_KEY,
    PAYER_USCC,
    SUPERVISOR,
    USCC,
    Network,
    admit,
    deploy,
)

pytestmark = pytest.mark.chain


def test_the_reader_keeps_all_three_contracts(rpc):
    reader: ChainReader = EthReader(rpc)
    history: LogReader = EthReader(rpc)
    sender: ChainSender = EthReader(rpc)
    assert reader.chain_id() == sender.chain_id() == 46600
    assert history.head().number >= 0


def test_a_block_is_known_by_number_and_hash_and_the_next_is_none(network):
    reader = network.reader
    head = reader.head()
    block = reader.block(head.number)
    assert (block.number, block.hash, block.time) == (head.number, head.hash, head.time)
    assert abs(block.time - time.time()) < 60
    assert reader.block(head.number + 1) is None


def test_the_instance_is_read_from_both_registries(network):
    assert network.reader.instance(network.deployment) == network.deployment.instance


@pytest.mark.parametrize("name", ["issuer_registry", "bill_registry"])
def test_where_no_contract_is_there_is_no_instance(network, name):
    gone = replace(network.deployment, **{name: "0x" + "99" * 20})
    assert network.reader.instance(gone) is None


def test_where_another_contract_is_there_is_no_instance(network):
    mixed = replace(network.deployment, bill_registry=network.deployment.reimbursement_ledger)
    assert network.reader.instance(mixed) is None


def test_registries_of_two_deployments_have_no_common_instance(network, rpc):
    other = deploy(rpc)
    mixed = replace(network.deployment, bill_registry=other.deployment.bill_registry)
    assert network.reader.instance(mixed) is None


def test_a_missing_contract_is_the_wrong_chain_and_not_an_empty_answer(network):
    gone = replace(network.deployment, bill_registry="0x" + "99" * 20)
    with pytest.raises(WrongChain, match="BillRegistry"):
        network.reader.batch(gone, 460601260000000001)


def test_a_batch_is_read_as_it_was_anchored(network):
    bills = network.anchor(3)
    batch = network.reader.batch(network.deployment, bills[0].inclusion.batch_id)
    assert (batch.batch_id, batch.count, batch.sum_fen, batch.segment_id) == (
        bills[0].header.number.key, 3, 300_000, 1,
    )  # fmt: skip
    assert batch.issuer == USCC
    assert batch.signer == address_of(ISSUER_KEY)
    assert batch.anchored_at == bills[0].anchor.block_time
    assert network.reader.batch(network.deployment, batch.batch_id + 1) is None


def test_the_contract_finds_every_bill_in_its_batch_and_no_altered_one(network):
    for bill in network.anchor(5):
        assert network.reader.holds(network.deployment, bill.header, bill.inclusion)
        altered = replace(bill.header, amount_fen=bill.header.amount_fen + 1)
        assert not network.reader.holds(network.deployment, altered, bill.inclusion)


def test_a_proof_of_the_wrong_length_is_rejected(network):
    bill = network.anchor(5)[0]
    for path in (bill.inclusion.path[:-1], (bytes(32),) * 40):
        with pytest.raises(ProofRejected):
            network.reader.holds(
                network.deployment, bill.header, replace(bill.inclusion, path=path)
            )


def test_a_key_is_read_with_its_epoch_and_a_stranger_is_none(network):
    key = network.reader.key(network.deployment, address_of(ISSUER_KEY))
    assert (key.owner, key.role, key.revoked_at, key.compromised_since) == (USCC, Role.ISSUER, 0, 0)
    assert key.trusted_at(int(time.time()))
    payer = network.reader.key(network.deployment, address_of(PAYER_KEY))
    assert payer.role is Role.PAYER
    assert network.reader.key(network.deployment, address_of(HOLDER_KEY)) is None


def test_an_issuer_is_read_with_name_and_standing(network):
    issuer = network.reader.issuer(network.deployment, USCC)
    assert (issuer.name, issuer.region, issuer.status) == (ISSUER_NAME, 460_000, "ACTIVE")
    for unknown in (PAYER_USCC, "short", "票" * 18):
        assert network.reader.issuer(network.deployment, unknown) is None


def test_a_void_is_read_with_time_and_reason(network):
    bill = network.anchor(1)[0]
    key = bill.header.number.key
    assert network.reader.bill_state(network.deployment, key) == ChainBillState(False, 0, 0)
    network.send(ISSUER_KEY, network.calls.void(key, bill.inclusion.batch_id, 3))
    state = network.reader.bill_state(network.deployment, key)
    assert (state.voided, state.reason) == (True, 3)
    assert state.voided_at >= bill.anchor.block_time


def paper(network: Network, function: str, *args) -> Call:
    data = codec("BillRegistry").encode_call(function, args)
    return Call(network.deployment.bill_registry, data, 300_000)


def test_a_swap_for_paper_is_read_until_the_paper_is_back(network):
    bill = network.anchor(1)[0]
    place = bill.header.number.key, bill.inclusion.batch_id
    network.send(ISSUER_KEY, paper(network, "swap_to_paper", *place, "P-0001"))
    assert network.reader.bill_state(network.deployment, place[0]).on_paper
    network.send(ISSUER_KEY, paper(network, "recover_paper", *place))
    assert not network.reader.bill_state(network.deployment, place[0]).on_paper


def claim(network: Network, amount: int) -> int:
    """Lock ``amount`` of a new bill as the statutory payer, with its holder's grant; the key."""
    bill = network.anchor(2)[1]
    grant = Grant(
        holder=holder_of(account_of(HOLDER_KEY)),
        bill_key=bill.header.number.key,
        payer=PAYER_USCC,
        purpose=b"reimbursement".ljust(32, b"\0"),
        field_set=bytes(32),
        cap_fen=40_000,
        expires_at=int(time.time()) + 3600,
        no_statutory=False,
        nonce=1,
    )
    message = grant_message(grant, network.deployment)
    signature = bytes(Account.sign_message(message, HOLDER_KEY).signature)
    network.send(PAYER_KEY, network.calls.grant_signed(grant, signature))
    lock = network.calls.lock(
        bill.header, bill.inclusion, grant, b"\x01" * 32, amount, int(time.time()) + 1800
    )
    network.send(PAYER_KEY, lock)
    return bill.header.number.key


def test_amounts_follow_lock_and_settlement(network):
    key = claim(network, 30_000)
    held = network.reader.amounts(network.deployment, key)
    assert (held.settled_fen, held.reserved_fen, held.statutory_decided) == (0, 30_000, False)
    settle = network.calls.settle(key, key - 1, b"\x01" * 32, 25_000, b"\x02" * 32)
    network.send(PAYER_KEY, settle)
    paid = network.reader.amounts(network.deployment, key)
    assert (paid.settled_fen, paid.reserved_fen, paid.statutory_decided) == (25_000, 0, True)


# --- history -------------------------------------------------------------------------------------


def test_logs_tell_the_whole_story_in_order(network):
    claim(network, 30_000)
    head = network.reader.head().number
    logs = network.reader.logs(network.deployment, network.first_block, head)
    assert [(log.contract, log.event) for log in logs] == [
        ("IssuerRegistry", "OfficerAppointed"),
        ("IssuerRegistry", "IssuerAdmitted"),
        ("IssuerRegistry", "KeyRegistered"),
        ("IssuerRegistry", "SeriesOpened"),
        ("IssuerRegistry", "NumbersGranted"),
        ("IssuerRegistry", "PayerAdmitted"),
        ("IssuerRegistry", "KeyRegistered"),
        ("BillRegistry", "Anchored"),
        ("ConsentRegistry", "Granted"),
        ("ConsentRegistry", "GrantUsed"),
        ("ReimbursementLedger", "Locked"),
    ]
    anchored = logs[7]
    bill = network.anchored[0]
    assert anchored.args["batch_id"] == bill.inclusion.batch_id
    assert anchored.args["issuer"] == USCC.encode()
    assert anchored.args["signer"] == address_of(ISSUER_KEY)
    assert anchored.transaction_hash == bill.anchor.transaction
    assert (anchored.block_number, anchored.block_hash) == (
        bill.anchor.block_number, bill.anchor.block_hash,
    )  # fmt: skip
    assert [(log.block_number, log.log_index) for log in logs] == sorted(
        (log.block_number, log.log_index) for log in logs
    )


def test_logs_of_one_block_are_that_blocks_only(network):
    first, second = network.anchor(1)[0], network.anchor(1)[0]
    number = second.anchor.block_number
    logs = network.reader.logs(network.deployment, number, number)
    assert [log.args["batch_id"] for log in logs] == [second.inclusion.batch_id]
    assert first.anchor.block_number < number


def test_logs_of_another_deployment_are_not_read(network, rpc):
    head = network.reader.head().number
    admit(deploy(rpc))
    assert network.reader.logs(network.deployment, head + 1, head + 100) == []


def test_logs_are_asked_in_pages_and_never_past_the_head(network, monkeypatch):
    for _ in range(11):  # in pieces, each well within the client's patience on a busy machine
        network.rpc.call("anvil_mine", hex(1_000))
    asked = []
    call = JsonRpc.call

    def watched(self, method, *params):
        if method == "eth_getLogs":
            asked.append((int(params[0]["fromBlock"], 16), int(params[0]["toBlock"], 16)))
        return call(self, method, *params)

    monkeypatch.setattr(JsonRpc, "call", watched)
    head = network.reader.head().number
    logs = network.reader.logs(network.deployment, network.first_block, 10**9)
    assert len(logs) == 7
    assert len(asked) >= 3
    assert all(upto - start < 5000 for start, upto in asked)
    assert asked[-1][1] == head
    assert [start for start, _ in asked[1:]] == [upto + 1 for _, upto in asked[:-1]]


# --- sending -------------------------------------------------------------------------------------


def test_a_simulation_tells_the_contracts_own_reason(network):
    call = network.calls.void(460601260000000001, 460601260000000001, 1)
    with pytest.raises(RefusedByContract) as refused:
        network.reader.simulate(address_of(ISSUER_KEY), call)
    assert refused.value.reason == "bill: not in batch"
    with pytest.raises(RefusedByContract, match="supervisor: caller is not"):
        network.reader.simulate(
            address_of(HOLDER_KEY), network.calls.open_series(CODE, "x", 460_000)
        )


def test_a_simulation_that_succeeds_says_nothing_and_changes_nothing(network):
    head = network.reader.head()
    network.reader.simulate(
        address_of(SUPERVISOR), network.calls.open_series("46060226", "x", 460_000)
    )
    assert network.reader.head() == head


def raw_call(network: Network, nonce: int, code: str = "46060226"):
    call = network.calls.open_series(code, "x", 460_000)
    return sign_transaction(
        SUPERVISOR, nonce, call.to, call.data, call.gas, network.deployment.chain_id
    )


def mined(network: Network, tx_hash: bytes):
    deadline = time.monotonic() + 5
    while (receipt := network.reader.receipt(tx_hash)) is None and time.monotonic() < deadline:
        time.sleep(0.005)
    return receipt


def test_the_same_bytes_may_be_sent_again_before_and_after_their_block(network):
    nonce = network.reader.transaction_count(address_of(SUPERVISOR))
    later = raw_call(network, nonce + 1, "46060326")
    network.reader.send_raw(later.raw)
    network.reader.send_raw(later.raw)  # in the pool: already known
    assert network.reader.receipt(later.hash) is None
    first = raw_call(network, nonce)
    network.reader.send_raw(first.raw)
    assert mined(network, later.hash).succeeded
    network.reader.send_raw(first.raw)  # in a block: nonce used
    assert network.reader.transaction_count(address_of(SUPERVISOR)) == nonce + 2


def test_a_rival_of_a_used_nonce_is_no_error_and_never_mined(network):
    nonce = network.reader.transaction_count(address_of(SUPERVISOR))
    first, rival = raw_call(network, nonce), raw_call(network, nonce, "46060426")
    network.reader.send_raw(first.raw)
    assert mined(network, first.hash).succeeded
    network.reader.send_raw(rival.raw)
    assert network.reader.receipt(rival.hash) is None


def test_a_transaction_that_reverts_in_its_block_has_a_receipt_that_says_so(network):
    nonce = network.reader.transaction_count(address_of(SUPERVISOR))
    first, again = raw_call(network, nonce), raw_call(network, nonce + 1)
    network.reader.send_raw(first.raw)
    network.reader.send_raw(again.raw)
    assert mined(network, first.hash).succeeded
    assert not mined(network, again.hash).succeeded


def test_bytes_for_another_chain_are_never_mined_even_if_the_node_takes_them(network):
    call = network.calls.open_series("46060226", "x", 460_000)
    nonce = network.reader.transaction_count(address_of(SUPERVISOR))
    foreign = sign_transaction(SUPERVISOR, nonce, call.to, call.data, call.gas, 1)
    with suppress(RpcError):  # Anvil takes them without a word and drops them
        network.reader.send_raw(foreign.raw)
    ours = raw_call(network, nonce)
    deadline = time.monotonic() + 5
    while network.reader.receipt(ours.hash) is None and time.monotonic() < deadline:
        network.reader.send_raw(ours.raw)  # again, as lanes do: a rival in the pool is harmless
        time.sleep(0.05)
    assert mined(network, ours.hash).succeeded
    assert network.reader.receipt(foreign.hash) is None


def test_the_code_hash_of_equal_contracts_is_equal_and_of_nothing_none(network):
    hashed = network.reader.code_hash(network.deployment.issuer_registry)
    assert hashed is not None
    assert len(hashed) == 32
    assert hashed != network.reader.code_hash(network.deployment.bill_registry)
    assert network.reader.code_hash("0x" + "99" * 20) is None


def test_a_node_that_is_gone_raises_from_every_read(network):
    dead = EthReader(JsonRpc("http://127.0.0.1:1", 0.5))
    d = network.deployment
    reads = (
        dead.chain_id, dead.head, lambda: dead.block(0), lambda: dead.instance(d),
        lambda: dead.batch(d, 1), lambda: dead.key(d, "0x" + "11" * 20),
        lambda: dead.issuer(d, USCC), lambda: dead.bill_state(d, 1), lambda: dead.amounts(d, 1),
        lambda: dead.logs(d, 0, 1), lambda: dead.receipt(hashlib.sha256(b"x").digest()),
    )  # fmt: skip
    for read in reads:
        with pytest.raises(ChainUnreachable):
            read()
