"""Whether what is shown of a content says the same as its header."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from frontend_api.domain.bill import BillHeader


def header_fault(content: Mapping[str, Any], header: BillHeader) -> str | None:
    """The first member of the content that is not what the header says; None if all agree."""
    stated: Mapping[str, object] = {
        "bill_code": header.number.code,
        "bill_no": header.number.number,
        "total": header.amount_fen,
        "at_source": header.at_source_fen,
        "currency": header.currency,
    }
    for name, value in stated.items():
        found = content.get(name)
        if type(found) is not type(value) or found != value:
            return name
    return None if _seconds(content.get("issued_at")) == header.issued_at else "issued_at"


def _seconds(text: object) -> int | None:
    try:
        moment = datetime.fromisoformat(text) if isinstance(text, str) else None
        return int(moment.timestamp()) if moment and moment.tzinfo else None
    except (ValueError, OverflowError):
        return None
