"""Issuing bills and listing an issuer's own."""

from __future__ import annotations

from typing import Annotated, Literal

import orjson
from fastapi import APIRouter, Query, Response

from frontend_api.bootstrap import Services
from frontend_api.commitment.canonical import read_json
from frontend_api.domain.errors import FieldProblem, InvalidFields
from frontend_api.domain.numbers import BillNumber
from frontend_api.domain.states import Anchoring
from frontend_api.flow.issue import Issued, NewlyIssued, draft_bill
from frontend_api.flow.read import open_bill, receipt_of, verify_url
from frontend_api.ports import BillQuery, StoredBill
from frontend_api.rest.models import AcceptedBill, BillPage, ReceiptView
from frontend_api.rest.present import (
    anchor_view,
    anchoring_of,
    answer,
    links_of,
    path_of,
    summary,
)
from frontend_api.rest.replies import WRITE, problems
from frontend_api.rest.waiting import wait_for
from frontend_api.rest.wire import Hub, IdempotencyKey, IssuerCaller, JsonBytes

router = APIRouter(tags=["bills"])

_JSON = "application/json"
_PAGE = 50
_MOST = 200


@router.post(
    "/bills",
    operation_id="issueBill",
    summary="Issue a bill 开票",
    status_code=202,
    response_model=AcceptedBill,
    responses={
        200: {"model": AcceptedBill, "description": "Repeated request: the same bill, anchored"},
        201: {"model": AcceptedBill, "description": "Anchored while the answer was held back"},
        **problems(*WRITE),
    },
)
def post_bill(
    hub: Hub,
    caller: IssuerCaller,
    raw: JsonBytes,
    idempotency_key: IdempotencyKey = None,
    wait: Annotated[
        Literal["anchored"] | None, Query(description="Hold the answer until the chain has it")
    ] = None,
) -> Response:
    """Accept a bill: it gets its number and cannot be lost any more; the anchor follows.

    Without `wait` the answer is 202 at once. With `wait=anchored` it is 201 when the chain has the
    bill, and 202 when that takes too long or the chain does not answer: the bill is accepted
    either way. A repeated request answers the same bill with `Idempotency-Replayed: true`.
    """
    draft = draft_bill(hub.desk, caller.owner, idempotency_key, read_json(raw))
    issued = draft if isinstance(draft, Issued) else hub.acceptor.issue(draft)
    if wait:
        wait_for(hub, lambda: _find(hub, issued.number).anchored is not None)
    return answer_of(hub, issued, waited=wait is not None)


def answer_of(hub: Services, issued: Issued, *, waited: bool) -> Response:
    """The answer to a request whose bill is stored; ``waited``: as the chain has it by now."""
    number = issued.number
    if issued.new and not waited:
        return Response(new_bill(number, issued.new), 202, {"Location": path_of(number)}, _JSON)
    stored = _find(hub, number)
    status = 202
    if stored.anchored and (waited or issued.replayed):
        status = 200 if issued.replayed else 201
    headers = {"Location": path_of(number)}
    if issued.replayed:
        headers["Idempotency-Replayed"] = "true"
    return answer(_accepted(hub, stored), status, headers)


def new_bill(number: BillNumber, new: NewlyIssued) -> bytes:
    """:class:`AcceptedBill` of a bill accepted this moment, without a look at what was stored."""
    return orjson.dumps(
        {
            "bill_code": number.code,
            "bill_no": number.number,
            "state": Anchoring.ACCEPTED,
            "check_code": new.check_code,
            "verify_url": new.verify_url,
            "anchor": None,
            "links": links_of(number),
            "receipt": new.receipt.to_json(),
        }
    )


def _find(hub: Services, number: BillNumber) -> StoredBill:
    stored = hub.desk.bills.find(number.key)
    if stored is None:
        raise RuntimeError(f"the accepted bill {number} is not in the database")
    return stored


def _accepted(hub: Services, stored: StoredBill) -> AcceptedBill:
    opened = open_bill(hub.desk, stored)
    number = stored.bill.header.number
    receipt = receipt_of(hub.desk, stored)
    return AcceptedBill(
        bill_code=number.code,
        bill_no=number.number,
        state=anchoring_of(stored),
        check_code=opened.content["check_code"],
        verify_url=verify_url(opened),
        anchor=anchor_view(stored.anchored),
        links=links_of(number),
        receipt=ReceiptView(**receipt.to_json()) if receipt else None,
    )


@router.get(
    "/bills",
    operation_id="listBills",
    summary="The issuer's bills by number, highest first",
    response_model=BillPage,
    responses=problems(401, 403, 422),
)
def list_bills(
    hub: Hub,
    caller: IssuerCaller,
    limit: Annotated[int, Query(ge=1, le=_MOST, description="Bills of one page")] = _PAGE,
    cursor: Annotated[
        str | None,
        Query(
            description="`next_cursor` of the page before", json_schema_extra={"format": "cursor"}
        ),
    ] = None,
    kind: Annotated[str | None, Query(description="Only this kind")] = None,
    state: Annotated[Anchoring | None, Query(description="Only this state")] = None,
) -> Response:
    """Pages by key: no bill is shown twice or left out while new ones come in."""
    if kind is not None and kind not in hub.kinds:
        choices = ", ".join(sorted(hub.kinds))
        raise InvalidFields([FieldProblem("?kind", "not-a-choice", f"must be one of {choices}")])
    before = _key_of(cursor)
    found = hub.desk.bills.page(BillQuery(caller.owner, limit + 1, before, kind, state))
    shown = found[:limit]
    more = len(found) > limit
    next_cursor = str(shown[-1].bill.number.key) if more else None
    return answer(BillPage(items=[summary(s) for s in shown], next_cursor=next_cursor))


def _key_of(cursor: str | None) -> int | None:
    if cursor is None:
        return None
    wrong = FieldProblem("?cursor", "invalid", "must be the next_cursor of an earlier page")
    if not (cursor.isascii() and cursor.isdecimal() and len(cursor) == 18):
        raise InvalidFields([wrong])
    try:
        return BillNumber(int(cursor)).key
    except ValueError as e:
        raise InvalidFields([wrong]) from e
