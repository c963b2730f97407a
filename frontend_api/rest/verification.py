"""Verifying a document, or looking a bill up by its face."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Header, Query, Response
from starlette.responses import JSONResponse

from frontend_api.bootstrap import Services
from frontend_api.commitment.canonical import read_json
from frontend_api.flow.look_up import look_up, read_question
from frontend_api.flow.read import bill_file_of
from frontend_api.rest.bodies import LOOK_UP, LOOK_UP_EXAMPLE
from frontend_api.rest.problems import discreet_detail
from frontend_api.rest.replies import problems
from frontend_api.rest.upload import FORM, JSON, OFD, PDF, DocumentUpload
from frontend_api.rest.wire import Hub
from frontend_api.verify import Check, VerificationReport

router = APIRouter(tags=["verification"])

_BINARY = {"type": "string", "format": "binary"}
_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            FORM: {
                "schema": {"type": "object", "properties": {"file": _BINARY}, "required": ["file"]}
            },
            PDF: {"schema": _BINARY},
            OFD: {"schema": _BINARY},
            JSON: {
                "schema": {
                    "anyOf": [
                        LOOK_UP,
                        {
                            "type": "object",
                            "description": "A bill file, as `/bills/{code}/{no}/json` answers it, "
                            "or a presentation",
                            "properties": {
                                "format": {"enum": ["piaolian-bill/1", "piaolian-presentation/1"]}
                            },
                            "required": ["format"],
                        },
                    ]
                },
                "examples": {"look-up": {"value": LOOK_UP_EXAMPLE}},
            },
        },
    }
}
_REPORT: dict[str, Any] = {
    "type": "object",
    "description": "Separate verdicts, each VALID, INVALID, UNKNOWN or SKIPPED with a reason and "
    "words; `overall` is VALID only if all are. UNKNOWN says nothing against the bill.",
    "required": ["format", "overall", "checked_at", "bill", "chain", "compare", "verdicts"],
}


@router.post(
    "/verify",
    operation_id="verifyDocument",
    summary="Verify a document, or look a bill up 查验",
    response_class=Response,
    responses={
        200: {
            "description": "The report",
            "content": {JSON: {"schema": _REPORT}, PDF: {"schema": _BINARY}},
        },
        **problems(400, 404, 409, 413, 415, 422, 429),
    },
    openapi_extra=_BODY,
)
def post_verify(
    hub: Hub,
    upload: DocumentUpload,
    report: Annotated[
        Literal["json", "pdf"] | None, Query(description="`pdf`: to be printed, like Accept")
    ] = None,
    accept: Annotated[str, Header(include_in_schema=False)] = "",
) -> Response:
    """Send a PDF, an OFD or a bill file (form, or the bytes as they are): needs only the chain.

    Or send what stands on the face (code, number, check code, amount): the platform's own bill is
    looked up; an unknown bill and a wrong code answer alike. No API key."""
    found = _report(hub, upload.data, upload.media_type)
    found = replace(found, verdicts=tuple(map(_discreet, found.verdicts)))
    if report == "pdf" or (report is None and accept.partition(";")[0].strip() == PDF):
        made = hub.verifier.report_pdf(found, "", upload.data)
        shown = {"Content-Disposition": 'inline; filename="report.pdf"'}
        return Response(made, media_type=PDF, headers=shown)
    return JSONResponse(found.to_json())


def _discreet(check: Check) -> Check:
    detail = discreet_detail(check.reason)
    if detail is None or "detail" not in check.finding.facts:
        return check
    return replace(check, finding=replace(check.finding, facts={"detail": detail}))


def _report(hub: Services, data: bytes, media_type: str) -> VerificationReport:
    if media_type == JSON:
        body = read_json(data)
        if not (isinstance(body, dict) and "format" in body):
            stored = look_up(hub.desk, read_question(body))
            return hub.verifier.verify_bill_file(bill_file_of(hub.desk, stored))
    return hub.verifier.verify_upload(data)
