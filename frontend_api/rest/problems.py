"""Problem details (RFC 9457): an error as the answer of an HTTP request."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import Any

from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse, Response

from frontend_api.domain.errors import (
    ChainUnreachable,
    FieldProblem,
    HistoryChanged,
    InvalidFields,
    NotAuthenticated,
    PiaolianError,
    RefusedByContract,
    SignerUnavailable,
    WrongChain,
)
from frontend_api.rest.catalog import INTERNAL, RETRY_AFTER, TOO_MANY, status_of, type_of

MEDIA_TYPE = "application/problem+json"
_CALM = "an unexpected error; it was logged, nothing of yours is lost"
# The error's own words name machines behind this service; the log has them, strangers do not.
_DISCREET = {
    ChainUnreachable.code: "the chain does not answer now: try again later",
    WrongChain.code: "the chain that answers is not the one this platform knows: writing is "
    "stopped, reading goes on",
    HistoryChanged.code: "the chain came back with another history: what it lost is sent again",
    SignerUnavailable.code: "a signing key of this platform cannot be used now",
}
_HTTP_CODES = {400: "malformed", 404: "not-found", 405: "method-not-allowed", 413: "too-large"}


@dataclass(frozen=True, slots=True)
class Problem:
    """What went wrong, ready to be shown as JSON or as a page."""

    code: str
    status: int
    detail: str
    errors: tuple[FieldProblem, ...] = ()
    reason: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def title(self) -> str:
        return type_of(self.code).title

    def with_header(self, name: str, value: str) -> Problem:
        """The same with one more header."""
        return replace(self, headers={**self.headers, name: value})

    def body(self, instance: str, request_id: str) -> dict[str, Any]:
        """The members of the problem document."""
        return {
            "type": f"/problems/{self.code}",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            "instance": instance,
            "request_id": request_id,
            **({"reason": self.reason} if self.reason else {}),
            **({"errors": [_shown(p) for p in self.errors]} if self.errors else {}),
        }

    def response(self, request: HTTPConnection) -> Response:
        """As ``application/problem+json``."""
        return JSONResponse(
            self.body(request.url.path, request_id_of(request)),
            self.status,
            headers=dict(self.headers),
            media_type=MEDIA_TYPE,
        )


def _shown(problem: FieldProblem) -> dict[str, str]:
    return {"path": problem.path, "code": problem.code, "message": problem.message}


def request_id_of(request: HTTPConnection) -> str:
    """The id under which this request is logged."""
    return str(request.scope.get("state", {}).get("request_id", ""))


def problem_of(error: Exception) -> Problem:
    """The problem that an exception becomes; one we did not raise on purpose says nothing."""
    if isinstance(error, RequestValidationError):
        error = InvalidFields(_from_validation(error.errors()))
    if isinstance(error, HTTPException):
        return _from_http(error)
    if not isinstance(error, PiaolianError):
        return Problem(INTERNAL, HTTPStatus.INTERNAL_SERVER_ERROR, _CALM)
    status = status_of(error)
    if status == HTTPStatus.INTERNAL_SERVER_ERROR:
        return Problem(INTERNAL, status, _CALM)
    headers = {}
    if isinstance(error, NotAuthenticated):
        headers["WWW-Authenticate"] = 'Bearer realm="piaolian"'
    if error.code in RETRY_AFTER:
        headers["Retry-After"] = str(RETRY_AFTER[error.code])
    return Problem(
        error.code,
        status,
        _DISCREET.get(error.code) or str(error),
        errors=error.problems if isinstance(error, InvalidFields) else (),
        reason=error.reason if isinstance(error, RefusedByContract) else None,
        headers=headers,
    )


def discreet_detail(code: str) -> str | None:
    """What strangers are told instead of the error's own words; None if those may be shown."""
    return _DISCREET.get(code)


def too_many(seconds: int) -> Problem:
    """The problem of a client that guessed too often."""
    return Problem(
        TOO_MANY,
        HTTPStatus.TOO_MANY_REQUESTS,
        f"too many wrong guesses from this address: wait {seconds} seconds",
        headers={"Retry-After": str(seconds)},
    )


def _from_http(error: HTTPException) -> Problem:
    code = _HTTP_CODES.get(error.status_code, "bad-input")
    if error.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
        code = INTERNAL
    details = {
        "not-found": "there is nothing at this address",
        "method-not-allowed": "this address does not take this method",
    }
    detail = details.get(code, str(error.detail))
    return Problem(code, error.status_code, detail, headers=dict(error.headers or {}))


def _from_validation(found: Sequence[Mapping[str, Any]]) -> Iterable[FieldProblem]:
    for item in found:
        place, *rest = item["loc"]
        name = "/".join(str(part) for part in rest)
        path = f"?{name}" if place == "query" else f"/{name}"
        yield FieldProblem(path, "invalid", str(item["msg"]))
