"""The shape of a request to issue a bill, as JSON Schema: common part plus the kind's detail."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from frontend_api.domain.kind import Kind
from frontend_api.domain.money import MAX_FEN

MAX_LINES = 1000  # lines of one bill; more belong on a second bill
_MAX_AUX = 200


def _text(most: int, least: int = 0) -> dict[str, Any]:
    return {"type": "string", "minLength": least, "maxLength": most}


_AMOUNT: dict[str, Any] = {"type": "integer", "minimum": 1, "maximum": MAX_FEN}

_LINE: dict[str, Any] = {
    "code": _text(40),
    "name": _text(120, 1),
    "unit": _text(20),
    "spec": _text(80),
    "quantity": {"type": "string", "pattern": r"^(0|[1-9][0-9]{0,9})(\.[0-9]{1,2})?$"},
    "unit_price": {"type": "string", "pattern": r"^(0|[1-9][0-9]{0,11})(\.[0-9]{1,4})?$"},
    "amount": _AMOUNT,
    "remark": _text(120),
}


def _object(properties: Mapping[str, Any], *required: str) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": dict(properties),
        "required": list(required),
        "additionalProperties": False,
    }


_AUX = {
    "type": "array",
    "minItems": 1,
    "maxItems": _MAX_AUX,
    "items": _object(_LINE, "name", "amount"),
}


def request_schema(kind: Kind) -> dict[str, Any]:
    """JSON Schema 2020-12 of the request body for one kind of bill."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **_object(
            {
                "kind": {"const": kind.name},
                "business_no": _text(64, 1),
                "issued_at": {"type": "string", "format": "date-time"},
                "outlet": {"type": "string", "pattern": "^[0-9A-Za-z]{1,16}$"},
                "bill_code": {"type": "string", "pattern": "^[1-9][0-9]{7}$"},
                "holder": _object(
                    {
                        "type": {"enum": ["person", "unit"]},
                        "name": _text(120, 1),
                        "id": _text(40),
                        "address": {"type": "string", "pattern": "^0x[0-9a-fA-F]{40}$"},
                    },
                    "type",
                    "name",
                ),
                "currency": {"type": "string", "pattern": "^[A-Z]{3}$"},
                "total": _AMOUNT,
                "at_source": {"type": "integer", "minimum": 0, "maximum": MAX_FEN},
                "lines": {
                    "type": "array",
                    "minItems": 1,
                    "maxItems": MAX_LINES,
                    "items": _object({**_LINE, "aux": _AUX}, "name", "amount"),
                },
                "staff": _object({"handler": _text(60, 1), "checker": _text(60)}, "handler"),
                "remark": _text(300),
                "related": _object(
                    {
                        "bill_code": {"type": "string", "pattern": "^[1-9][0-9]{7}$"},
                        "bill_no": {"type": "string", "pattern": "^[0-9]{10}$"},
                    },
                    "bill_code",
                    "bill_no",
                ),
                "detail": dict(kind.schema),
            },
            "kind", "business_no", "issued_at", "holder", "total", "lines", "staff",
            *(["detail"] if kind.schema.get("required") else []),
        ),
    }  # fmt: skip
