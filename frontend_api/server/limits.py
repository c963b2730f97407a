"""What a client may do before anything looks at it: bytes of a body, wrong guesses."""

from __future__ import annotations

import math
import re
import time
from collections.abc import Callable

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from frontend_api.domain.errors import TooLarge
from frontend_api.rest.problems import problem_of, too_many
from frontend_api.server.edge import Present

_FORM_ROOM = 64 * 1024  # what a form adds around the document it carries
_UPLOADS = ("/verify", "/api/v1/verify")
_IMPORTS = "/api/v1/imports"


class BodyLimit:
    """Refuses a body over the limit while it streams in, whatever its headers say of its size."""

    def __init__(
        self, app: ASGIApp, present: Present, *, body: int, upload: int, imports: int
    ) -> None:
        self._app = app
        self._present = present
        self._body = body
        self._of_path = dict.fromkeys(_UPLOADS, upload + _FORM_ROOM) | {_IMPORTS: imports}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        limit = self._of_path.get(scope["path"], self._body)
        declared = dict(scope["headers"]).get(b"content-length", b"0")
        if not declared.isdigit() or len(declared) > 18 or int(declared) > limit:
            problem = problem_of(_too_large(limit))
            problem = problem.with_header("Connection", "close")  # the rest is not worth reading
            await self._present(Request(scope), problem)(scope, receive, send)
            return
        read = 0

        async def receive_counted() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > limit:
                raise _too_large(limit)
            return message

        await self._app(scope, receive_counted, send)


def _too_large(limit: int) -> TooLarge:
    return TooLarge(f"the body is over the limit of {limit} bytes")


class _Bucket:
    """Tokens that refill by one a second."""

    __slots__ = ("at", "tokens")

    def __init__(self, tokens: float, at: float) -> None:
        self.tokens, self.at = tokens, at


_GUARDED = re.compile(r"/b/|/verify\Z|/api/v1/verify\Z|/api/v1/bills/[^/]*/[^/]*/grants\Z")
_WRONG = (401, 404)
_MOST_CLIENTS = 10_000


class GuessLimit:
    """Slows down whoever guesses check codes or tokens: wrong answers cost, right ones do not."""

    def __init__(
        self,
        app: ASGIApp,
        present: Present,
        *,
        burst: int,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._app = app
        self._present = present
        self._burst = burst
        self._clock = clock
        self._buckets: dict[str, _Bucket] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not _GUARDED.match(scope["path"]):
            await self._app(scope, receive, send)
            return
        client = scope["client"][0] if scope.get("client") else ""
        bucket = self._bucket(client)
        if bucket.tokens < 1:
            problem = too_many(math.ceil(1 - bucket.tokens))
            await self._present(Request(scope), problem)(scope, receive, send)
            return

        async def send_counted(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] in _WRONG:
                bucket.tokens -= 1
            await send(message)

        await self._app(scope, receive, send_counted)

    def _bucket(self, client: str) -> _Bucket:
        now = self._clock()
        bucket = self._buckets.get(client)
        if bucket is None:
            if len(self._buckets) >= _MOST_CLIENTS:
                self._forget(now)
            bucket = self._buckets[client] = _Bucket(self._burst, now)
        bucket.tokens = min(self._burst, bucket.tokens + now - bucket.at)
        bucket.at = now
        return bucket

    def _forget(self, now: float) -> None:
        # Full buckets say nothing; if all are in use, the oldest half goes.
        full = [c for c, b in self._buckets.items() if b.tokens + now - b.at >= self._burst]
        for client in full or list(self._buckets)[: _MOST_CLIENTS // 2]:
            del self._buckets[client]
