"""The state of a bill as the contracts hold it at this moment."""

from __future__ import annotations

from frontend_api.bootstrap import Services
from frontend_api.domain.states import Role, Validity
from frontend_api.flow.read import require_anchored
from frontend_api.ports import Caller, ChainBillState, StoredBill
from frontend_api.rest.models import AmountsView, ClaimView, StateView
from frontend_api.rest.present import anchoring_of, claim_view


def state_of(hub: Services, caller: Caller, stored: StoredBill) -> StateView:
    """Raises ChainUnreachable, NotAnchoredYet."""
    anchored = require_anchored(stored)
    deployment, number = hub.desk.platform.deployment, stored.bill.header.number
    head = hub.reader.head()
    on_chain = hub.reader.bill_state(deployment, number.key)
    validity = _validity(hub, on_chain, anchored.batch_id)
    issuer = hub.reader.issuer(deployment, stored.issuer)
    return StateView(
        bill_code=number.code,
        bill_no=number.number,
        state=anchoring_of(stored),
        validity=validity,
        on_paper=on_chain.on_paper,
        voided_at=on_chain.voided_at or None,
        issuer_status=issuer.status if issuer else None,
        amounts=_amounts(hub, stored, validity is Validity.ISSUED and not on_chain.on_paper),
        claims=_claims(hub, caller, number.key),
        as_of_block=head.number,
    )


def _validity(hub: Services, on_chain: ChainBillState, batch_id: int) -> Validity:
    if on_chain.voided:
        return Validity.VOIDED
    if on_chain.reversed_at:
        return Validity.REVERSED
    if on_chain.red:
        return Validity.RED_LETTER
    disputed = hub.reader.disputed(hub.desk.platform.deployment, batch_id)
    return Validity.DISPUTED if disputed and not on_chain.attested else Validity.ISSUED


def _amounts(hub: Services, stored: StoredBill, payable: bool) -> AmountsView:
    header = stored.bill.header
    held = hub.reader.amounts(hub.desk.platform.deployment, header.number.key)
    left = header.amount_fen - header.at_source_fen - held.settled_fen - held.reserved_fen
    return AmountsView(
        total_fen=header.amount_fen,
        at_source_fen=header.at_source_fen,
        settled_fen=held.settled_fen,
        reserved_fen=held.reserved_fen,
        left_fen=left if payable else 0,
        statutory_decided=held.statutory_decided,
    )


def _claims(hub: Services, caller: Caller, bill_key: int) -> list[ClaimView]:
    now = hub.desk.clock()
    return [
        claim_view(claim, hub.desk.views, now)
        for claim in hub.desk.views.claims(bill_key)
        if caller.role is not Role.PAYER or claim.payer == caller.owner
    ]
