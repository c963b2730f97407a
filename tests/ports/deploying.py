"""The contracts, compiled from source and deployed on a real chain with nothing but raw calls."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import rlp
from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak
from vyper.cli.vyper_compile import compile_files

from frontend_api.chain.calls import ContractCalls
from frontend_api.chain.codec import CONTRACTS, codec
from frontend_api.chain.reader import EthReader
from frontend_api.chain.rpc import JsonRpc
from frontend_api.chain.signing import address_of, sign_transaction
from frontend_api.commitment.bill_file import BillFile
from frontend_api.commitment.fields import content_root, fields_of
from frontend_api.commitment.header import bill_leaf
from frontend_api.commitment.secrets import account_of, holder_of
from frontend_api.commitment.tree import MerkleTree
from frontend_api.domain.anchor import Anchor, Deployment, Inclusion
from frontend_api.domain.bill import BillHeader
from frontend_api.domain.numbers import NUMBERS_PER_CODE, BillNumber
from frontend_api.domain.states import PayerKind, Role
from frontend_api.ports import Call

SOURCES = Path(__file__).resolve().parents[2] / "contracts"
SUPERVISOR = b"\x51" * 32
ISSUER_KEY = b"\x52" * 32
PAYER_KEY = b"\x53" * 32
HOLDER_KEY = b"\x54" * 32
USCC = "12460000DEM0000012"
PAYER_USCC = "91460000MA5T000000"
ISSUER_NAME = "琼州省人民医院（样例）"
CODE = "46060126"


@lru_cache(maxsize=1)
def bytecodes() -> dict[str, bytes]:
    """Creation code of every contract."""
    sources = [SOURCES / f"{name}.vy" for name in CONTRACTS]
    output = compile_files(sources, ["bytecode"], paths=[str(SOURCES)])
    return {
        Path(path).stem: bytes.fromhex(formats["bytecode"].removeprefix("0x"))
        for path, formats in output.items()
        if Path(path).stem in CONTRACTS
    }


VERIFY_AT = "https://piaolian.example"


@dataclass
class Network:
    """A chain with the contracts on it, and the keys that may use them."""

    rpc: JsonRpc
    deployment: Deployment
    first_block: int
    anchored: list[BillFile] = field(default_factory=list)

    @property
    def reader(self) -> EthReader:
        return EthReader(self.rpc)

    @property
    def calls(self) -> ContractCalls:
        return ContractCalls(self.deployment)

    def send(self, key: bytes, call: Call) -> bytes:
        """Send a call and wait for its block; the transaction's hash."""
        return send(self.rpc, key, call.to, call.data, call.gas, self.deployment.chain_id)

    def anchor(self, count: int = 3, *, segment_id: int = 1) -> list[BillFile]:
        """Issue the next ``count`` bills of the segment in one batch; their bill files."""
        first = int(CODE) * NUMBERS_PER_CODE + 1 + len(self.anchored)
        parts = [_bill(BillNumber(first + i)) for i in range(count)]
        tree = MerkleTree.over([bill_leaf(h, self.deployment.instance) for h, _ in parts])
        total = sum(h.amount_fen for h, _ in parts)
        tx = self.send(ISSUER_KEY, self.calls.anchor(segment_id, first, count, tree.root, total))
        receipt = self.reader.receipt(tx)
        assert receipt is not None
        assert receipt.succeeded
        block = self.reader.block(receipt.block_number)
        assert block is not None
        bills = [
            BillFile(
                header=header,
                fields=fields,
                inclusion=Inclusion(first, i, count, tree.path(i)),
                anchor=Anchor(block.number, block.hash, block.time, tx),
                deployment=self.deployment,
                layout="1",
                verify_url=f"{VERIFY_AT}/b/{header.number.key}/token",
            )
            for i, (header, fields) in enumerate(parts)
        ]
        self.anchored += bills
        return bills


def send(rpc: JsonRpc, key: bytes, to: str | None, data: bytes, gas: int, chain_id: int) -> bytes:
    """Sign, send and wait for one transaction that goes through; its hash."""
    reader = EthReader(rpc)
    nonce = reader.transaction_count(address_of(key))
    signed = sign_transaction(key, nonce, to, data, gas, chain_id)
    reader.send_raw(signed.raw)
    deadline = time.monotonic() + 10
    while (receipt := reader.receipt(signed.hash)) is None:
        assert time.monotonic() < deadline, "not mined"
        time.sleep(0.005)
    assert receipt.succeeded
    return signed.hash


def created(creator: str, nonce: int) -> str:
    """The address of the contract that a transaction of this nonce creates."""
    word = keccak(rlp.encode([bytes.fromhex(creator[2:]), nonce]))
    return str(to_checksum_address(word[12:]))


def deploy(rpc: JsonRpc) -> Network:
    """Deploy the four contracts as a new instance; the supervisor is the deployer."""
    chain_id = EthReader(rpc).chain_id()
    supervisor = address_of(SUPERVISOR)
    nonce = EthReader(rpc).transaction_count(supervisor)
    registry, bills, consents, ledger = (created(supervisor, nonce + i) for i in range(4))
    instance = os.urandom(32)
    arguments: Iterable[tuple[str, Sequence[object]]] = (
        ("IssuerRegistry", (instance,)),
        ("BillRegistry", (registry, ledger)),
        ("ConsentRegistry", (registry, ledger)),
        ("ReimbursementLedger", (registry, bills, consents)),
    )
    first_block = EthReader(rpc).head().number + 1
    for name, args in arguments:
        data = bytecodes()[name] + codec(name).encode_constructor(args)
        send(rpc, SUPERVISOR, None, data, 6_000_000, chain_id)
    return Network(
        rpc, Deployment(chain_id, instance, registry, bills, consents, ledger), first_block
    )


def admit(network: Network) -> Network:
    """Admit an issuer with a key and a segment of 1,000 numbers, and a statutory payer."""
    for call in (
        network.calls.admit_issuer(USCC, ISSUER_NAME, 460_000),
        network.calls.register_key(address_of(ISSUER_KEY), USCC, Role.ISSUER),
        network.calls.open_series(CODE, "medical-outpatient", 460_000),
        network.calls.grant_numbers(USCC, CODE, 1000),
        network.calls.admit_payer(PAYER_USCC, "琼州省医保局（样例）", PayerKind.STATUTORY, 460_000),
        network.calls.register_key(address_of(PAYER_KEY), PAYER_USCC, Role.PAYER),
    ):
        network.send(SUPERVISOR, call)
    return network


def _bill(number: BillNumber):
    now = int(time.time())
    stamp = time.strftime("%Y-%m-%dT%H:%M:%S+00:00", time.gmtime(now))
    content = {
        "kind": "medical-outpatient",
        "business_no": f"MZ-{number.number}",
        "bill_code": number.code,
        "bill_no": number.number,
        "issued_at": stamp,
        "issuer": {"uscc": USCC, "name": ISSUER_NAME, "outlet": "01"},
        "holder": {"type": "person", "name": "张三"},
        "currency": "CNY",
        "total": 100_000,
        "at_source": 60_000,
        "verify_at": VERIFY_AT,
        "lines": [{"name": "西药费", "amount": 100_000}],
        "staff": {"handler": "李四"},
    }
    fields = fields_of(content, hashlib.sha256(number.number.encode()).digest())
    header = BillHeader(
        number=number,
        amount_fen=100_000,
        at_source_fen=60_000,
        currency="CNY",
        holder=holder_of(account_of(HOLDER_KEY)),
        content_root=content_root(f.digest() for f in fields),
        issued_at=now,
    )
    return header, fields
