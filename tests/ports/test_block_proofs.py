"""Proof bundles made of a real chain's blocks, and verified with that chain out of reach."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from vyper.cli.vyper_compile import compile_files

from frontend_api.chain.anvil import AnvilChain
from frontend_api.chain.block_proofs import Prover, bundle_of, header_of
from frontend_api.chain.rpc import JsonRpc, RpcError
from frontend_api.commitment.batch_evidence import BATCHES_SLOT, LIFE_SLOT
from frontend_api.commitment.block_header import BlockHeader
from frontend_api.commitment.eip712 import keccak
from frontend_api.commitment.proof_bundle import ProofBundle
from frontend_api.domain.anchor import Deployment
from frontend_api.domain.errors import ChainUnreachable, Unavailable
from frontend_api.verify import TrustedBlocks, Verdict, VerificationReport, verify_bundle

from .crowded import crowded_block
from .deploying import ISSUER_KEY, SOURCES, Network, admit, deploy

pytestmark = pytest.mark.chain


@dataclass(frozen=True)
class Pin:
    """Trusts one deployment, and the code that was put there."""

    deployment: Deployment
    code: bytes | None = None

    def find(self, instance: bytes) -> Deployment | None:
        return self.deployment if instance == self.deployment.instance else None

    def registry_code(self, instance: bytes) -> bytes | None:
        return self.code if instance == self.deployment.instance else None


def check(network: Network, bundle: ProofBundle, *blocks: bytes) -> VerificationReport:
    code = network.reader.code_hash(network.deployment.bill_registry)
    pin = Pin(network.deployment, code)
    return verify_bundle(bundle.to_bytes(), pin, TrustedBlocks(frozenset(blocks)), int(time.time()))


def both_blocks(bundle: ProofBundle) -> tuple[bytes, bytes]:
    return tuple(BlockHeader.from_rlp(p.block).hash for p in (bundle.receipt, bundle.state))


def reasons(report: VerificationReport) -> dict[str, str]:
    return {check.name: check.reason for check in report.verdicts}


def test_bundle__blocks_trusted__proves_everything_but_what_came_later(network, rpc):
    for bill in network.anchor(7):
        bundle = bundle_of(rpc, bill)
        report = check(network, bundle, *both_blocks(bundle))
        assert reasons(report) == {
            "integrity": "intact",
            "inclusion": "included",
            "block": "block-trusted",
            "anchored": "anchored-by-proof",
            "authority": "authorised-then",
            "live": "live-then",
            "amount": "amount-needs-chain",
        }
        assert report.overall is Verdict.UNKNOWN
        assert report.height == network.reader.head().number


def test_bundle__no_block_trusted__is_never_valid(network, rpc):
    bundle = bundle_of(rpc, network.anchor(3)[1])
    report = check(network, bundle)
    assert report.exit_code() == 2
    valid = [c.name for c in report.verdicts if c.verdict is Verdict.VALID]
    assert valid == ["integrity", "inclusion"]


def test_bundle__one_of_its_blocks_trusted__proves_what_that_block_holds(network, rpc):
    bill = network.anchor(2)[0]
    network.anchor(1)
    bundle = bundle_of(rpc, bill)
    anchoring, state = both_blocks(bundle)
    assert anchoring != state
    by_receipt = reasons(check(network, bundle, anchoring))
    assert (by_receipt["authority"], by_receipt["live"]) == ("authorised-then", "state-needs-block")
    by_state = reasons(check(network, bundle, state))
    assert (by_state["authority"], by_state["live"]) == ("issuer-needs-block", "live-then")
    assert by_receipt["anchored"] == by_state["anchored"] == "anchored-by-proof"


def test_bundle__bill_voided_before_it_was_made__is_invalid(network, rpc):
    voided, neighbour = network.anchor(2)
    key = voided.header.number.key
    network.send(ISSUER_KEY, network.calls.void(key, key, 2))
    for bill, expected in ((voided, "voided"), (neighbour, "live-then")):
        bundle = bundle_of(rpc, bill)
        assert reasons(check(network, bundle, *both_blocks(bundle)))["live"] == expected


def test_bundle__some_fields_withheld__still_proves_the_rest(network, rpc):
    bundle = bundle_of(rpc, network.anchor(1)[0]).withholding(["/holder/name", "/lines/0"])
    assert "张三".encode() not in bundle.to_bytes()
    report = check(network, bundle, *both_blocks(bundle))
    assert reasons(report)["integrity"] == "disclosed"
    assert reasons(report)["anchored"] == "anchored-by-proof"


def test_bundle__several_transactions_in_a_block__finds_the_right_receipt(network, rpc):
    with crowded_block(network, 20):
        bill = network.anchor(4)[3]
    bundle = bundle_of(rpc, bill)
    assert bundle.receipt.index == 20
    assert len(bundle.receipt.nodes) > 1
    report = check(network, bundle, *both_blocks(bundle))
    assert reasons(report)["anchored"] == "anchored-by-proof"


@dataclass
class Counting:
    """A node, and how often each of its methods was asked. Implements ``RpcCaller``."""

    rpc: JsonRpc
    asked: Counter[str] = field(default_factory=Counter)
    refused: Callable[[str, Sequence[Any]], bool] = lambda _method, _params: False
    where: str = "here"

    def call(self, method: str, *params: Any) -> Any:
        self.asked[method] += 1
        if self.refused(method, params):
            raise RpcError(-32000, "missing trie node")
        return self.rpc.call(method, *params)

    def batch(self, calls: Sequence[tuple[str, Sequence[Any]]]) -> list[Any]:
        self.asked["batch"] += 1
        return self.rpc.batch(calls)


def test_prover__bills_of_two_batches__asks_for_each_batch_once(network, rpc):
    bills = network.anchor(150) + network.anchor(40)
    node = Counting(rpc)
    made = list(Prover(node).bundles(bills))
    assert made[0] == bundle_of(rpc, bills[0])
    assert [m.header for m in made] == [b.header for b in bills]
    for bundle in (made[0], made[128], made[149], made[150], made[-1]):
        report = check(network, bundle, *both_blocks(bundle))
        assert reasons(report)["anchored"] == "anchored-by-proof"
        assert reasons(report)["live"] == "live-then"
    assert node.asked["eth_getProof"] == 3  # at most 128 bills at once
    assert node.asked["batch"] == 2
    assert node.asked["eth_getBlockByNumber"] == 1


def test_prover__at_a_block__proves_the_state_of_that_block(network, rpc):
    bill = network.anchor(2)[0]
    then = network.reader.head().number
    # Anvil proves its newest state alone: it is that block, but must not be asked for as such.
    node = Counting(rpc, refused=lambda _, params: "latest" in params)
    [made] = Prover(node, then).bundles([bill])
    assert BlockHeader.from_rlp(made.state.block).number == then


def test_prover__node_keeps_no_old_state__proves_the_newest_instead(network, rpc):
    bill = network.anchor(2)[0]
    then = network.reader.head().number
    network.anchor(1)
    node = Counting(rpc, refused=lambda m, p: m == "eth_getProof" and p[-1] == hex(then))
    [made] = Prover(node, then).bundles([bill])
    assert BlockHeader.from_rlp(made.state.block).number == network.reader.head().number


def test_prover__node_gives_no_proofs_of_a_batch__goes_on_with_the_others(network, rpc):
    first, second = network.anchor(2), network.anchor(2)
    lost = "0x" + first[0].anchor.block_hash.hex()
    node = Counting(rpc, refused=lambda m, p: m == "eth_getBlockByHash" and p[0] == lost)
    made = list(Prover(node).bundles(first + second))
    assert [type(m) for m in made] == [Unavailable, Unavailable, ProofBundle, ProofBundle]
    assert made[2:] == [bundle_of(rpc, bill) for bill in second]


def test_bundle__transaction_of_another_block__is_not_made(network, rpc):
    bill, other = network.anchor(1)[0], network.anchor(1)[0]
    moved = replace(bill, anchor=replace(bill.anchor, block_hash=other.anchor.block_hash))
    with pytest.raises(ChainUnreachable):
        bundle_of(rpc, moved)
    lost = replace(bill, anchor=replace(bill.anchor, block_hash=bytes(32)))
    with pytest.raises(Unavailable):
        bundle_of(rpc, lost)


def test_bundle__chain_started_again__is_the_same(tmp_path):
    home = tmp_path / "chain"
    with AnvilChain(home) as chain, JsonRpc(chain.url) as rpc:
        bill = admit(deploy(rpc)).anchor(3)[1]
        chain.wait_saved()
        before = bundle_of(rpc, bill)
    with AnvilChain(home) as chain, JsonRpc(chain.url) as rpc:
        assert bundle_of(rpc, bill) == before


def test_header__a_member_that_the_hash_does_not_cover__is_refused(rpc):
    block = rpc.call("eth_getBlockByNumber", "latest", False)
    assert "0x" + keccak(header_of(block).to_rlp()).hex() == block["hash"]
    for member in ("timestamp", "baseFeePerGas", "parentBeaconBlockRoot"):
        altered = {name: value for name, value in block.items() if name != member}
        if member == "timestamp":
            altered[member] = hex(int(block[member], 16) + 1)
        with pytest.raises(Unavailable):
            header_of(altered)


def test_storage_keys__are_those_of_the_compilers_layout():
    source = SOURCES / "BillRegistry.vy"
    [layout] = compile_files([source], ["layout"], paths=[str(SOURCES)]).values()
    storage = layout["layout"]["storage_layout"]
    assert storage["batch_book"]["batches"]["slot"] == BATCHES_SLOT
    assert storage["bill_book"]["life_words"]["slot"] == LIFE_SLOT
