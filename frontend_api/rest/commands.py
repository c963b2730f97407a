"""Writes that end in one transaction: void, grant, lock, settle, reject."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, Response

from frontend_api.bootstrap import Services
from frontend_api.commitment.canonical import read_json
from frontend_api.domain.errors import NotFound
from frontend_api.domain.numbers import BillNumber
from frontend_api.flow.authorise import authorise
from frontend_api.flow.claim import claim_id_of, lock_claim, reject_claim, settle_claim
from frontend_api.flow.read import visible_bill
from frontend_api.flow.void import void_bill
from frontend_api.ports import Caller
from frontend_api.rest import bodies
from frontend_api.rest.models import ClaimView, CommandView
from frontend_api.rest.present import answer, claim_view, hex_of, path_of
from frontend_api.rest.replies import READ, WRITE, json_body, problems
from frontend_api.rest.waiting import mined
from frontend_api.rest.wire import (
    AnyCaller,
    ClaimNo,
    Hub,
    IdempotencyKey,
    IssuerCaller,
    JsonBytes,
    Number,
    PayerCaller,
)

router = APIRouter(prefix="/bills/{bill_code}/{bill_no}", tags=["reimbursement"])

_REPLIES: dict[int | str, dict[str, Any]] = {
    202: {"model": CommandView, "description": "On its way: repeat with the same key, or follow"},
    **problems(*WRITE),
}


def _reply(
    hub: Services,
    number: BillNumber,
    tx_id: int,
    follow: str,
    claim: Callable[[], ClaimView | None] = lambda: None,
) -> Response:
    transaction = mined(hub, number.key, tx_id)
    links = {"self": f"{path_of(number)}{follow}", "bill": path_of(number)}
    if transaction is None:
        return answer(CommandView(state="PENDING", links=links), 202)
    tx_hash = hex_of(transaction.hash or b"")
    blocks = [
        e.block_number
        for e in hub.desk.views.trail(number.key)
        if e.transaction_hash == transaction.hash
    ]
    done = CommandView(
        state="DONE",
        transaction=tx_hash,
        block_number=blocks[0] if blocks else None,
        claim=claim(),
        links=links,
    )
    return answer(done, 201)


@router.post(
    "/void",
    operation_id="voidBill",
    summary="Void a bill that nobody has claimed 作废",
    tags=["bills"],
    status_code=201,
    response_model=CommandView,
    responses=_REPLIES,
    openapi_extra=json_body(bodies.VOID, bodies.VOID_EXAMPLE),
)
def post_void(
    hub: Hub,
    caller: IssuerCaller,
    number: Number,
    raw: JsonBytes,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """By its issuer. The number is not used again."""
    tx_id = void_bill(hub.desk, caller, number, idempotency_key, read_json(raw))
    return _reply(hub, number, tx_id, "/state")


@router.post(
    "/grants",
    operation_id="grantBill",
    summary="Grant a payer the use of a bill 授权",
    status_code=201,
    response_model=CommandView,
    responses={**_REPLIES, **problems(429)},
    openapi_extra=json_body(bodies.GRANT, bodies.GRANT_EXAMPLE),
)
def post_grant(
    hub: Hub, number: Number, raw: JsonBytes, idempotency_key: IdempotencyKey = None
) -> Response:
    """By the holder, without an API key: check code and token (the end of the QR's address) show
    that the bill is at hand; a holder with a wallet also signs (EIP-712). An unknown bill and a
    wrong code answer alike."""
    tx_id = authorise(hub.desk, number, idempotency_key, read_json(raw))
    return _reply(hub, number, tx_id, "/state")


@router.post(
    "/claims",
    operation_id="lockClaim",
    summary="Reserve an amount 锁定报销",
    status_code=201,
    response_model=CommandView,
    responses=_REPLIES,
    openapi_extra=json_body(bodies.LOCK, bodies.LOCK_EXAMPLE),
)
def post_claim(
    hub: Hub,
    caller: PayerCaller,
    number: Number,
    raw: JsonBytes,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """By a payer whom the holder granted the bill. The contract holds every limit: 409 with its
    reason when nothing is left, the grant does not reach, or the statutory payer comes first."""
    body = read_json(raw)
    tx_id = lock_claim(hub.desk, caller, number, idempotency_key, body)
    claim_no = str(body["claim_no"])
    return _reply(
        hub, number, tx_id, f"/claims/{claim_no}", lambda: _claim(hub, caller, number, claim_no)
    )


@router.get(
    "/claims/{claim_no}",
    operation_id="readClaim",
    summary="One of the payer's claims",
    response_model=ClaimView,
    responses=problems(*READ),
)
def read_claim(hub: Hub, caller: AnyCaller, number: Number, claim_no: ClaimNo) -> Response:
    """Claim numbers are each payer's own; only that payer can read them here."""
    visible_bill(hub.desk, caller, number)
    claim = _claim(hub, caller, number, claim_no)
    if claim is None:
        raise NotFound(f"no claim {claim_no!r} of yours on bill {number}")
    return answer(claim)


def _claim(hub: Services, caller: Caller, number: BillNumber, claim_no: str) -> ClaimView | None:
    if not claim_no.isascii() or len(claim_no) > 32:
        return None
    views = hub.desk.views
    claim = views.claim(caller.owner, number.key, claim_id_of(claim_no))
    return claim_view(claim, views, hub.desk.clock()) if claim else None


@router.post(
    "/claims/{claim_no}/settle",
    operation_id="settleClaim",
    summary="Pay a reserved claim 报销结算",
    status_code=201,
    response_model=CommandView,
    responses=_REPLIES,
    openapi_extra=json_body(bodies.SETTLE, bodies.SETTLE_EXAMPLE),
)
def post_settle(
    hub: Hub,
    caller: PayerCaller,
    number: Number,
    claim_no: ClaimNo,
    raw: JsonBytes,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """In whole or in part; what is not approved is free for others again."""
    body = read_json(raw)
    tx_id = settle_claim(hub.desk, caller, number, claim_no, idempotency_key, body)
    return _reply(
        hub, number, tx_id, f"/claims/{claim_no}", lambda: _claim(hub, caller, number, claim_no)
    )


@router.post(
    "/claims/{claim_no}/reject",
    operation_id="rejectClaim",
    summary="Decline a reserved claim 拒绝报销",
    status_code=201,
    response_model=CommandView,
    responses=_REPLIES,
    openapi_extra=json_body(bodies.REJECT, bodies.REJECT_EXAMPLE),
)
def post_reject(
    hub: Hub,
    caller: PayerCaller,
    number: Number,
    claim_no: ClaimNo,
    raw: JsonBytes,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """The whole reserved amount is free for others again."""
    body = read_json(raw)
    tx_id = reject_claim(hub.desk, caller, number, claim_no, idempotency_key, body)
    return _reply(
        hub, number, tx_id, f"/claims/{claim_no}", lambda: _claim(hub, caller, number, claim_no)
    )
