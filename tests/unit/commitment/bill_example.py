"""One bill, its batch, its grant and its bill file: what the vectors and the tests are about."""

from __future__ import annotations

import hashlib
from typing import Any

from frontend_api.commitment.bill_file import BillFile
from frontend_api.commitment.eip712 import DigestSigner
from frontend_api.commitment.fields import content_root, fields_of
from frontend_api.commitment.header import bill_leaf
from frontend_api.commitment.receipt import ReceiptOffice
from frontend_api.commitment.secrets import (
    account_of,
    address_of,
    check_code,
    custodial_holder_key,
    holder_of,
    token,
)
from frontend_api.commitment.tree import MerkleTree
from frontend_api.domain.anchor import Anchor, Deployment, Inclusion
from frontend_api.domain.bill import BillHeader
from frontend_api.domain.grant import Grant
from frontend_api.domain.numbers import BillNumber
from frontend_api.domain.receipt import Receipt


def made_up(name: str) -> bytes:
    """32 bytes that nobody chose."""
    return hashlib.sha256(b"piaolian/vectors/" + name.encode()).digest()


SEED = made_up("seed")
NUMBER = BillNumber.of("46060126", "0000000003")
DEPLOYMENT = Deployment(
    chain_id=46600,
    instance=made_up("instance"),
    issuer_registry="0x5FbDB2315678afecb367f032d93F642f64180aa3",
    bill_registry="0xe7f1725E7734CE288F8367e1Bb143E90bb3F0512",
    consent_registry="0x9fE46736679d2D9a65F0992F2272dE9f3c7fa6e0",
    reimbursement_ledger="0xCf7Ed3AccA5a467e9e704C703E8D87F634fB0Fc9",
)
CONTENT: dict[str, Any] = {
    "kind": "medical_outpatient",
    "business_no": "MZ-2026-000123",
    "issued_at": "2026-11-22T10:20:30+08:00",
    "bill_code": NUMBER.code,
    "bill_no": NUMBER.number,
    "check_code": check_code(SEED),
    "issuer": {"uscc": "12460000DEM0000012", "name": "琼州省人民医院（样例）", "outlet": "01"},
    "supervisor": {"name": "琼州省财政厅（样例）"},
    "holder": {"type": "person", "name": "张三", "id": "460100199001011234"},
    "currency": "CNY",
    "total": 162_600,
    "at_source": 60_000,
    "lines": [
        {"name": "诊察费", "amount": 2_600, "quantity": "1.00", "unit_price": "26.0000"},
        {
            "name": "磁共振平扫（MRI）",
            "amount": 160_000,
            "aux": [
                {"name": "平扫", "amount": 100_000},
                {"name": "造影剂 \"A\\B\"", "amount": 60_000},
            ],
        },
    ],
    "staff": {"handler": "李四"},
    "detail": {
        "outpatient_no": "MZ0001",
        "payment": {"fund": 60_000, "other": 0, "account": 20_000, "cash": 82_600},
    },
    "sample": True,
}  # fmt: skip
FIELDS = fields_of(CONTENT, SEED)
HOLDER_ADDRESS = address_of(custodial_holder_key(SEED))
HEADER = BillHeader(
    number=NUMBER,
    amount_fen=162_600,
    at_source_fen=60_000,
    currency="CNY",
    holder=holder_of(account_of(custodial_holder_key(SEED))),
    content_root=content_root(f.digest() for f in FIELDS),
    issued_at=1_795_314_030,
)
LEAF = bill_leaf(HEADER, DEPLOYMENT.instance)
BATCH = [made_up("leaf 1"), made_up("leaf 2"), LEAF, made_up("leaf 4"), made_up("leaf 5")]
TREE = MerkleTree.over(BATCH)
GRANT = Grant(
    holder=HEADER.holder,
    bill_key=NUMBER.key,
    payer="91350100M000100Y43",
    purpose=b"reimbursement".ljust(32, b"\0"),
    field_set=bytes(32),
    cap_fen=102_600,
    expires_at=1_800_000_000,
    no_statutory=True,
    nonce=7,
)
BILL_FILE = BillFile(
    header=HEADER,
    fields=FIELDS,
    inclusion=Inclusion(NUMBER.key - 2, 2, 5, TREE.path(2)),
    anchor=Anchor(4321, made_up("block"), 1_795_314_033, made_up("transaction")),
    deployment=DEPLOYMENT,
    layout="medical_outpatient/1",
    verify_url=f"https://piaolian.example/b/{NUMBER.key}/{token(SEED)}",
)
RECEIPT_KEY = made_up("receipt key")
RECEIPT = ReceiptOffice(DEPLOYMENT, DigestSigner(RECEIPT_KEY)).give(
    Receipt(NUMBER, LEAF, accepted_at=1_795_314_031, anchor_by=1_795_314_031 + 86_400),
    BILL_FILE.inclusion,
)
