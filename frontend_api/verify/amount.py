"""(6) amount: at source + settled + reserved is not more than the face amount; what is left."""

from __future__ import annotations

from frontend_api.domain.bill import BillHeader
from frontend_api.verify.facts import ChainFacts
from frontend_api.verify.report import Finding, Verdict, invalid, skipped, valid


def check_amount(header: BillHeader, live: Finding, gated: ChainFacts | Finding) -> Finding:
    """The figures, in fen. The contracts keep the rule; breaking it would be theirs to answer."""
    if isinstance(gated, Finding):
        return gated
    if live.verdict is not Verdict.VALID:
        return skipped("needs-live")
    used = gated.amounts
    figures = {
        "amount": header.amount_fen,
        "at_source": header.at_source_fen,
        "settled": used.settled_fen,
        "reserved": used.reserved_fen,
    }
    left = header.amount_fen - header.at_source_fen - used.settled_fen - used.reserved_fen
    if left < 0:
        return invalid("overspent", **figures)
    return valid("amounts", **figures, left=left)
