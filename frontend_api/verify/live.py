"""(5) live: nothing has happened since that takes the bill out of use."""

from __future__ import annotations

from frontend_api.verify.authority import dispute
from frontend_api.verify.facts import ChainFacts
from frontend_api.verify.report import Finding, invalid, valid


def check_live(gated: ChainFacts | Finding) -> Finding:
    """Judge the bill's state now. A suspended issuer's bills stay good."""
    if isinstance(gated, Finding):
        return gated
    assert gated.batch is not None
    if gated.state.voided:
        return invalid("voided", time=gated.state.voided_at, void_reason=gated.state.reason)
    if gated.state.reversed_at:
        return invalid("reversed", time=gated.state.reversed_at)
    if gated.state.red:
        return invalid("red-letter")
    if gated.state.on_paper:
        return invalid("on-paper")
    since = dispute(gated)
    return invalid("disputed", since=since) if since else valid("live")
