"""What was claimed and what is left, as figures and as the parts of a bar."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from frontend_api.bootstrap import Services
from frontend_api.domain.states import ClaimState
from frontend_api.ports import ClaimRecord, StoredBill
from frontend_api.web.facts import money

_BAR = 1000  # units of the bar's width
_PARTS = ("at_source", "settled", "reserved", "left")


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the amount; ``start`` and ``width`` place it on the bar."""

    name: str
    amount: str
    start: int
    width: int


@dataclass(frozen=True, slots=True)
class ClaimLine:
    """One payer's claim."""

    payer: str
    state: str
    amount: str


def parts_of(figures: Mapping[str, int], currency: str) -> list[Part]:
    """Places each figure (fen) on the bar; ``figures`` also has the whole ``amount``."""
    parts, start = [], 0
    for name in _PARTS:
        width = figures[name] * _BAR // figures["amount"]
        parts.append(Part(name, money(figures[name], currency), start, width))
        start += width
    return parts


def claims_of(hub: Services, stored: StoredBill) -> list[ClaimLine]:
    """Who claimed how much, as last read from the chain."""
    number, currency = stored.bill.header.number, stored.bill.header.currency
    return [_claim_line(hub, claim, currency) for claim in hub.desk.views.claims(number.key)]


def _claim_line(hub: Services, claim: ClaimRecord, currency: str) -> ClaimLine:
    payer = hub.desk.views.payer(claim.payer)
    settled = claim.state is ClaimState.SETTLED
    ran_out = claim.state is ClaimState.RESERVED and claim.expires_at < hub.desk.clock()
    return ClaimLine(
        payer=payer.name if payer else claim.payer,
        state=ClaimState.EXPIRED if ran_out else claim.state,
        amount=money(claim.approved_fen if settled else claim.reserved_fen, currency),
    )
