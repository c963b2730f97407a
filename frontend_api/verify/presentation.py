"""A bill in part: integrity is judged of what is shown, everything else as of a whole bill.

State cannot be withheld: it comes from the chain, for the number in the header.
"""

from __future__ import annotations

from typing import Any

from frontend_api.commitment.presentation import ALWAYS_SHOWN, Presentation
from frontend_api.ports import TrustedDeployments
from frontend_api.verify.checks import on_chain_checks
from frontend_api.verify.facts import BillReader
from frontend_api.verify.paper import header_of, masked
from frontend_api.verify.report import Finding, Verdict, VerificationReport, invalid, valid
from frontend_api.verify.shown import LINES, fault_of_shown

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
    fault = fault_of_shown(presentation.fields, presentation.header)
    if fault:
        return fault
    shown = {f.path for f in presentation.shown}
    missing = [path for path in ALWAYS_SHOWN if path not in shown]
    return invalid("must-be-shown", field=missing[0]) if missing else _intact(presentation)


def _intact(presentation: Presentation) -> Finding:
    withheld = presentation.withheld
    names = [w.path for w in withheld if w.path is not None]
    lines = [name for name in names if name.startswith(LINES)]
    others = [name for name in names if not name.startswith(LINES) and _is_tellable(name)]
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
