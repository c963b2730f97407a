"""The proof bundle of one bill: what proves it when this service is gone."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response

from frontend_api.flow.read import bill_file_of, visible_bill
from frontend_api.rest.replies import READ, problems
from frontend_api.rest.wire import DocumentCaller, Hub, Number

router = APIRouter(prefix="/bills/{bill_code}/{bill_no}", tags=["bills"])

_Withhold = Annotated[
    list[str] | None,
    Query(description="Paths of fields not to disclose", examples=[["/holder/name"]]),
]


@router.get(
    "/bundle",
    operation_id="readProofBundle",
    summary="The proof bundle (证明包): verified offline against a trusted block",
    response_class=Response,
    responses={
        200: {
            "description": "A bundle whose state proof is of the chain's newest block",
            "content": {"application/json": {"schema": {"type": "object"}}},
        },
        **problems(400, *READ, 409, 503),
    },
)
def read_bundle(
    hub: Hub, caller: DocumentCaller, number: Number, withhold: _Withhold = None
) -> Response:
    """409 with Retry-After until the bill is anchored; 503 when the chain does not answer."""
    bill_file = bill_file_of(hub.desk, visible_bill(hub.desk, caller, number))
    bundle = hub.prove(bill_file).withholding(withhold or [])
    return Response(
        bundle.to_bytes(),
        media_type="application/json",
        headers={
            "Cache-Control": "private, no-store",
            "Content-Disposition": f'attachment; filename="{number}.proof.json"',
        },
    )
