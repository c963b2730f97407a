"""What a clerk compares with the paper in hand; names are masked, ids are left out."""

from __future__ import annotations

from typing import Any

from frontend_api.commitment.bill_file import BillFile
from frontend_api.commitment.shape import shape_of
from frontend_api.domain.bill import BillHeader
from frontend_api.domain.money import capitals, figures
from frontend_api.verify.report import Finding, Verdict


def paper_of(file: BillFile, integrity: Finding) -> dict[str, Any]:
    """Code, number and amounts; what the content says only if it is intact."""
    shown = header_of(file.header)
    if integrity.verdict is Verdict.VALID:
        shape = shape_of(file.fields)

        def stated(path: str) -> Any:
            place = shape.places.get(path)
            return None if place is None else file.fields[place].value

        shown["kind"] = _text(stated("/kind"))
        shown["sample"] = stated("/sample") is True
        shown["lines"] = len(shape.lines)
        shown["issued_at"] = stated("/issued_at")
        shown["issuer"] = _text(stated("/issuer/name"))
        shown["holder"] = masked(_text(stated("/holder/name")))
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


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
