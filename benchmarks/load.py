"""Load on ``POST /api/v1/bills``: kept-alive sockets that send the next bill after each answer.

    python -m benchmarks.load http://127.0.0.1:8000 pl_… --bills 20000 --clients 64

Beside them one probe sends bills with ``?wait=anchored``: its times are those of anchored bills
under that load. Prints one JSON object; times in milliseconds. Raw sockets, because the generator
shares the machine's cores with the service that it measures.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from benchmarks.bills import bodies

PROBE_PAUSE = 0.2  # seconds between bills of the probe


@dataclass
class Result:
    """What one run saw."""

    accepted: list[float] = field(default_factory=list)
    anchored: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    seconds: float = 0.0

    def to_json(self) -> dict[str, Any]:
        """Rate in bills a second, times in milliseconds."""
        return {
            "bills": len(self.accepted),
            "bills_per_second": round(len(self.accepted) / self.seconds) if self.accepted else 0,
            "seconds": round(self.seconds, 2),
            "statuses": {str(status): n for status, n in sorted(self.statuses.items())},
            "accepted_ms": _percentiles(self.accepted),
            "anchored_ms": _percentiles(self.anchored),
        }


def _percentiles(seconds: list[float]) -> dict[str, float] | None:
    if not seconds:
        return None
    ordered = sorted(seconds)
    names = {"p50": 0.5, "p90": 0.9, "p99": 0.99, "max": 1.0}
    last = len(ordered) - 1
    return {name: round(ordered[int(share * last)] * 1000, 1) for name, share in names.items()}


class Schedule:
    """When requests are due: evenly, ``rate`` a second; without a rate, at once."""

    def __init__(self, rate: float = 0) -> None:
        self._apart = 1 / rate if rate else 0.0
        self._due = 0.0

    def next(self) -> float:
        """The next request's time, on ``time.perf_counter``'s clock."""
        now = time.perf_counter()
        if not self._apart:
            return now
        self._due = (self._due or now) + self._apart
        return self._due


class Client(asyncio.Protocol):
    """One connection: a request is written when it is due and the last answer is complete.

    Times count from when it was due: who had to wait for the service waited for it.
    """

    def __init__(self, requests: Iterator[bytes], result: Result, schedule: Schedule) -> None:
        self._requests = requests
        self.result = result
        self._schedule = schedule
        self._buffer = b""
        self._sent = 0.0
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.WriteTransport)
        self._transport = transport
        self._next()

    def _next(self) -> None:
        request = next(self._requests, None)
        if request is None:
            self._transport.close()
            if not self.done.done():  # or the run ended before this answer came
                self.done.set_result(None)
            return
        self._sent = self._schedule.next()
        wait = self._sent - time.perf_counter()
        if wait > 0:
            asyncio.get_running_loop().call_later(wait, self._transport.write, request)
        else:
            self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if not _complete(self._buffer):
            return
        self.answered(int(self._buffer[9:12]), self._buffer)
        self._buffer = b""
        self._next()

    def answered(self, status: int, answer: bytes) -> None:  # noqa: ARG002 - for those who keep it
        """One whole answer came."""
        self.result.statuses[status] += 1
        if status in (200, 201, 202):
            self.result.accepted.append(time.perf_counter() - self._sent)

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.done.done():
            self.done.set_exception(exc or ConnectionError("the service closed the connection"))


def _complete(answer: bytes) -> bool:
    head, end, body = answer.partition(b"\r\n\r\n")
    if not end:
        return False
    at = head.lower().index(b"content-length:")
    return len(body) >= int(head[at + 15 :].split(b"\r\n", 1)[0])


def raw_request(host: str, api_key: str, key: bytes, body: bytes, query: str = "") -> bytes:
    """The bytes of one POST."""
    head = (
        f"POST /api/v1/bills{query} HTTP/1.1\r\nHost: {host}\r\n"
        f"Authorization: Bearer {api_key}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\nIdempotency-Key: "
    )
    return head.encode() + key + b"\r\n\r\n" + body


async def run(
    url: str, api_keys: list[str], bills: int, clients: int, probes: int, rate: float = 0
) -> Result:
    """Send ``bills`` over ``clients`` connections, each with one of the API keys in turn.

    ``rate``: so many a second, evenly; 0 for as many as are answered.
    """
    parts = urlsplit(url)
    host, port = parts.hostname or "127.0.0.1", parts.port or 80
    loop, result = asyncio.get_running_loop(), Result()
    raw = [
        raw_request(parts.netloc, api_keys[i % len(api_keys)], key, body)
        for i, (key, body) in enumerate(bodies(bills))
    ]
    asked = [
        raw_request(parts.netloc, api_keys[0], key, body, "?wait=anchored")
        for key, body in bodies(probes)
    ]
    probe = asyncio.create_task(_probe(host, port, asked, result))
    requests, schedule = iter(raw), Schedule(rate)
    started = time.perf_counter()
    opened = [
        await loop.create_connection(lambda: Client(requests, result, schedule), host, port)
        for _ in range(clients)
    ]
    await asyncio.gather(*(client.done for _, client in opened))
    result.seconds = time.perf_counter() - started
    if bills:
        probe.cancel()
    await asyncio.gather(probe, return_exceptions=not probes or bool(bills))
    return result


async def _probe(host: str, port: int, asked: list[bytes], result: Result) -> None:
    loop = asyncio.get_running_loop()
    for request in asked:
        seen = Result()
        await asyncio.sleep(PROBE_PAUSE)
        _, client = await loop.create_connection(
            lambda one=request, to=seen: Client(iter([one]), to, Schedule()), host, port
        )
        await client.done
        if seen.statuses[201]:
            result.anchored += seen.accepted
        result.statuses.update(seen.statuses)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("url")
    parser.add_argument("api_keys", nargs="+", help="API keys of issuers of medical bills")
    parser.add_argument("--bills", type=int, default=20_000)
    parser.add_argument("--clients", type=int, default=64)
    parser.add_argument("--probes", type=int, default=1_000, help="most bills of the probe")
    parser.add_argument(
        "--rate", type=float, default=0, help="bills a second; 0: as many as can be"
    )
    given = parser.parse_args()
    result = asyncio.run(
        run(given.url, given.api_keys, given.bills, given.clients, given.probes, given.rate)
    )
    print(json.dumps(result.to_json()))


if __name__ == "__main__":
    main()
