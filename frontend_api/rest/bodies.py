"""JSON Schemas of the request bodies; the flow reads them by its own, stricter rules."""

from __future__ import annotations

from typing import Any

from frontend_api.domain.money import MAX_FEN
from frontend_api.flow.disclose import PRESETS
from frontend_api.flow.void import VoidReason


def _object(properties: dict[str, Any], *required: str) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(required),
        "additionalProperties": False,
    }


_FEN: dict[str, Any] = {"type": "integer", "minimum": 1, "maximum": MAX_FEN}
_LABEL: dict[str, Any] = {"type": "string", "pattern": "^[A-Za-z0-9._-]{1,32}$"}
_SECONDS: dict[str, Any] = {
    "type": "integer",
    "description": "Seconds since the epoch, in the future",
}
_CHECK_CODE: dict[str, Any] = {"type": "string", "pattern": "^[0-9a-z]{6}$"}

_POINTERS: dict[str, Any] = {
    "type": "array",
    "items": {"type": "string", "pattern": "^(/[^/]{1,64}){1,8}$"},
    "maxItems": 200,
    "description": "JSON Pointers; each stands for a field and all below it",
}

VOID = _object({"reason": {"enum": list(VoidReason.__members__)}}, "reason")
VOID_EXAMPLE: dict[str, Any] = {"reason": "MISTAKE"}

GRANT = _object(
    {
        "payer": {"type": "string", "description": "USCC of the payer", "minLength": 18},
        "cap_fen": {**_FEN, "description": "Most that the payer may reserve"},
        "expires_at": _SECONDS,
        "purpose": {**_LABEL, "default": "reimbursement"},
        "no_statutory": {
            "type": "boolean",
            "default": False,
            "description": "The holder states that no statutory payer covers the bill",
        },
        "nonce": {"type": "integer", "minimum": 0, "default": 0},
        "fields": {**_POINTERS, "description": "What the payer may see; all fields without it"},
        "check_code": _CHECK_CODE,
        "token": {"type": "string", "description": "The end of the QR's address", "maxLength": 64},
        "signature": {
            "type": "string",
            "pattern": "^0x[0-9a-fA-F]{130}$",
            "description": "EIP-712 signature of a holder with a wallet",
        },
    },
    "payer", "cap_fen", "expires_at", "check_code", "token",
)  # fmt: skip
GRANT_EXAMPLE: dict[str, Any] = {
    "payer": "12460000DEM0000012",
    "cap_fen": 30000,
    "expires_at": 1797904800,
    "check_code": "k7m2x9",
    "token": "Zk3Vx0mB7q2Jt9sLw4Yc1A",
}

LOCK = _object(
    {"claim_no": _LABEL, "amount_fen": _FEN, "expires_at": _SECONDS}, "claim_no", "amount_fen"
)
LOCK_EXAMPLE: dict[str, Any] = {"claim_no": "CL-2026-0001", "amount_fen": 25000}

SETTLE = _object(
    {
        "approved_fen": _FEN,
        "voucher": {**_LABEL, "description": "Number of the accounting voucher"},
    },
    "approved_fen",
)
SETTLE_EXAMPLE: dict[str, Any] = {"approved_fen": 20000, "voucher": "JZ-202611-0042"}

REJECT = _object(
    {
        "reason": {
            "type": "integer",
            "minimum": 1,
            "maximum": 255,
            "description": "A number of the payer's own table",
        }
    },
    "reason",
)
REJECT_EXAMPLE: dict[str, Any] = {"reason": 3}

PRESENT = _object(
    {
        "to": {"enum": list(PRESETS), "description": "A preset, instead of `fields`"},
        "fields": _POINTERS,
    }
)
PRESENT_EXAMPLE: dict[str, Any] = {"fields": ["/holder/name", "/lines/0"]}

CREDENTIAL = _object(
    {
        **PRESENT["properties"],
        "holder_key": {
            "type": "object",
            "description": "Public key of the holder: a JWK on P-256",
            "required": ["kty", "crv", "x", "y"],
        },
    }
)
CREDENTIAL_EXAMPLE: dict[str, Any] = {"to": "all"}

LOOK_UP = _object(
    {
        "bill_code": {"type": "string", "pattern": "^[1-9][0-9]{7}$"},
        "bill_no": {"type": "string", "pattern": "^[0-9]{10}$"},
        "check_code": _CHECK_CODE,
        "amount_fen": _FEN,
    },
    "bill_code", "bill_no", "check_code", "amount_fen",
)  # fmt: skip
LOOK_UP_EXAMPLE: dict[str, Any] = {
    "bill_code": "46060126",
    "bill_no": "0000000001",
    "check_code": "k7m2x9",
    "amount_fen": 162600,
}
