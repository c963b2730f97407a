"""Credentials (SD-JWT VC) of bills, and the keys that verify them."""

from __future__ import annotations

from fastapi import APIRouter, Response
from starlette.responses import JSONResponse

from frontend_api.commitment.canonical import read_json
from frontend_api.flow.credential import credential_of, issuer_metadata, read_order
from frontend_api.rest import bodies
from frontend_api.rest.replies import READ, json_body, problems
from frontend_api.rest.wire import Hub, IssuerCaller, JsonBytes, Number

router = APIRouter(prefix="/bills/{bill_code}/{bill_no}", tags=["bills"])
well_known = APIRouter(prefix="/.well-known", tags=["about"])

MEDIA_TYPE = "application/dc+sd-jwt"


@router.post(
    "/credentials",
    operation_id="makeCredential",
    summary="The bill as a verifiable credential, SD-JWT VC 可验证凭证",
    response_class=Response,
    responses={
        200: {
            "description": "The compact form, always the same bytes",
            "content": {MEDIA_TYPE: {"schema": {"type": "string"}}},
        },
        **problems(400, *READ, 409, 413, 415, 503),
    },
    openapi_extra=json_body(bodies.CREDENTIAL, bodies.CREDENTIAL_EXAMPLE),
)
def post_credential(hub: Hub, caller: IssuerCaller, number: Number, raw: JsonBytes) -> Response:
    """By its issuer, whose document key signs it. Nothing is stored; no Idempotency-Key is needed.

    `holder_key` binds it to a key of the holder (`cnf`). Status stays on the chain: `status` says
    where.
    """
    wish, holder_key = read_order(read_json(raw))
    made = credential_of(hub.desk, caller, number, wish, holder_key)
    return Response(made, media_type=MEDIA_TYPE, headers={"Cache-Control": "private, no-cache"})


@well_known.get(
    "/jwt-vc-issuer/issuers/{uscc}",
    operation_id="readIssuerKeys",
    summary="The keys that sign an issuer's credentials",
    response_class=JSONResponse,
    responses={
        200: {
            "description": "JWT VC Issuer Metadata",
            "content": {"application/json": {"schema": {"type": "object"}}},
        },
        **problems(404),
    },
)
def read_issuer_keys(hub: Hub, uscc: str) -> Response:
    """Open to all; what `iss` of a credential leads to."""
    return JSONResponse(issuer_metadata(hub.desk, uscc))
