"""A JSON Schema violation in words that name the field and the fix."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import jsonschema_rs

from frontend_api.domain.errors import FieldProblem

_PATTERNS = {
    "quantity": 'must be a text like "2" or "1.50": at most 2 decimals, not negative',
    "unit_price": 'must be a text like "12.5000": at most 4 decimals, in yuan, not negative',
    "address": "must be a wallet address: 0x and 40 hexadecimal digits",
    "currency": "must be three capital letters (ISO 4217), such as CNY",
    "outlet": "must be 1 to 16 letters or digits",
    "bill_code": "must be 8 digits and not begin with 0",
    "bill_no": "must be 10 digits",
}
_TYPES = {
    "integer": "a whole number",
    "string": "a text",
    "object": "an object",
    "array": "a list",
    "boolean": "true or false",
}
_MONEY = "must be a whole number of fen, such as 12500 for 125.00 yuan"


def pointer(parts: list[str | int]) -> str:
    """JSON Pointer (RFC 6901) of a path."""
    return "".join("/" + str(p).replace("~", "~0").replace("/", "~1") for p in parts)


def problems_of(error: jsonschema_rs.ValidationError) -> Iterator[FieldProblem]:
    """One problem per bad field: missing and unknown fields are named one by one."""
    path = list(error.instance_path)
    detail: Mapping[str, Any] = error.kind.as_dict()
    name = error.kind.name
    if name == "required":
        yield FieldProblem(pointer([*path, detail["property"]]), "missing", "is missing: add it")
    elif name == "additionalProperties":
        for extra in detail["unexpected"]:
            yield FieldProblem(
                pointer([*path, extra]), "unknown-field", "is not a field of this kind of bill"
            )
    else:
        yield FieldProblem(pointer(path), _CODES.get(name, "invalid"), _words(name, detail, path))


_CODES = {
    "type": "wrong-type",
    "pattern": "wrong-form",
    "format": "wrong-form",
    "enum": "not-a-choice",
    "const": "not-a-choice",
    "minimum": "out-of-range",
    "maximum": "out-of-range",
    "minLength": "wrong-length",
    "maxLength": "wrong-length",
    "minItems": "wrong-length",
    "maxItems": "wrong-length",
}


def _words(name: str, detail: Mapping[str, Any], path: list[str | int]) -> str:
    last = str(path[-1]) if path else ""
    if name == "type":
        return _type_words(detail)
    if name == "pattern":
        return _PATTERNS.get(last, f"must have the form {detail['pattern']}")
    if name == "format":
        forms = {"date-time": "2026-11-22T10:20:30+08:00", "date": "2026-11-22"}
        form = str(detail["format"])
        return f"must be an existing {form} such as {forms.get(form, form)}"
    if name == "enum":
        return "must be one of " + ", ".join(str(o) for o in detail["options"])
    if name == "const":
        return f"must be {detail['expected_value']}"
    limits = {
        "minimum": "must be at least {}",
        "maximum": "must be at most {}",
        "minLength": "must have at least {} characters",
        "maxLength": "must have at most {} characters",
        "minItems": "must have at least {} entries",
        "maxItems": "must have at most {} entries",
    }
    return limits[name].format(detail["limit"]) if name in limits else f"breaks the rule {name!r}"


def _type_words(detail: Mapping[str, Any]) -> str:
    types = detail.get("types", detail.get("type", []))
    wanted = types if isinstance(types, list) else [types]
    if "integer" in wanted:
        return _MONEY
    return "must be " + " or ".join(_TYPES.get(str(t), str(t)) for t in wanted)
