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
        voided_at=on_chain.voided_at or None,
        issuer_status=issuer.status if issuer else None,
        amounts=_amounts(hub, stored, validity),
        claims=_claims(hub, caller, number.key),
        as_of_block=head.number,
    )


def _validity(hub: Services, on_chain: ChainBillState, batch_id: int) -> Validity:
    if on_chain.voided:
        return Validity.VOIDED
    deployment = hub.desk.platform.deployment
    batch = hub.reader.batch(deployment, batch_id)
    key = hub.reader.key(deployment, batch.signer) if batch else None
    compromised = key.compromised_since if key else 0
    if batch and compromised and batch.anchored_at >= compromised:
        return Validity.DISPUTED
    return Validity.ISSUED


def _amounts(hub: Services, stored: StoredBill, validity: Validity) -> AmountsView:
    header = stored.bill.header
    held = hub.reader.amounts(hub.desk.platform.deployment, header.number.key)
    left = header.amount_fen - header.at_source_fen - held.settled_fen - held.reserved_fen
    return AmountsView(
        total_fen=header.amount_fen,
        at_source_fen=header.at_source_fen,
        settled_fen=held.settled_fen,
        reserved_fen=held.reserved_fen,
        left_fen=left if validity is Validity.ISSUED else 0,
        statutory_decided=held.statutory_decided,
    )


def _claims(hub: Services, caller: Caller, bill_key: int) -> list[ClaimView]:
    now = hub.desk.clock()
    return [
        claim_view(claim, hub.desk.views, now)
        for claim in hub.desk.views.claims(bill_key)
        if caller.role is not Role.PAYER or claim.payer == caller.owner
    ]
