"""Reading one bill: content, receipt, proof, state, trail. Its documents: ``documents.py``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fastapi import APIRouter, Response

from frontend_api.commitment.canonical import read_json
from frontend_api.domain.errors import NotFound
from frontend_api.domain.states import Role
from frontend_api.flow.disclose import require_all_fields
from frontend_api.flow.read import (
    bill_file_of,
    inclusion_of,
    open_bill,
    receipt_of,
    verify_url,
    visible_bill,
)
from frontend_api.ports import StoredBill
from frontend_api.rest.chain_state import state_of
from frontend_api.rest.models import BillView, ProofView, ReceiptView, StateView, Trail, TrailEntry
from frontend_api.rest.present import anchor_view, answer, hex_of, summary_fields
from frontend_api.rest.replies import READ, problems
from frontend_api.rest.wire import AnyCaller, Hub, Number

router = APIRouter(prefix="/bills/{bill_code}/{bill_no}", tags=["bills"])


@router.get(
    "",
    operation_id="readBill",
    summary="A bill with its content",
    response_model=BillView,
    responses=problems(*READ),
)
def read_bill(hub: Hub, caller: AnyCaller, number: Number) -> Response:
    """For its issuer, the supervisor, and payers whom the holder granted it.

    Payers do not see the check code and the verify URL: with both they could grant to themselves.
    403 for a payer whose grant is for some fields only: it asks for a presentation of those.
    """
    stored = visible_bill(hub.desk, caller, number)
    require_all_fields(hub.desk, caller, stored)
    opened = open_bill(hub.desk, stored)
    payer = caller.role is Role.PAYER
    content = {k: v for k, v in opened.content.items() if not (payer and k == "check_code")}
    view = BillView(
        **summary_fields(stored),
        issuer=stored.issuer,
        anchor=anchor_view(stored.anchored),
        content=content,
        verify_url=None if payer else verify_url(opened),
    )
    return answer(view)


@router.get(
    "/receipt",
    operation_id="readReceipt",
    summary="The signed promise of an anchor, with its proof once there is one",
    response_model=ReceiptView,
    responses=problems(*READ, 503),
)
def read_receipt(hub: Hub, caller: AnyCaller, number: Number) -> Response:
    """Keep it: with it anyone can show whether the promise was kept (`piaolian verify`).

    404 for a bill that was accepted without a promise.
    """
    stored = visible_bill(hub.desk, caller, number)
    inclusion = inclusion_of(hub.desk, stored) if stored.anchored else None
    receipt = receipt_of(hub.desk, stored, inclusion)
    if receipt is None:
        raise NotFound(f"bill {number} was accepted without a receipt")
    return answer(ReceiptView(**receipt.to_json()))


@router.get(
    "/proof",
    operation_id="readProof",
    summary="Header, audit path, anchor and deployment",
    response_model=ProofView,
    responses=problems(*READ, 409),
)
def read_proof(hub: Hub, caller: AnyCaller, number: Number) -> Response:
    """What a payer shows to the contracts; without content and personal data."""
    bill_file = bill_file_of(hub.desk, visible_bill(hub.desk, caller, number))
    parts = read_json(bill_file.to_bytes())
    return answer(ProofView(**{name: parts[name] for name in ProofView.model_fields}))


@router.get(
    "/state",
    operation_id="readState",
    summary="What the chain says now",
    response_model=StateView,
    responses=problems(*READ, 409, 503),
)
def read_state(hub: Hub, caller: AnyCaller, number: Number) -> Response:
    """Validity, amounts and claims, read from the contracts; 503 when the chain does not answer.

    A payer sees the amounts of all, but only claims of its own.
    """
    return answer(state_of(hub, caller, visible_bill(hub.desk, caller, number)))


@router.get(
    "/trail",
    operation_id="readTrail",
    summary="Everything that happened to the bill on the chain",
    response_model=Trail,
    responses=problems(*READ),
)
def read_trail(hub: Hub, caller: AnyCaller, number: Number) -> Response:
    """Events of the contracts, oldest first. For issuers and the supervisor whole; a payer sees
    what concerns the bill itself or that payer."""
    stored = visible_bill(hub.desk, caller, number)
    items = [
        TrailEntry(
            event=e.event,
            args={name: _exact(value) for name, value in e.args.items()},
            block_number=e.block_number,
            block_time=e.block_time,
            transaction=hex_of(e.transaction_hash),
        )
        for e in hub.desk.views.trail(number.key)
        if caller.role is not Role.PAYER or e.args.get("payer", caller.owner) == caller.owner
    ]
    return answer(Trail(items=[*_anchoring(stored), *items]))


def _exact(value: Any) -> Any:
    """Whole numbers that a JSON reader may round (over 53 bits) as text."""
    return str(value) if type(value) is int and abs(value) >= 2**53 else value


def _anchoring(stored: StoredBill) -> Iterator[TrailEntry]:
    """The batch's event: it names no bill, so the bill's own trail does not have it."""
    if stored.anchored:
        batch = stored.anchored
        yield TrailEntry(
            event="Anchored",
            args={
                "batch_id": str(batch.batch_id),
                "count": batch.count,
                "root": hex_of(batch.root),
                "issuer": batch.issuer,
                "signer": batch.signer,
            },
            block_number=batch.anchor.block_number,
            block_time=batch.anchor.block_time,
            transaction=hex_of(batch.anchor.transaction),
        )
