"""Presentations: a bill of which only some fields are shown."""

from __future__ import annotations

from fastapi import APIRouter, Response

from frontend_api.commitment.canonical import read_json
from frontend_api.domain.checks import Body
from frontend_api.flow.disclose import present_bill, read_wish
from frontend_api.rest import bodies
from frontend_api.rest.replies import READ, json_body, problems
from frontend_api.rest.wire import AnyCaller, Hub, JsonBytes, Number

router = APIRouter(prefix="/bills/{bill_code}/{bill_no}", tags=["bills"])


@router.post(
    "/presentations",
    operation_id="presentBill",
    summary="The bill with some of its fields, provable all the same 选择性出示",
    response_class=Response,
    responses={
        200: {
            "description": "The presentation, always the same bytes",
            "content": {"application/json": {"schema": {"type": "object"}}},
        },
        **problems(400, *READ, 409, 413, 415),
    },
    openapi_extra=json_body(bodies.PRESENT, bodies.PRESENT_EXAMPLE),
)
def post_presentation(hub: Hub, caller: AnyCaller, number: Number, raw: JsonBytes) -> Response:
    """For whoever may read the bill. Nothing is stored, so no Idempotency-Key is needed.

    A payer whose grant is for a list of fields sends that very list. Verify it like a bill.
    """
    wish = read_wish(Body(read_json(raw)))
    made = present_bill(hub.desk, caller, number, wish).to_bytes()
    headers = {
        "Cache-Control": "private, no-cache",
        "Content-Disposition": f'attachment; filename="{number}.presentation.json"',
    }
    return Response(made, media_type="application/json", headers=headers)
