"""Institutions, requests and bills for tests of what is behind the edge."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import Any

from frontend_api.domain.anchor import Deployment
from frontend_api.domain.bill import BillHeader, IssueRequest
from frontend_api.domain.kind import Kind
from frontend_api.domain.numbers import BillNumber
from frontend_api.ports import NewBill

NOW = 1_795_314_030  # 2026-11-22 10:20:30 in Beijing
HOSPITAL = "12460000DEM0000012"
SCHOOL = "12100000400002259P"
BUREAU = "91350100M000100Y43"
INSURER = "91330100716105852F"
CODE = "46990126"
FIRST_KEY = int(CODE) * 10**10 + 1
DEPLOYMENT = Deployment(
    chain_id=46600,
    instance=hashlib.sha256(b"in memory").digest(),
    issuer_registry="0x" + "11" * 20,
    bill_registry="0x" + "22" * 20,
    consent_registry="0x" + "33" * 20,
    reimbursement_ledger="0x" + "44" * 20,
)
KIND = Kind(
    name="plain",
    title={"zh": "其他", "en": "Other"},
    category="99",
    type_code="01",
    schema={"type": "object", "properties": {}, "additionalProperties": False},
    labels={},
)


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self, now: int = NOW) -> None:
        self.now = now

    def __call__(self) -> int:
        return self.now


def body(business_no: str = "B-1", total: int = 10_000, **more: Any) -> dict[str, Any]:
    """A right request of the kind ``plain``."""
    return {
        "kind": "plain",
        "business_no": business_no,
        "issued_at": "2026-11-22T10:20:00+08:00",
        "holder": {"type": "person", "name": "张三"},
        "total": total,
        "lines": [{"name": "材料费", "amount": total}],
        "staff": {"handler": "李四"},
        **more,
    }


def request(business_no: str = "B-1", **change: Any) -> IssueRequest:
    """The same, checked."""
    checked = IssueRequest(
        kind="plain",
        business_no=business_no,
        content={},
        total_fen=10_000,
        at_source_fen=0,
        currency="CNY",
        issued_at=NOW,
        year=2026,
        outlet="01",
        holder_address=None,
        bill_code=None,
    )
    return replace(checked, **change)


def made(number: BillNumber) -> NewBill:
    """A bill with this number; leaf, seed and content tell it from others."""
    name = hashlib.sha256(str(number).encode()).digest()
    header = BillHeader(
        number=number,
        amount_fen=10_000,
        at_source_fen=0,
        currency="CNY",
        holder=bytes(12) + name[:20],
        content_root=name,
        issued_at=NOW,
    )
    return NewBill(number, header, hashlib.sha256(name).digest(), b"seed" + name, b"content" + name)
