"""A genuine bill, a chain that holds it, and ways to alter both."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from frontend_api.commitment.bill_file import BillFile
from frontend_api.commitment.fields import Field, content_root, fields_of
from frontend_api.commitment.header import bill_leaf
from frontend_api.commitment.tree import MerkleTree
from frontend_api.domain.anchor import Anchor, Deployment, Inclusion
from frontend_api.domain.bill import BillHeader
from frontend_api.domain.errors import ChainUnreachable
from frontend_api.domain.numbers import BillNumber
from frontend_api.domain.states import Role
from frontend_api.ports import (
    ChainAmounts,
    ChainBatch,
    ChainBillState,
    ChainBlock,
    ChainHead,
    ChainIssuer,
    ChainKey,
    ChainLog,
)
from frontend_api.verify.authority import window

NOW = 1_780_000_900
ANCHORED_AT = 1_780_000_005
USCC = "12460000DEM0000012"
ISSUER_NAME = "琼州省人民医院（样例）"
SIGNER = "0x" + "5e" * 20
BATCH_SIZE = 5
PINNED = Deployment(
    chain_id=46600,
    instance=hashlib.sha256(b"instance").digest(),
    issuer_registry="0x" + "a1" * 20,
    bill_registry="0x" + "a2" * 20,
    consent_registry="0x" + "a3" * 20,
    reimbursement_ledger="0x" + "a4" * 20,
)


VERIFY_AT = "https://piaolian.example"


def content_of(number: str) -> dict[str, Any]:
    """A hospital bill's content."""
    return {
        "kind": "medical-outpatient",
        "business_no": f"MZ-{number}",
        "bill_code": "46060126",
        "bill_no": number,
        "check_code": "k7m2x9",
        "issued_at": "2026-05-29T04:26:40+08:00",
        "issuer": {"uscc": USCC, "name": ISSUER_NAME, "outlet": "01"},
        "holder": {"type": "person", "name": "张三丰", "id": "460100199001011234"},
        "currency": "CNY",
        "total": 162_600,
        "at_source": 60_000,
        "lines": [
            {"code": "01", "name": "西药费", "amount": 100_000, "quantity": "2.00"},
            {"name": "检查费", "amount": 62_600},
        ],
        "staff": {"handler": "李四"},
        "verify_at": VERIFY_AT,
        "detail": {"payment": {"fund": 60_000, "cash": 102_600}},
    }


def header_over(content: Mapping[str, Any], fields: tuple[Field, ...]) -> BillHeader:
    """The header that commits to ``fields`` and agrees with ``content``."""
    return BillHeader(
        number=BillNumber.of(content["bill_code"], content["bill_no"]),
        amount_fen=content["total"],
        at_source_fen=content["at_source"],
        currency=content["currency"],
        holder=bytes(12) + b"\x07" * 20,
        content_root=content_root(f.digest() for f in fields),
        issued_at=int(datetime.fromisoformat(content["issued_at"]).timestamp()),
    )


@dataclass
class FakeChain:
    """A chain as a reader shows it; every answer can be changed. Implements ``BillReader``."""

    deployment: Deployment
    batches: dict[int, ChainBatch]
    blocks: dict[int, ChainBlock]
    events: list[ChainLog]
    id: int = PINNED.chain_id
    seen_instance: bytes | None = PINNED.instance
    keys: dict[str, ChainKey] = field(default_factory=dict)
    issuers: dict[str, ChainIssuer] = field(default_factory=dict)
    state: ChainBillState = field(default_factory=lambda: ChainBillState(False, 0, 0))
    used: ChainAmounts = field(default_factory=lambda: ChainAmounts(0, 0, False))
    dead_after: int | None = None  # so many answers, then silence
    asked: int = 0

    def _answer(self, deployment: Deployment | None = None) -> None:
        self.asked += 1
        if self.dead_after is not None and self.asked > self.dead_after:
            raise ChainUnreachable("the chain's node at http://node does not answer")
        assert deployment in (None, self.deployment), "only the pinned contracts are ever asked"

    def chain_id(self) -> int:
        self._answer()
        return self.id

    def head(self) -> ChainHead:
        self._answer()
        return ChainHead(max(self.blocks), b"\xee" * 32, NOW)

    def block(self, number: int) -> ChainBlock | None:
        self._answer()
        return self.blocks.get(number)

    def instance(self, deployment: Deployment) -> bytes | None:
        self._answer(deployment)
        return self.seen_instance

    def batch(self, deployment: Deployment, batch_id: int) -> ChainBatch | None:
        self._answer(deployment)
        return self.batches.get(batch_id)

    def key(self, deployment: Deployment, address: str) -> ChainKey | None:
        self._answer(deployment)
        return self.keys.get(address)

    def issuer(self, deployment: Deployment, uscc: str) -> ChainIssuer | None:
        self._answer(deployment)
        return self.issuers.get(uscc)

    def bill_state(self, deployment: Deployment, bill_key: int) -> ChainBillState:  # noqa: ARG002
        self._answer(deployment)
        return self.state

    def disputed(self, deployment: Deployment, batch_id: int) -> bool:
        self._answer(deployment)
        batch = self.batches[batch_id]
        return window(self.keys.get(batch.signer), batch.anchored_at) is not None

    def amounts(self, deployment: Deployment, bill_key: int) -> ChainAmounts:  # noqa: ARG002
        self._answer(deployment)
        return self.used

    def logs(self, deployment: Deployment, from_block: int, to_block: int) -> list[ChainLog]:
        self._answer(deployment)
        return [e for e in self.events if from_block <= e.block_number <= to_block]


@dataclass(frozen=True)
class Pins:
    """Implements ``TrustedDeployments``."""

    deployments: tuple[Deployment, ...] = (PINNED,)

    def find(self, instance: bytes) -> Deployment | None:
        return next((d for d in self.deployments if d.instance == instance), None)


@dataclass(frozen=True)
class World:
    """The bills of one batch, and the chain that holds it."""

    bills: tuple[BillFile, ...]
    chain: FakeChain

    @property
    def bill(self) -> BillFile:
        return self.bills[2]


def world() -> World:
    """Five bills of one batch, anchored in block 41; block 42 is of the same second."""
    contents = [content_of(f"{i + 1:010d}") for i in range(BATCH_SIZE)]
    fields = [fields_of(content, bytes([i]) * 32) for i, content in enumerate(contents)]
    headers = [header_over(c, f) for c, f in zip(contents, fields, strict=True)]
    tree = MerkleTree.over([bill_leaf(h, PINNED.instance) for h in headers])
    first = headers[0].number.key
    anchor = Anchor(41, bytes([65]) * 32, ANCHORED_AT, b"\x0a" * 32)
    bills = tuple(
        BillFile(
            header=header,
            fields=fields[i],
            inclusion=Inclusion(first, i, BATCH_SIZE, tree.path(i)),
            anchor=anchor,
            deployment=PINNED,
            layout="1",
            verify_url=f"{VERIFY_AT}/b/{header.number.key}/token",
        )
        for i, header in enumerate(headers)
    )
    batch = ChainBatch(first, tree.root, BATCH_SIZE, 5 * 162_600, 1, USCC, SIGNER, ANCHORED_AT)
    event = ChainLog(
        "BillRegistry", "Anchored", {"batch_id": first}, 41, anchor.block_hash,
        anchor.transaction, 0,
    )  # fmt: skip
    chain = FakeChain(
        PINNED,
        batches={first: batch},
        blocks={n: ChainBlock(n, bytes([n + 24]) * 32, ANCHORED_AT) for n in (40, 41, 42)},
        events=[event],
        keys={SIGNER: ChainKey(USCC, Role.ISSUER, ANCHORED_AT - 1000, 0, 0)},
        issuers={USCC: ChainIssuer(USCC, ISSUER_NAME, 460000, "ACTIVE")},
    )
    return World(bills, chain)


def with_fields(bill: BillFile, fields: tuple[Field, ...]) -> BillFile:
    """The bill with other fields and a content root that fits them: a forger's best effort."""
    root = content_root(f.digest() for f in fields)
    return replace(bill, fields=fields, header=replace(bill.header, content_root=root))
