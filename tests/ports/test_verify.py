"""The verifier on real contracts: a bill's whole life, and forgeries that bring their own chain."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from frontend_api.chain.anvil import AnvilChain
from frontend_api.chain.reader import EthReader
from frontend_api.chain.rpc import JsonRpc
from frontend_api.commitment.bill_file import BillFile
from frontend_api.domain.anchor import Deployment
from frontend_api.verify import Verdict, VerificationReport, verify

from .deploying import ISSUER_KEY, SUPERVISOR, USCC, Network, address_of, admit, codec, deploy

pytestmark = pytest.mark.chain


class Pin:
    """Trusts one deployment."""

    def __init__(self, deployment: Deployment) -> None:
        self._deployment = deployment

    def find(self, instance: bytes) -> Deployment | None:
        return self._deployment if instance == self._deployment.instance else None


def check(network: Network, bill: BillFile) -> VerificationReport:
    return verify(bill, network.reader, Pin(network.deployment), int(time.time()))


def supervise(network: Network, function: str, *args: object) -> None:
    data = codec("IssuerRegistry").encode_call(function, args)
    call = replace(network.calls.open_series("46060126", "x", 460_000), data=data)
    network.send(SUPERVISOR, call)


def test_every_bill_of_a_real_batch_is_valid(network):
    for bill in network.anchor(7):
        report = check(network, bill)
        assert report.exit_code() == 0, report.to_json()
        assert report.height == network.reader.head().number


def test_a_single_bill_is_a_batch_of_one(network):
    assert check(network, network.anchor(1)[0]).exit_code() == 0


def test_a_voided_bill_is_invalid_and_its_neighbour_is_not(network):
    voided, neighbour = network.anchor(2)
    key = voided.header.number.key
    network.send(ISSUER_KEY, network.calls.void(key, key, 2))
    assert check(network, voided).verdict("live").reason == "voided"
    assert check(network, neighbour).exit_code() == 0


def test_bills_inside_a_compromised_window_are_disputed_and_earlier_ones_are_not(network):
    early = network.anchor(1)[0]
    network.rpc.call("evm_increaseTime", 10)
    late = network.anchor(1)[0]
    since = late.anchor.block_time
    supervise(network, "disown_key", address_of(ISSUER_KEY), since)
    report = check(network, late)
    assert report.verdict("authority").reason == "disputed"
    assert report.verdict("live").reason == "disputed"
    assert report.exit_code() == 1
    assert check(network, early).exit_code() == 0


@pytest.mark.parametrize("stop", ["suspend_issuer", "revoke_issuer"])
def test_a_bill_stays_valid_when_its_issuer_is_stopped(network, stop):
    bill = network.anchor(1)[0]
    supervise(network, stop, USCC.encode())
    assert check(network, bill).exit_code() == 0


def test_a_forgers_own_deployment_on_the_same_chain_is_not_trusted(network, rpc):
    forger = admit(deploy(rpc))
    bill = forger.anchor(1)[0]
    assert check(forger, bill).exit_code() == 0
    report = check(network, bill)
    assert report.exit_code() == 2
    assert report.verdict("authority").reason == "not-pinned"


def test_a_forger_that_claims_the_trusted_instance_is_found(network, rpc):
    forger = admit(deploy(rpc))
    bill = forger.anchor(1)[0]
    claimed = replace(bill.deployment, instance=network.deployment.instance)
    report = check(network, replace(bill, deployment=claimed))
    assert report.verdict("authority").reason == "forged-contracts"
    assert report.verdict("anchored").reason == "not-on-chain"
    assert report.exit_code() == 1


def alterations() -> list[Callable[[BillFile], BillFile]]:
    return [
        lambda b: replace(b, header=replace(b.header, amount_fen=b.header.amount_fen * 10)),
        lambda b: replace(b, header=replace(b.header, holder=b"\x01" * 32)),
        lambda b: replace(b, fields=b.fields[:-1]),
        lambda b: replace(b, inclusion=replace(b.inclusion, path=b.inclusion.path[::-1])),
        lambda b: replace(b, anchor=replace(b.anchor, block_number=b.anchor.block_number - 1)),
        lambda b: replace(b, anchor=replace(b.anchor, transaction=bytes(32))),
        lambda b: replace(b, deployment=replace(b.deployment, chain_id=1)),
    ]


@pytest.mark.parametrize("alter", alterations())
def test_an_altered_bill_is_invalid_on_the_real_chain(network, alter):
    bill = network.anchor(5)[2]
    assert check(network, alter(bill)).exit_code() == 1
    assert check(network, bill).exit_code() == 0


def test_a_dead_node_is_unknown(network):
    bill = network.anchor(1)[0]
    dead = EthReader(JsonRpc("http://127.0.0.1:1", 0.5))
    report = verify(bill, dead, Pin(network.deployment), int(time.time()))
    assert report.exit_code() == 2
    assert report.verdict("integrity").verdict is Verdict.VALID
    assert report.verdict("anchored").reason == "chain-unreachable"


def test_a_node_of_another_chain_is_unknown(network, tmp_path: Path):
    bill = network.anchor(1)[0]
    pin = Pin(network.deployment)
    with AnvilChain(tmp_path / "other", chain_id=7) as other, JsonRpc(other.url) as rpc:
        report = verify(bill, EthReader(rpc), pin, int(time.time()))
        assert report.verdict("anchored").reason == "wrong-chain"
        assert report.exit_code() == 2
    with AnvilChain(tmp_path / "empty") as empty, JsonRpc(empty.url) as rpc:
        report = verify(bill, EthReader(rpc), pin, int(time.time()))
        assert report.verdict("anchored").reason == "wrong-chain"
        assert report.exit_code() == 2
