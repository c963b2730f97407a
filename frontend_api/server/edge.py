"""The edge: request id, security headers, access log, and a calm answer to the unexpected."""

from __future__ import annotations

import os
import time
import traceback
from collections.abc import Callable

import structlog
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from frontend_api.rest.present import PREFIX
from frontend_api.rest.problems import Problem, problem_of

Present = Callable[[Request, Problem], Response]

_log = structlog.get_logger(__name__)

_HEADERS = {
    # Nothing is loaded from elsewhere and nothing runs inline: an injected tag stays inert.
    "Content-Security-Policy": (
        "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # The address of a holder's page is a secret: no other site may learn it.
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=()",
    "Cache-Control": "no-store",
}


class Edge:
    """Outermost layer of the service."""

    def __init__(self, app: ASGIApp, present: Present, *, https: bool) -> None:
        self._app = app
        self._present = present
        headers = dict(_HEADERS)
        if https:
            headers["Strict-Transport-Security"] = "max-age=31536000"
        self._headers = [(k.lower().encode(), v.encode()) for k, v in headers.items()]
        self._log = _log.bind()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = os.urandom(8).hex()
        scope.setdefault("state", {})["request_id"] = request_id
        started, status = time.perf_counter(), 0

        async def send_on(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                given = message["headers"]
                names = {name for name, _ in given}
                message["headers"] = [
                    *given,
                    (b"x-request-id", request_id.encode()),
                    *(header for header in self._headers if header[0] not in names),
                ]
            await send(message)

        try:
            await self._app(scope, receive, send_on)
        except Exception as e:
            # Formatted here: a renderer that shows local variables would show names and keys.
            trace = "".join(traceback.format_exception(e))
            self._log.error("request_failed", request_id=request_id, trace=trace)
            if status:
                raise  # half an answer is out: only cutting the connection says so
            await self._present(Request(scope), problem_of(e))(scope, receive, send_on)
        finally:
            self._write_log(scope, status, request_id, time.perf_counter() - started)

    def _write_log(self, scope: Scope, status: int, request_id: str, seconds: float) -> None:
        # The route's pattern, never the address: numbers, tokens and names are personal data.
        route = getattr(scope.get("route"), "path", "")
        prefix = PREFIX if scope["path"].startswith(PREFIX) else ""
        self._log.info(
            "request",
            method=scope["method"],
            route=prefix + route,
            status=status,
            ms=round(seconds * 1000, 1),
            request_id=request_id,
        )
