"""The problem answers of operations, for the OpenAPI document."""

from __future__ import annotations

from typing import Any

from frontend_api.rest.problems import MEDIA_TYPE

_WORDS = {
    400: "The body is not what it claims to be, or the Idempotency-Key is missing",
    401: "No valid API key",
    403: "The key's role, grant or standing does not allow this",
    404: "No such thing, or not the caller's",
    409: "The present state does not allow this",
    413: "Over the limit",
    415: "Wrong media type, or bytes that disagree with it",
    422: "Fields that break a rule; each is listed with its path",
    429: "Too many wrong guesses; Retry-After says when to go on",
    503: "The chain, or something else we depend on, does not answer now",
}

READ = (401, 403, 404, 422)
WRITE = (400, 401, 403, 404, 409, 413, 415, 422, 503)


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The ``responses`` of an operation for these statuses."""
    return {
        status: {
            "description": _WORDS[status],
            "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemView"}}},
        }
        for status in statuses
    }


def json_body(schema: dict[str, Any], example: dict[str, Any]) -> dict[str, Any]:
    """``openapi_extra`` for a body that is read raw, so that its reading can be strict."""
    media = {"schema": schema, "examples": {"example": {"value": example}}}
    return {"requestBody": {"required": True, "content": {"application/json": media}}}
