"""(1) integrity of a bill in part: what is shown belongs to the header, and agrees with it.

Of what is withheld only the digest counts. Bundles and presentations are judged alike.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any

from frontend_api.commitment.canonical import MAX_DEPTH
from frontend_api.commitment.fields import Field, content_root
from frontend_api.commitment.withheld import FieldInPart, shown_of, withheld_of
from frontend_api.domain.bill import BillHeader
from frontend_api.domain.errors import MalformedInput
from frontend_api.verify.agreement import IN_HEADER, disagreement
from frontend_api.verify.report import Finding, invalid

_SCALARS = (str, int, bool, type(None))
LINES = "/lines/"


def fault_of_shown(fields: Sequence[FieldInPart], header: BillHeader) -> Finding | None:
    """What is wrong with the shown fields, if anything; needs no chain and no pin."""
    try:
        paths = [f.path.encode() for f in fields if f.path is not None]
        root = content_root(f.digest() for f in fields)
    except (UnicodeEncodeError, MalformedInput) as e:
        return invalid("content-malformed", detail=str(e))
    if any(a >= b for a, b in pairwise(paths)):
        return invalid("fields-disordered")
    if root != header.content_root:
        return invalid("content-altered")
    shown = shown_of(fields)
    if not all(_is_one_value(f) for f in shown):
        return invalid("content-malformed", detail="a field holds other fields")
    if any(f.path.count("/") > MAX_DEPTH for f in shown):
        return invalid("content-malformed", detail=f"nested deeper than {MAX_DEPTH} levels")
    stated = first_level(shown)
    name = disagreement(stated, header, [n for n in IN_HEADER if n in stated])
    if name:
        return invalid("content-disagrees", field=name)
    return _lines_fault(fields, {f.path: f.value for f in shown}, header.amount_fen)


def first_level(shown: Iterable[Field]) -> dict[str, Any]:
    """The shown members of the content's first level, by name."""
    return {f.path[1:]: f.value for f in shown if f.path.count("/") == 1}


def _is_one_value(field: Field) -> bool:
    """A field is a scalar, or an element of an array: else it would show what was never committed
    to by itself, under names of the presenter's choice."""
    return type(field.value) in _SCALARS or field.path.rpartition("/")[2].isdecimal()


def _lines_fault(
    fields: Sequence[FieldInPart], shown: Mapping[str, Any], amount_fen: int
) -> Finding | None:
    """The shown lines are at most the total, and exactly it if there are no other fields."""
    total = 0
    for path, line in shown.items():
        if path.startswith(LINES):
            amount = line.get("amount") if isinstance(line, dict) else None
            if type(amount) is not int or amount <= 0:
                return invalid("lines-do-not-sum")
            total += amount
    whole = not any(_may_be_line(f.path) for f in withheld_of(fields))
    if total > amount_fen or (whole and total != amount_fen):
        return invalid("lines-do-not-sum")
    return None


def _may_be_line(path: str | None) -> bool:
    return path is None or path.startswith(LINES)
