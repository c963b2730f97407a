"""Reading one bill: content, documents, proof, state, trail."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Header, Query, Response

from frontend_api.bootstrap import Services
from frontend_api.commitment.canonical import read_json
from frontend_api.domain.errors import NotFound
from frontend_api.domain.numbers import BillNumber
from frontend_api.domain.states import Role
from frontend_api.flow.disclose import require_all_fields
from frontend_api.flow.marks import mark_of
from frontend_api.flow.read import (
    bill_file_of,
    inclusion_of,
    open_bill,
    receipt_of,
    verify_url,
    visible_bill,
)
from frontend_api.ports import Caller, StoredBill
from frontend_api.rest.chain_state import state_of
from frontend_api.rest.models import BillView, ProofView, ReceiptView, StateView, Trail, TrailEntry
from frontend_api.rest.present import anchor_view, answer, hex_of, summary_fields
from frontend_api.rest.replies import READ, problems
from frontend_api.rest.wire import AnyCaller, DocumentCaller, Hub, Number

router = APIRouter(prefix="/bills/{bill_code}/{bill_no}", tags=["bills"])

_DOCUMENT = problems(*READ, 409)
_IfNoneMatch = Annotated[str | None, Header(alias="If-None-Match")]
_Proof = Annotated[
    bool, Query(description="Put the proof bundle of now into it, so that it proves itself offline")
]


_PICTURES = {"png": "image/png", "svg": "image/svg+xml"}
Page = Annotated[int, Query(ge=1, le=1000, description="Which page")]


def _file_reply(media_type: str) -> dict[int | str, dict[str, Any]]:
    binary = {"type": "string", "format": "binary"}
    content = {media_type: {"schema": {"type": "object"} if "json" in media_type else binary}}
    return {
        200: {"description": "The bytes, always the same", "content": content},
        304: {"description": "Not changed"},
        **_DOCUMENT,
    }


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
    "/pdf",
    operation_id="readPdf",
    summary="The bill as PDF/A-3 with the bill file inside",
    response_class=Response,
    responses=_file_reply("application/pdf") | problems(503),
)
def read_pdf(
    hub: Hub,
    caller: DocumentCaller,
    number: Number,
    proof: _Proof = False,
    if_none_match: _IfNoneMatch = None,
) -> Response:
    """Signed by issuer and supervisor. Stamped across the page once the bill was voided, reversed
    or swapped for paper. 409 with Retry-After until the bill is anchored.

    With `proof` it carries its proof bundle, has other bytes with each new block, and is 503 when
    the chain does not answer."""
    stored = visible_bill(hub.desk, caller, number)
    bill_file = bill_file_of(hub.desk, stored)
    bundle = hub.prove(bill_file) if proof else None
    pdf = hub.pdf(bill_file, mark_of(hub.desk, stored), bundle)
    return _file(pdf, "application/pdf", number, "pdf", if_none_match)


@router.get(
    "/png",
    operation_id="readPng",
    summary="A page of the bill as a picture, as wide as a phone",
    response_class=Response,
    responses=_file_reply("image/png"),
)
def read_png(
    hub: Hub,
    caller: DocumentCaller,
    number: Number,
    page: Page = 1,
    if_none_match: _IfNoneMatch = None,
) -> Response:
    """To look at, without proof: verify the PDF. 404 for a page that the bill does not have."""
    return _picture(hub, caller, number, "png", page, if_none_match)


@router.get(
    "/svg",
    operation_id="readSvg",
    summary="A page of the bill as a drawing of any size",
    response_class=Response,
    responses=_file_reply("image/svg+xml"),
)
def read_svg(
    hub: Hub,
    caller: DocumentCaller,
    number: Number,
    page: Page = 1,
    if_none_match: _IfNoneMatch = None,
) -> Response:
    """To look at, without proof: verify the PDF. 404 for a page that the bill does not have."""
    return _picture(hub, caller, number, "svg", page, if_none_match)


def _picture(
    hub: Services,
    caller: Caller,
    number: BillNumber,
    form: Literal["png", "svg"],
    page: int,
    known: str | None,
) -> Response:
    stored = visible_bill(hub.desk, caller, number)
    mark = mark_of(hub.desk, stored)
    pages = hub.documents.pictures(bill_file_of(hub.desk, stored), form, mark)
    if page > len(pages):
        raise NotFound(f"bill {number} has {len(pages)} pages")
    return _file(pages[page - 1], _PICTURES[form], number, form, known)


@router.get(
    "/ofd",
    operation_id="readOfd",
    summary="The bill as OFD (GB/T 33190) with the bill file inside",
    response_class=Response,
    responses=_file_reply("application/ofd"),
)
def read_ofd(
    hub: Hub, caller: DocumentCaller, number: Number, if_none_match: _IfNoneMatch = None
) -> Response:
    """409 with Retry-After until the bill is anchored."""
    bill_file = bill_file_of(hub.desk, visible_bill(hub.desk, caller, number))
    return _file(hub.ofd(bill_file), "application/ofd", number, "ofd", if_none_match)


@router.get(
    "/json",
    operation_id="readBillFile",
    summary="The bill file (票据文件), exactly as embedded in the PDF",
    response_class=Response,
    responses=_file_reply("application/json"),
)
def read_bill_file(
    hub: Hub, caller: DocumentCaller, number: Number, if_none_match: _IfNoneMatch = None
) -> Response:
    """All that a verifier needs besides a chain. 409 with Retry-After until it is anchored."""
    bill_file = bill_file_of(hub.desk, visible_bill(hub.desk, caller, number))
    return _file(bill_file.to_bytes(), "application/json", number, "json", if_none_match)


def _file(
    data: bytes, media_type: str, number: BillNumber, suffix: str, known: str | None
) -> Response:
    etag = f'"{hashlib.sha256(data).hexdigest()[:32]}"'
    headers = {
        "ETag": etag,
        "Cache-Control": "private, no-cache",
        "Content-Disposition": f'attachment; filename="{number}.{suffix}"',
    }
    if known is not None and etag in [tag.strip() for tag in known.split(",")]:
        return Response(status_code=304, headers=headers)
    return Response(data, media_type=media_type, headers=headers)


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
    responses=_DOCUMENT,
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
