"""The kind's own part of the page: each labelled pointer with its text.

How a value reads is said in the kind's schema by two annotations: ``"unit": "fen"`` is money,
``"masked": true`` is a personal number.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from frontend_api.documents.masking import masked
from frontend_api.domain.kind import Kind
from frontend_api.domain.money import figures

_PREFIX = "/detail/"


def detail_of(detail: Mapping[str, Any], kind: Kind) -> dict[str, Any]:
    """``{pointer: {zh, en, text}}`` in the order of the labels.

    A list has ``columns`` and ``rows`` in place of ``text``; what the bill lacks is left out.
    """
    shown: dict[str, Any] = {}
    for pointer, label in kind.labels.items():
        if "/*/" in pointer:
            continue
        value, schema = _find(pointer, detail, kind.schema)
        if value is None:
            continue
        shown[pointer] = {**label, **_shown(pointer, value, schema, kind)}
    return shown


def _find(pointer: str, value: Any, schema: Mapping[str, Any]) -> tuple[Any, Mapping[str, Any]]:
    for step in pointer.removeprefix(_PREFIX).split("/"):
        value = value.get(step) if isinstance(value, Mapping) else None
        schema = schema.get("properties", {}).get(step, {})
    return value, schema


def _shown(pointer: str, value: Any, schema: Mapping[str, Any], kind: Kind) -> dict[str, Any]:
    if not isinstance(value, list):
        return {"text": _text(value, schema), "money": schema.get("unit") == "fen"}
    inner = schema.get("items", {}).get("properties", {})
    columns = [
        {"key": key, **kind.labels.get(f"{pointer}/*/{key}", {"zh": key, "en": ""})}
        for key in inner
    ]
    rows = [{key: _text(row.get(key, ""), inner[key]) for key in inner} for row in value]
    return {"columns": columns, "rows": rows}


def _text(value: Any, schema: Mapping[str, Any]) -> str:
    if schema.get("unit") == "fen" and type(value) is int:
        return figures(value)
    text = str(value)
    if schema.get("masked"):
        return masked(text)
    if schema.get("format") == "date-time":
        return f"{text[:10]} {text[11:16]}"
    return text
