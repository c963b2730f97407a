"""From the flow's values to the shapes of the answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel
from starlette.responses import JSONResponse

from frontend_api.domain.numbers import BillNumber
from frontend_api.domain.states import Anchoring, ClaimState, Validity
from frontend_api.ports import Anchored, ClaimRecord, StoredBill, Views
from frontend_api.rest.models import AnchorView, BillSummary, ClaimView

PREFIX = "/api/v1"


def answer(
    view: BaseModel, status: int = 200, headers: Mapping[str, str] | None = None
) -> JSONResponse:
    """A shape as the response."""
    return JSONResponse(view.model_dump(mode="json"), status, headers=dict(headers or {}))


def path_of(number: BillNumber) -> str:
    """Where the bill is."""
    return f"{PREFIX}/bills/{number.code}/{number.number}"


def links_of(number: BillNumber) -> dict[str, str]:
    """Where to go on from a bill."""
    here = path_of(number)
    parts = {
        part: f"{here}/{part}"
        for part in ("pdf", "ofd", "json", "proof", "bundle", "receipt", "state", "trail")
    }
    return {"self": here, **parts}


def anchor_view(anchored: Anchored | None) -> AnchorView | None:
    """Where the bill is anchored, or None."""
    if anchored is None:
        return None
    anchor = anchored.anchor
    return AnchorView(
        block_number=anchor.block_number,
        block_hash=hex_of(anchor.block_hash),
        block_time=anchor.block_time,
        transaction=hex_of(anchor.transaction),
        batch_id=str(anchored.batch_id),
        batch_size=anchored.count,
    )


def hex_of(data: bytes) -> str:
    """Bytes as ``0x`` text."""
    return "0x" + data.hex()


def anchoring_of(stored: StoredBill) -> Anchoring:
    """Where the bill stands on its way to the chain."""
    return Anchoring.ANCHORED if stored.anchored else Anchoring.ACCEPTED


def summary_fields(stored: StoredBill) -> dict[str, Any]:
    """The members of :class:`BillSummary`."""
    header = stored.bill.header
    return {
        "bill_code": header.number.code,
        "bill_no": header.number.number,
        "kind": stored.kind,
        "business_no": stored.business_no,
        "state": anchoring_of(stored),
        "validity": Validity.ISSUED if stored.voided_at is None else Validity.VOIDED,
        "amount_fen": header.amount_fen,
        "currency": header.currency,
        "accepted_at": stored.accepted_at,
        "voided_at": stored.voided_at,
        "links": links_of(header.number),
    }


def summary(stored: StoredBill) -> BillSummary:
    """One line of a list."""
    return BillSummary(**summary_fields(stored))


def claim_view(claim: ClaimRecord, views: Views, now: int) -> ClaimView:
    """A claim; a reservation that ran out reads EXPIRED even before the chain was told."""
    claim_no = claim.claim_id.rstrip(b"\0").decode("ascii", "replace")
    payer = views.payer(claim.payer)
    ran_out = claim.state is ClaimState.RESERVED and claim.expires_at < now
    here = path_of(BillNumber(claim.bill_key))
    return ClaimView(
        claim_no=claim_no,
        payer=claim.payer,
        payer_name=payer.name if payer else "",
        state=ClaimState.EXPIRED if ran_out else claim.state,
        statutory=claim.statutory,
        reserved_fen=claim.reserved_fen,
        approved_fen=claim.approved_fen,
        expires_at=claim.expires_at,
        links={"self": f"{here}/claims/{claim_no}", "bill": here},
    )
