"""A proxy between the service and its chain's node, which can be told to misbehave."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx

Call = dict[str, Any]
Forward = Callable[[Call], bytes]
# What to do with one call: bytes to answer with; None cuts the connection without an answer.
Rule = Callable[[Call, Forward], bytes | None]


class Proxy:
    """Passes every call on to ``upstream()``, but for what a rule does with it."""

    def __init__(self, upstream: Callable[[], str]) -> None:
        self._upstream = upstream
        self._client = httpx.Client(trust_env=False, timeout=60)
        self._lock = threading.Lock()
        self._rule: Rule | None = None
        self.fired = 0
        self._server = _Server(("127.0.0.1", 0), _handler(self))
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._client.close()

    @contextmanager
    def ruled(self, rule: Rule) -> Iterator[None]:
        """Under a rule while the block runs."""
        self._rule = rule
        try:
            yield
        finally:
            self._rule = None

    def set_rule(self, rule: Rule | None) -> None:
        self._rule = rule

    def fire(self) -> int:
        """Count one misdeed; how many there were so far."""
        with self._lock:
            self.fired += 1
            return self.fired

    def answer(self, body: bytes) -> bytes | None:
        call = json.loads(body)
        rule = self._rule
        if rule is None or isinstance(call, list):
            return self.forward(call)
        return rule(call, self.forward)

    def forward(self, call: Any, url: str | None = None) -> bytes:
        return self._client.post(url or self._upstream(), json=call).content


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, *_: object) -> None:
        """Whoever did not wait for the answer has gone: that is what some rules are for."""


def _handler(proxy: Proxy) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            try:
                answer = proxy.answer(body)
            except httpx.HTTPError:  # the node itself is down
                answer = None
            if answer is None:
                self.close_connection = True
                return
            self.send_response(200)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            pass

    return Handler


# --- rules ---------------------------------------------------------------------------------------


def reply(call: Call, result: object) -> bytes:
    """A good answer with a bad content."""
    return json.dumps({"jsonrpc": "2.0", "id": call["id"], "result": result}).encode()


def lose_answer(proxy: Proxy, method: str) -> Rule:
    """The first call of ``method`` is carried out, and its answer never arrives."""

    def rule(call: Call, forward: Forward) -> bytes | None:
        if call["method"] != method or proxy.fired:
            return forward(call)
        forward(call)
        proxy.fire()
        return None

    return rule


def garbage(proxy: Proxy, times: int) -> Rule:
    """Answers that are no JSON-RPC: an error page, half a reply, a wrong type, another's id."""
    forms = (b"<html>502</html>", b'{"jsonrpc":"2.0","id":', b"[]", b'{"id":-1,"result":"0x0"}',
             b'{"result":{"number":null}}')  # fmt: skip

    def rule(call: Call, forward: Forward) -> bytes | None:
        if proxy.fired >= times:
            return forward(call)
        return forms[proxy.fire() % len(forms)]

    return rule


def slow(proxy: Proxy, seconds: float, times: int) -> Rule:
    """The first calls are answered rightly, but so late that nobody waits any more."""

    def rule(call: Call, forward: Forward) -> bytes | None:
        if proxy.fired < times:
            proxy.fire()
            time.sleep(seconds)
        return forward(call)

    return rule


def silence(proxy: Proxy) -> Rule:
    """Every connection is cut."""

    def rule(_call: Call, _forward: Forward) -> bytes | None:
        proxy.fire()
        return None

    return rule


def answers(proxy: Proxy, method: str, result: Callable[[Any], object], times: int = 10**9) -> Rule:
    """``method`` gets ``result(params)`` instead of the node's answer; None lets it through."""

    def rule(call: Call, forward: Forward) -> bytes | None:
        made = result(call["params"]) if call["method"] == method else None
        if made is None or proxy.fired >= times:
            return forward(call)
        proxy.fire()
        return reply(call, made)

    return rule


def two_nodes(proxy: Proxy, other: str) -> Rule:
    """Reads are answered by turns by the node and by one that is behind; sends go to the node."""

    def rule(call: Call, forward: Forward) -> bytes | None:
        if call["method"] == "eth_sendRawTransaction" or proxy.fire() % 2:
            return forward(call)
        return proxy.forward(call, other)

    return rule
