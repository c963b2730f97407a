"""Bill files for tests: a request as the flow would commit and anchor it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from frontend_api.commitment.bill_file import BillFile
from frontend_api.commitment.fields import content_root, fields_of
from frontend_api.commitment.header import bill_leaf
from frontend_api.commitment.tree import MerkleTree
from frontend_api.domain.anchor import Anchor, Deployment, Inclusion
from frontend_api.domain.bill import BillHeader
from frontend_api.domain.kind import Kind
from frontend_api.domain.numbers import BillNumber

SEED = bytes(range(32))
INSTANCE = hashlib.sha256(b"instance").digest()
VERIFY_URL = "https://piaolian.example/v/Zk3Vx0mB7q2Jt9sLw4Yc1A#46060126-0000000123"


def bill_file(
    request: Mapping[str, Any],
    kind: Kind,
    *,
    layout: str,
    sample: bool = False,
    verify_url: str = VERIFY_URL,
    number: str = "0000000123",
) -> BillFile:
    """The bill file of ``request``, as leaf 1 of a batch of three."""
    issued_at = datetime.fromisoformat(request["issued_at"])
    code = kind.bill_code("46", issued_at.year)
    content: dict[str, Any] = {
        **{k: v for k, v in request.items() if k != "outlet"},
        "at_source": request.get("at_source", 0),
        "bill_code": code,
        "bill_no": number,
        "check_code": "k7m2x9",
        "issuer": {
            "uscc": "12460000DEM0000012",
            "name": "琼州省人民医院（样例）",
            "outlet": request.get("outlet", "01"),
        },
        "supervisor": {"name": "琼州省财政厅（样例）"},
    }
    if sample:
        content["sample"] = True
    fields = fields_of(content, SEED)
    header = BillHeader(
        number=BillNumber.of(code, number),
        amount_fen=request["total"],
        at_source_fen=content["at_source"],
        currency=request.get("currency", "CNY"),
        holder=bytes(31) + b"\x01",
        content_root=content_root(f.digest() for f in fields),
        issued_at=int(issued_at.timestamp()),
    )
    leaf = bill_leaf(header, INSTANCE)
    tree = MerkleTree.over([hashlib.sha256(b"a").digest(), leaf, hashlib.sha256(b"b").digest()])
    address = "0x" + "1" * 40
    return BillFile(
        header=header,
        fields=fields,
        inclusion=Inclusion(header.number.key - 1, 1, tree.size, tree.path(1)),
        anchor=Anchor(1234567, hashlib.sha256(b"block").digest(), header.issued_at + 3, bytes(32)),
        deployment=Deployment(20260, INSTANCE, address, address, address, address),
        layout=layout,
        verify_url=verify_url,
    )


def in_a_batch(request: Mapping[str, Any], kind: Kind, nodes: int, *, layout: str) -> BillFile:
    """A bill whose audit path has so many nodes, and whose address takes an offline code."""
    made = bill_file(request, kind, layout=layout)
    path = tuple(hashlib.sha256(bytes((i,))).digest() for i in range(nodes))
    key = made.header.number.key
    url = f"https://piaolian.example/b/{key}/abcdefghijklmnopqrstuv"
    return replace(made, inclusion=Inclusion(key, 0, 2**nodes, path), verify_url=url)
