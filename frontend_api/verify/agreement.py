"""Whether what is shown of a content says the same as its header."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from frontend_api.domain.bill import BillHeader

# Members of the content that the header repeats.
IN_HEADER = ("bill_code", "bill_no", "total", "at_source", "currency", "issued_at")


def disagreement(
    content: Mapping[str, Any], header: BillHeader, names: Iterable[str] = IN_HEADER
) -> str | None:
    """The first of ``names`` under which the content says another thing than the header."""
    stated: Mapping[str, object] = {
        "bill_code": header.number.code,
        "bill_no": header.number.number,
        "total": header.amount_fen,
        "at_source": header.at_source_fen,
        "currency": header.currency,
        "issued_at": header.issued_at,
    }
    for name in names:
        found, value = content.get(name), stated[name]
        if name == "issued_at":
            found = _seconds(found)
        if type(found) is not type(value) or found != value:
            return name
    return None


def _seconds(text: object) -> int | None:
    try:
        moment = datetime.fromisoformat(text) if isinstance(text, str) else None
        return int(moment.timestamp()) if moment and moment.tzinfo else None
    except (ValueError, OverflowError):
        return None
