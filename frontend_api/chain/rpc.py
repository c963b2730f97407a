"""A thin JSON-RPC client: one connection pool, one deadline, one family of errors.

What does not answer, answers too late or answers nonsense is ``ChainUnreachable``: it says nothing
about any bill. An answer that is an error object is ``RpcError``: the node was reached and refused.
"""

from __future__ import annotations

import itertools
import ssl
import time
from collections.abc import Sequence
from typing import Any, Protocol
from urllib.parse import urlsplit

import httpx
import orjson

from frontend_api.domain.errors import ChainUnreachable, PiaolianError

DEFAULT_TIMEOUT = 10.0  # seconds for a whole call, connecting included
MAX_REPLY_BYTES = 64 * 1024 * 1024  # a page of 5,000 blocks full of our events is below 32 MiB

# A kept-alive connection may have died with the node's last run. Asking again is safe for every
# method but sending: there the caller must learn that the first bytes may have arrived.
_NOT_REPEATED = frozenset({"eth_sendRawTransaction"})


class RpcError(PiaolianError):
    """The node answered with a JSON-RPC error object.

    ``number`` is the JSON-RPC code (3 for a revert, -32603 for a halt on Besu, …), ``data`` what
    came with it: the revert's bytes as ``0x`` text, an object, or None.
    """

    code = "rpc-error"

    def __init__(self, number: int, message: str, data: Any = None) -> None:
        self.number = number
        self.message = message
        self.data = data
        super().__init__(f"the chain's node answered with error {number}: {message}")


class MalformedReply(ChainUnreachable):
    """Something answered, but not in JSON-RPC: a proxy's error page, half a reply, wrong types."""


class RpcCaller(Protocol):
    """Calls of one node; ``where`` may be shown."""

    where: str

    def call(self, method: str, *params: Any) -> Any:
        """The ``result`` of one call. Raises ChainUnreachable, RpcError."""
        ...

    def batch(self, calls: Sequence[tuple[str, Sequence[Any]]]) -> list[Any]:
        """Several results in one exchange; see ``JsonRpc.batch``."""
        ...


class JsonRpc:
    """JSON-RPC over HTTP for one node. Thread-safe; keeps its connections.

    ``url`` may carry a user and password (Basic); they never appear in a message. ``bearer`` is
    a token for nodes that ask for a JWT. ``timeout`` is in seconds and covers the whole call, so
    a reply that drips in is cut off too. Proxy settings of the environment are not used: a chain's
    node is reached directly. For ``https``, the system's certificates and ``SSL_CERT_FILE`` count.
    """

    def __init__(
        self,
        url: str,
        timeout: float = DEFAULT_TIMEOUT,
        *,
        bearer: str | None = None,
        max_reply_bytes: int = MAX_REPLY_BYTES,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self.where = public_url(url)
        self._url = url
        self._timeout = timeout
        self._max = max_reply_bytes
        self._ids = itertools.count(1)
        headers = {"content-type": "application/json"}
        if bearer:
            headers["authorization"] = f"Bearer {bearer}"
        secure = url.startswith("https:")
        self._client = httpx.Client(
            timeout=timeout,
            headers=headers,
            trust_env=False,
            verify=ssl.create_default_context() if secure else False,
            transport=transport,
            limits=httpx.Limits(max_connections=64, max_keepalive_connections=16),
        )

    def call(self, method: str, *params: Any) -> Any:
        """The ``result`` of one call. Raises ChainUnreachable, RpcError."""
        ident = next(self._ids)
        body = orjson.dumps(_request(ident, method, params))
        reply = self._exchange(body, repeat=method not in _NOT_REPEATED)
        if not isinstance(reply, dict) or reply.get("id", ident) not in (ident, None):
            raise self._malformed("a reply to another question")
        outcome = self._outcome(reply)
        if isinstance(outcome, RpcError):
            raise outcome
        return outcome

    def batch(self, calls: Sequence[tuple[str, Sequence[Any]]]) -> list[Any]:
        """The results of several calls in their order, in one exchange.

        A call that the node refused has its RpcError as result, so that one refusal does not hide
        the other answers. Raises ChainUnreachable.
        """
        if not calls:
            return []
        idents = [next(self._ids) for _ in calls]
        body = orjson.dumps(
            [_request(i, method, params) for i, (method, params) in zip(idents, calls, strict=True)]
        )
        repeat = all(method not in _NOT_REPEATED for method, _ in calls)
        replies = self._exchange(body, repeat=repeat)
        if isinstance(replies, dict):  # the batch as a whole was refused
            outcome = self._outcome(replies)
            raise outcome if isinstance(outcome, RpcError) else self._malformed("no list")
        if not isinstance(replies, list) or not all(isinstance(r, dict) for r in replies):
            raise self._malformed("no list of replies")
        by_id = {reply.get("id"): reply for reply in replies}
        if len(by_id) != len(calls) or not all(i in by_id for i in idents):
            raise self._malformed("replies to other questions")
        return [self._outcome(by_id[i]) for i in idents]

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def __enter__(self) -> JsonRpc:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _exchange(self, body: bytes, *, repeat: bool) -> Any:
        try:
            status, data = self._post(body)
        except (httpx.RemoteProtocolError, httpx.ReadError, httpx.WriteError) as e:
            if not repeat:
                raise self._unreachable(e) from e
            status, data = self._post_again(body)
        except httpx.HTTPError as e:
            raise self._unreachable(e) from e
        return self._read(status, data)

    def _post_again(self, body: bytes) -> tuple[int, bytes]:
        try:
            return self._post(body)
        except httpx.HTTPError as e:
            raise self._unreachable(e) from e

    def _post(self, body: bytes) -> tuple[int, bytes]:
        deadline = time.monotonic() + self._timeout
        with self._client.stream("POST", self._url, content=body) as response:
            chunks = bytearray()
            for chunk in response.iter_bytes():
                chunks += chunk
                if len(chunks) > self._max:
                    raise self._malformed(f"more than {self._max} bytes")
                if time.monotonic() > deadline:
                    raise httpx.ReadTimeout("the reply came in too slowly")
            return response.status_code, bytes(chunks)

    def _read(self, status: int, data: bytes) -> Any:
        if status >= 500:
            raise ChainUnreachable(
                f"the chain's node at {self.where} is in trouble (HTTP {status}): try again later"
            )
        try:
            reply = orjson.loads(data)
        except orjson.JSONDecodeError as e:
            raise self._malformed(f"not JSON (HTTP {status})") from e
        # Besu sends its error objects with 4xx: they are answers, and read as such.
        if status >= 400 and not (isinstance(reply, dict) and "error" in reply):
            raise ChainUnreachable(f"the chain's node at {self.where} refuses us (HTTP {status})")
        return reply

    def _outcome(self, reply: dict[str, Any]) -> Any:
        error = reply.get("error")
        if error is None:
            if "result" not in reply:
                raise self._malformed("a reply without a result")
            return reply["result"]
        if not isinstance(error, dict) or type(error.get("code")) is not int:
            raise self._malformed("an error without a code")
        return RpcError(error["code"], str(error.get("message", "")), error.get("data"))

    def _unreachable(self, error: httpx.HTTPError) -> ChainUnreachable:
        if isinstance(error, httpx.TimeoutException):
            why = f"did not answer within {self._timeout:g} seconds"
        else:
            why = "does not answer: check that the node runs and that the address is right"
        return ChainUnreachable(f"the chain's node at {self.where} {why}")

    def _malformed(self, what: str) -> MalformedReply:
        return MalformedReply(
            f"what answers at {self.where} does not speak as a chain's node does: {what}"
        )


def public_url(url: str) -> str:
    """Scheme, host and port of ``url``: what may be shown; paths and queries may hold keys."""
    parts = urlsplit(url)
    try:
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        port = ""
    return f"{parts.scheme or 'http'}://{parts.hostname or '?'}{port}"


def _request(ident: int, method: str, params: Sequence[Any]) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": ident, "method": method, "params": list(params)}
