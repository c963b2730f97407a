"""The fast way of ``POST /bills``: the usual request of a busy issuer, without a thread of its own.

It stands beside the described operation (rest/issuing.py) and takes only what is regular in every
respect; whatever is not goes there. Answers, problems and their order are the same, which tests
compare.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from types import SimpleNamespace

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from frontend_api.bootstrap import Services
from frontend_api.commitment.canonical import read_json
from frontend_api.domain.errors import NotAuthenticated, PiaolianError
from frontend_api.flow.issue import Draft, Issued, draft_bill
from frontend_api.ports import Caller
from frontend_api.rest.issuing import answer_of, new_bill
from frontend_api.rest.present import PREFIX, path_of
from frontend_api.rest.wire import require_issuer

_PATH = f"{PREFIX}/bills"
_ROUTE = SimpleNamespace(path="/bills")  # what the access log shows
_MOST_BYTES = 64 * 1024  # a longer body takes a while to check: not in the loop of all connections
_ONCE = frozenset(
    (b"authorization", b"content-type", b"content-length", b"content-encoding", b"idempotency-key")
)

OnError = Callable[[Request, Exception], Response]


class IssueEndpoint:
    """ASGI application of regular requests to issue one bill; ``takes`` says which those are."""

    def __init__(self, on_error: OnError) -> None:
        self._on_error = on_error
        self._answers: _Answers | None = None

    @staticmethod
    def takes(scope: Scope) -> bool:
        """Whether the request is one that this endpoint answers as the described one would."""
        return (
            scope["type"] == "http"
            and scope["path"] == _PATH
            and scope["method"] == "POST"
            and not scope["query_string"]
            and _regular(scope["headers"]) is not None
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = _regular(scope["headers"])
        assert headers is not None
        scope["route"] = _ROUTE
        services: Services = scope["app"].state.services
        try:
            response = await self._answer(services, headers, receive)
        except PiaolianError as e:
            response = self._on_error(Request(scope), e)
        if response is not None:
            await response(scope, receive, send)

    async def _answer(
        self, services: Services, headers: dict[bytes, bytes], receive: Receive
    ) -> ASGIApp | None:
        caller = require_issuer(_caller(services, headers[b"authorization"]))
        body = await _body(receive)
        if body is None:
            return None  # nobody listens any more
        key = headers[b"idempotency-key"].decode("latin-1")
        draft = draft_bill(services.desk, caller.owner, key, read_json(body))
        issued = draft if isinstance(draft, Issued) else await self._accepted(services, draft)
        if issued.new is None:
            return await run_in_threadpool(answer_of, services, issued, waited=False)
        return _Accepted(path_of(issued.number), new_bill(issued.number, issued.new))

    async def _accepted(self, services: Services, draft: Draft) -> Issued:
        loop = asyncio.get_running_loop()
        if self._answers is None or self._answers.loop is not loop:
            self._answers = _Answers(loop)
        answers, future = self._answers, loop.create_future()
        services.acceptor.submit(draft, lambda answer: answers.put(future, answer))
        answer: Issued | Exception = await future
        if isinstance(answer, Exception):
            raise answer
        return answer


class _Accepted:
    """The answer 202, ready to be sent."""

    __slots__ = ("_body", "_location")

    def __init__(self, location: str, body: bytes) -> None:
        self._location, self._body = location, body

    async def __call__(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        headers = [
            (b"content-length", b"%d" % len(self._body)),
            (b"content-type", b"application/json"),
            (b"location", self._location.encode("ascii")),
        ]
        await send({"type": "http.response.start", "status": 202, "headers": headers})
        await send({"type": "http.response.body", "body": self._body})


class _Answers:
    """Carries answers from the acceptor's thread into the loop: one call for a whole group."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self._waiting: deque[tuple[asyncio.Future[Issued | Exception], Issued | Exception]] = (
            deque()
        )
        self._called = False

    def put(self, future: asyncio.Future[Issued | Exception], answer: Issued | Exception) -> None:
        """From any thread."""
        self._waiting.append((future, answer))
        if not self._called:
            self._called = True
            self.loop.call_soon_threadsafe(self._deliver)

    def _deliver(self) -> None:
        self._called = False  # before looking: what is put from now on calls again
        while self._waiting:
            future, answer = self._waiting.popleft()
            if not future.done():
                future.set_result(answer)


def _regular(raw: list[tuple[bytes, bytes]]) -> dict[bytes, bytes] | None:
    """The headers that matter, if each is there once and in its usual form; else None."""
    found: dict[bytes, bytes] = {}
    for name, value in raw:
        if name in _ONCE:
            if name in found:
                return None
            found[name] = value
    length = found.get(b"content-length", b"")
    usual = (
        found.get(b"content-type") == b"application/json"
        and found.get(b"authorization", b"").startswith(b"Bearer ")
        and b"idempotency-key" in found
        and b"content-encoding" not in found
        and length.isdigit()
        and int(length) <= _MOST_BYTES
    )
    return found if usual else None


def _caller(services: Services, authorization: bytes) -> Caller:
    """Once a second a key is looked up: here, for a thread would cost more than that read."""
    key = authorization[7:].decode("latin-1").strip()
    if not key:
        raise NotAuthenticated("send Authorization: Bearer with your API key")
    return services.api_keys.remembered(key) or services.caller(key)


async def _body(receive: Receive) -> bytes | None:
    """The whole body; None if the client went away. Raises TooLarge (server/limits.py)."""
    message = await receive()
    if message["type"] == "http.request" and not message.get("more_body"):
        return bytes(message.get("body", b""))
    parts = []
    while message["type"] == "http.request":
        parts.append(message.get("body", b""))
        if not message.get("more_body"):
            return b"".join(parts)
        message = await receive()
    return None
