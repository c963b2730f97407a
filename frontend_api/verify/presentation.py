"""A bill in part: integrity is judged of what is shown, everything else as of a whole bill.

State cannot be withheld: it comes from the chain, for the number in the header.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from frontend_api.commitment.fields import Field
from frontend_api.commitment.presentation import ALWAYS_SHOWN, Presentation
from frontend_api.domain.errors import MalformedInput
from frontend_api.ports import TrustedDeployments
from frontend_api.verify.agreement import disagreement
from frontend_api.verify.checks import on_chain_checks
from frontend_api.verify.facts import BillReader
from frontend_api.verify.paper import header_of, masked
from frontend_api.verify.report import Finding, Verdict, VerificationReport, invalid, valid

_SCALARS = (str, int, bool, type(None))
_LINES = "/lines/"
_MOST_NAMES, _LONGEST_NAME = 40, 64


def verify_presentation(
    presentation: Presentation | bytes, reader: BillReader, trusted: TrustedDeployments, now: int
) -> VerificationReport:
    """The report on a presentation, with the first six checks; ``now`` in seconds.

    Raises MalformedInput, InvalidFields or TooLarge if it is none, and what ``trusted`` raises.
    """
    if isinstance(presentation, bytes):
        presentation = Presentation.from_bytes(presentation)
    integrity = check_shown(presentation)
    return on_chain_checks(
        presentation.shown_part(),
        integrity,
        reader,
        trusted,
        now,
        compare=_compare(presentation, integrity),
    )


def check_shown(presentation: Presentation) -> Finding:
    """(1) integrity of what is shown; needs no chain and no pin."""
    try:
        paths = [f.path.encode() for f in presentation.fields if f.path is not None]
        root = presentation.content_root()
    except (UnicodeEncodeError, MalformedInput) as e:
        return invalid("content-malformed", detail=str(e))
    if any(a >= b for a, b in pairwise(paths)):
        return invalid("fields-disordered")
    if root != presentation.header.content_root:
        return invalid("content-altered")
    shown = {f.path: f.value for f in presentation.shown}
    missing = [path for path in ALWAYS_SHOWN if path not in shown]
    if missing:
        return invalid("must-be-shown", field=missing[0])
    if not all(_is_one_value(f) for f in presentation.shown):
        return invalid("content-malformed", detail="a field holds other fields")
    fault = disagreement({path[1:]: value for path, value in shown.items()}, presentation.header)
    if fault:
        return invalid("content-disagrees", field=fault)
    return _lines_fault(presentation, shown) or _intact(presentation)


def _is_one_value(field: Field) -> bool:
    """A field is a scalar, or an element of an array: else it would show what was never committed
    to by itself, under names of the presenter's choice."""
    return type(field.value) in _SCALARS or field.path.rpartition("/")[2].isdecimal()


def _lines_fault(presentation: Presentation, shown: Mapping[str, Any]) -> Finding | None:
    """The shown lines are at most the total, and exactly it if there are no other fields."""
    total = 0
    for path, line in shown.items():
        if path.startswith(_LINES):
            amount = line.get("amount") if isinstance(line, dict) else None
            if type(amount) is not int or amount <= 0:
                return invalid("lines-do-not-sum")
            total += amount
    amount_fen = presentation.header.amount_fen
    whole = not any(_may_be_line(f.path) for f in presentation.withheld)
    if total > amount_fen or (whole and total != amount_fen):
        return invalid("lines-do-not-sum")
    return None


def _may_be_line(path: str | None) -> bool:
    return path is None or path.startswith(_LINES)


def _intact(presentation: Presentation) -> Finding:
    withheld = presentation.withheld
    names = [w.path for w in withheld if w.path is not None]
    lines = [name for name in names if name.startswith(_LINES)]
    others = [name for name in names if not name.startswith(_LINES) and _is_tellable(name)]
    others = others[:_MOST_NAMES]
    return valid(
        "shown-intact",
        shown=len(presentation.shown),
        fields=len(presentation.fields),
        withheld=len(withheld),
        withheld_names=others,
        withheld_lines=len(lines),
        withheld_unnamed=len(withheld) - len(lines) - len(others),
    )


def _is_tellable(name: str) -> bool:
    """Names are the presenter's: none may be a novel, or speak to a terminal."""
    return len(name) <= _LONGEST_NAME and name.isprintable()


def _compare(presentation: Presentation, integrity: Finding) -> dict[str, Any]:
    """What to compare with the paper: as of a whole bill, as far as it is shown."""
    found = header_of(presentation.header)
    if integrity.verdict is not Verdict.VALID:
        return found
    shown = {f.path: f.value for f in presentation.shown}
    texts = {path: value for path, value in shown.items() if isinstance(value, str)}
    found["kind"] = texts.get("/kind", "")
    found["sample"] = shown.get("/sample") is True
    found["issued_at"] = shown["/issued_at"]
    found["issuer"] = texts.get("/issuer/name", "")
    if "/holder/name" in texts:
        found["holder"] = masked(texts["/holder/name"])
    return found
