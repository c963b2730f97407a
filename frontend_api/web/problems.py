"""Errors as pages: friendly, without internals."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response

from frontend_api.web.render import page

_OWN_WORDS = (404, 409, 413, 415, 429, 503)


def problem_page(request: Request, status: int, code: str, headers: Mapping[str, str]) -> Response:
    """The page of a problem; ``code`` is its type's."""
    if status == 404 and not request.url.path.startswith("/b/"):
        words = "page_gone"
    elif status in _OWN_WORDS:
        words = f"page_{status}"
    else:
        words = "page_500" if status >= 500 else "page_4xx"
    return page(
        request,
        "problem.html",
        status,
        dict(headers),
        words=words,
        tone="unknown" if status in (409, 429, 503) else "bad",
        code=code,
        request_id=request.scope.get("state", {}).get("request_id", ""),
    )
