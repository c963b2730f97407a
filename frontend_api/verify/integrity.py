"""(1) integrity: the content is what the header commits to, and says what the header says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any

from frontend_api.commitment.bill_file import BillFile
from frontend_api.commitment.canonical import MAX_DEPTH
from frontend_api.commitment.fields import Field, content_root, nest, paths_and_values
from frontend_api.domain.bill import BillHeader
from frontend_api.domain.errors import MalformedInput
from frontend_api.verify.report import Finding, invalid, valid

# Members of the content that the header repeats.
IN_HEADER = ("bill_code", "bill_no", "total", "at_source", "currency", "issued_at")
_SCALARS = (str, int, bool, type(None))


def check_integrity(file: BillFile) -> Finding:
    """Judge the fields against the header; needs no chain and no pin."""
    content = whole_content(file.fields, file.header)
    return content if isinstance(content, Finding) else _agreement(content, file)


def whole_content(fields: Sequence[Field], header: BillHeader) -> dict[str, Any] | Finding:
    """The content that all fields make, if the header commits to them; else what is wrong."""
    try:
        paths = [field.path.encode() for field in fields]
        root = content_root(field.digest() for field in fields)
    except (UnicodeEncodeError, MalformedInput) as e:
        return invalid("content-malformed", detail=str(e))
    if any(a >= b for a, b in pairwise(paths)):
        return invalid("fields-disordered")
    if any(field.path.count("/") > MAX_DEPTH for field in fields):
        return invalid("content-malformed", detail=f"nested deeper than {MAX_DEPTH} levels")
    if root != header.content_root:
        return invalid("content-altered")
    try:
        content = nest(fields)
        if not _holds_one_value_each(fields) and _paths(content) != paths:
            # A value that is an object would show fields that were not committed to one by one.
            return invalid("content-malformed", detail="a field holds other fields")
    except (ValueError, TypeError) as e:
        return invalid("content-malformed", detail=_why(e))
    return content


def _holds_one_value_each(fields: Sequence[Field]) -> bool:
    """A quick look: whether every field is a scalar or an element, under a name without escapes."""
    return all(
        (type(field.value) in _SCALARS or field.path.rpartition("/")[2].isdecimal())
        and "~" not in field.path
        for field in fields
    )


def _paths(content: Mapping[str, Any]) -> list[bytes]:
    return sorted(path.encode() for path, _ in paths_and_values(content))


def _why(error: Exception) -> str:
    return str(error) if type(error) is ValueError else "its fields do not fit together"


def disagreement(
    content: Mapping[str, Any], header: BillHeader, names: Iterable[str]
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


def sum_fault(content: Mapping[str, Any], header: BillHeader) -> Finding | None:
    """What is wrong with the lines: they have to add up to the amount."""
    return None if _sum(content.get("lines")) == header.amount_fen else invalid("lines-do-not-sum")


def _agreement(content: Mapping[str, Any], file: BillFile) -> Finding:
    header = file.header
    name = disagreement(content, header, IN_HEADER)
    if name:
        return invalid("content-disagrees", field=name)
    # The QR code leads where the issuer's platform said, or a re-rendered page could lead away.
    if not file.verify_url.startswith(f"{content.get('verify_at')}/b/{header.number.key}/"):
        return invalid("content-disagrees", field="verify_at")
    return sum_fault(content, header) or valid("intact")


def _seconds(text: object) -> int | None:
    try:
        moment = datetime.fromisoformat(text) if isinstance(text, str) else None
        return int(moment.timestamp()) if moment and moment.tzinfo else None
    except (ValueError, OverflowError):
        return None


def _sum(lines: object) -> int | None:
    if not isinstance(lines, list):
        return None
    total = 0
    for line in lines:
        amount = line.get("amount") if isinstance(line, dict) else None
        if not isinstance(amount, int) or isinstance(amount, bool) or amount <= 0:
            return None
        total += amount
    return total
