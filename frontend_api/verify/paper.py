"""What a clerk compares with the paper in hand; names are masked, ids are left out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from frontend_api.commitment.bill_file import BillFile
from frontend_api.domain.bill import BillHeader
from frontend_api.domain.money import capitals, figures
from frontend_api.verify.report import Finding, Verdict


def paper_of(file: BillFile, integrity: Finding) -> dict[str, Any]:
    """Code, number and amounts; what the content says only if it is intact."""
    shown = header_of(file.header)
    if integrity.verdict is Verdict.VALID:
        content = file.content()
        shown["kind"] = _text(content, "kind")
        shown["sample"] = content.get("sample") is True
        shown["lines"] = len(content["lines"]) if isinstance(content.get("lines"), list) else 0
        shown["issued_at"] = content["issued_at"]
        shown["issuer"] = _text(content, "issuer", "name")
        shown["holder"] = masked(_text(content, "holder", "name"))
    return shown


def header_of(header: BillHeader) -> dict[str, Any]:
    """Code, number and amounts."""
    return {
        "bill_code": header.number.code,
        "bill_no": header.number.number,
        "currency": header.currency,
        "amount_fen": header.amount_fen,
        "amount": figures(header.amount_fen),
        "amount_capitals": capitals(header.amount_fen),
    }


def masked(name: str) -> str:
    """A name with all but its first character hidden: 张三丰 → 张**."""
    return name[:1] + "*" * min(len(name) - 1, 8)


def _text(content: Mapping[str, Any], *steps: str) -> str:
    value: Any = content
    for step in steps:
        value = value.get(step) if isinstance(value, Mapping) else None
    return value if isinstance(value, str) else ""
