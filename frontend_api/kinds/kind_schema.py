"""The form of ``kind.json`` and ``labels.json`` as JSON Schema."""

from __future__ import annotations

from typing import Any


def _closed(properties: dict[str, Any], *required: str) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(required),
        "additionalProperties": False,
    }


_POINTER = {"type": "string", "pattern": "^(/[a-z0-9_*]+)+$"}
_TWO_DIGITS = {"type": "string", "pattern": "^[0-9]{2}$"}
_BOTH_LANGUAGES = _closed(
    {"zh": {"type": "string", "minLength": 1}, "en": {"type": "string", "minLength": 1}},
    "zh",
    "en",
)

# ``category`` and ``type_code`` are the middle of the bill code (财政票据分类编码). ``version`` is
# for the people who keep the folder. ``face`` holds hints for the layout, such as the words of
# the unit's seal.
KIND_SCHEMA: dict[str, Any] = _closed(
    {
        "name": {"type": "string", "pattern": "^[a-z][a-z0-9_]{0,39}$"},
        "version": {"type": "integer", "minimum": 1},
        "title": _BOTH_LANGUAGES,
        "category": _TWO_DIGITS,
        "type_code": _TWO_DIGITS,
        "sum_rules": {
            "type": "array",
            "items": _closed(
                {"total": _POINTER, "parts": {"type": "array", "minItems": 1, "items": _POINTER}},
                "total",
                "parts",
            ),
        },
        "order_rules": {
            "type": "array",
            "items": _closed({"earlier": _POINTER, "later": _POINTER}, "earlier", "later"),
        },
        "at_source": _POINTER,
        "face": {"type": "object", "additionalProperties": {"type": "string", "maxLength": 40}},
    },
    "name",
    "version",
    "title",
    "category",
    "type_code",
)

LABELS_SCHEMA: dict[str, Any] = {
    "type": "object",
    "propertyNames": {"pattern": "^/detail(/[a-z0-9_*]+)+$"},
    "additionalProperties": _BOTH_LANGUAGES,
}
