"""Writes ``docs/protocol/vectors.json``: run it after a change of the protocol that is meant."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from bill_example import (
    BATCH,
    BILL_FILE,
    CONTENT,
    DEPLOYMENT,
    FIELDS,
    GRANT,
    HEADER,
    HOLDER_ADDRESS,
    LEAF,
    NUMBER,
    RECEIPT,
    RECEIPT_KEY,
    SEED,
    TREE,
)
from eth_utils import keccak

from frontend_api.commitment.canonical import canonical_json
from frontend_api.commitment.grant712 import domain_of, grant_message
from frontend_api.commitment.header import header_bytes
from frontend_api.commitment.receipt import DOMAIN_NAME, receipt_digest
from frontend_api.commitment.secrets import check_code, content_key, custodial_holder_key, token
from frontend_api.domain.money import capitals, figures

FILE = Path(__file__).resolve().parents[3] / "docs" / "protocol" / "vectors.json"
CANONICAL: tuple[Any, ...] = (
    {}, [], "", 0, -1, 2**53 - 1, True, None,
    {"b": 1, "a": 2, "B": 3, "票": 4, "": 5},
    "张三 \"\\ / \b\f\n\r\t \x01 é \x7f \u2028",
    ["salt", "/lines/0", {"name": "诊察费", "amount": 2600}],
)  # fmt: skip
AMOUNTS = (0, 1, 10, 10_001, 162_600, 140_950, 10_700_053, 10_000_000_100, 100_000_000_000_000)


def vectors() -> dict[str, Any]:
    """All vectors, from the platform's code."""
    domain = domain_of(DEPLOYMENT)
    file = BILL_FILE.to_bytes()
    return {
        "what": "Vectors for docs/protocol.md; bytes in hexadecimal with 0x unless said otherwise",
        "canonical": [{"value": v, "bytes": _hex(canonical_json(v))} for v in CANONICAL],
        "amounts": [
            {"fen": fen, "figures": figures(fen), "capitals": capitals(fen)} for fen in AMOUNTS
        ],
        "number": {"bill_code": NUMBER.code, "bill_no": NUMBER.number, "bill_key": NUMBER.key},
        "seed": _hex(SEED),
        "derived": {
            "check_code": check_code(SEED),
            "token": token(SEED),
            "content_key": _hex(content_key(SEED)),
            "holder_key": _hex(custodial_holder_key(SEED)),
            "holder_address": HOLDER_ADDRESS,
        },
        "content": CONTENT,
        "fields": [
            {
                "field": [f.salt, f.path, f.value],
                "disclosure": f.disclosure().decode(),
                "digest": _hex(f.digest()),
            }
            for f in FIELDS
        ],
        "instance": _hex(DEPLOYMENT.instance),
        "header": {
            "bill_code": NUMBER.code,
            "bill_no": NUMBER.number,
            "amount_fen": HEADER.amount_fen,
            "at_source_fen": HEADER.at_source_fen,
            "currency": HEADER.currency,
            "holder": _hex(HEADER.holder),
            "content_root": _hex(HEADER.content_root),
            "issued_at": HEADER.issued_at,
        },
        "header_bytes": _hex(header_bytes(HEADER, DEPLOYMENT.instance)),
        "leaf": _hex(LEAF),
        "batch": {
            "leaves": [_hex(leaf) for leaf in BATCH],
            "root": _hex(TREE.root),
            "paths": [[_hex(n) for n in TREE.path(i)] for i in range(TREE.size)],
        },
        "grant": {
            "domain": {
                "name": domain["name"],
                "version": domain["version"],
                "chain_id": domain["chainId"],
                "verifying_contract": domain["verifyingContract"],
                "salt": _hex(domain["salt"]),
            },
            "message": {
                "holder": _hex(GRANT.holder),
                "bill_key": GRANT.bill_key,
                "payer": GRANT.payer,
                "purpose": GRANT.purpose.rstrip(b"\0").decode(),
                "field_set": _hex(GRANT.field_set),
                "cap_fen": GRANT.cap_fen,
                "expires_at": GRANT.expires_at,
                "no_statutory": GRANT.no_statutory,
                "nonce": GRANT.nonce,
            },
            "digest": _hex(_digest()),
        },
        "receipt": _receipt(),
        "bill_file": {"text": file.decode(), "sha256": _hex(hashlib.sha256(file).digest())},
    }


def _receipt() -> dict[str, Any]:
    receipt, domain = RECEIPT.receipt, domain_of(DEPLOYMENT)
    return {
        "private_key": _hex(RECEIPT_KEY),
        "domain": {
            "name": DOMAIN_NAME,
            "version": domain["version"],
            "chain_id": domain["chainId"],
            "verifying_contract": DEPLOYMENT.bill_registry,
            "salt": _hex(domain["salt"]),
        },
        "message": {
            "bill_key": receipt.number.key,
            "leaf": _hex(receipt.leaf),
            "accepted_at": receipt.accepted_at,
            "anchor_by": receipt.anchor_by,
        },
        "digest": _hex(receipt_digest(receipt, DEPLOYMENT)),
        "signer": RECEIPT.signer,
        "signature": _hex(RECEIPT.signature),
        "file": canonical_json(RECEIPT.to_json()).decode(),
    }


def _digest() -> bytes:
    message = grant_message(GRANT, DEPLOYMENT)
    return keccak(b"\x19" + message.version + message.header + message.body)


def _hex(data: bytes) -> str:
    return "0x" + data.hex()


if __name__ == "__main__":
    FILE.parent.mkdir(parents=True, exist_ok=True)
    FILE.write_text(json.dumps(vectors(), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
