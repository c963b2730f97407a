"""The fast way of POST /bills answers as the described operation does; receipts; back-pressure."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient
from structlog.testing import capture_logs

from frontend_api.commitment.canonical import canonical_json
from frontend_api.commitment.receipt import ReceiptFile, receipt_signer
from frontend_api.flow.acceptor import Acceptor
from frontend_api.rest.issue_endpoint import IssueEndpoint
from frontend_api.server import create_app, serving

from .support import KIND, OTHER_KIND, Api

FAST = "application/json"
DESCRIBED = "application/json; charset=utf-8"  # irregular enough for the described operation


def send(
    api: Api, media_type: str, body: Any, key: str, headers: dict[str, str] | None = None
) -> httpx.Response:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    sent = {"Content-Type": media_type, "Idempotency-Key": key, **(headers or api.issuer())}
    return api.http.post("/api/v1/bills", content=raw, headers=sent)


def shape(value: Any) -> Any:
    """Names and types of an answer, to the leaves."""
    if isinstance(value, dict):
        return {name: shape(part) for name, part in value.items()}
    return type(value).__name__


def anchored(api: Api, made: dict[str, Any]) -> None:
    services, key = api.platform.services, int(made["bill_code"] + made["bill_no"])
    assert services.engine.wait_for(lambda: services.desk.bills.find(key).anchored is not None, 20)


def test_answer__of_both_ways__has_the_same_members_and_headers(api: Api) -> None:
    fast = send(api, FAST, api.platform.sample(KIND), "both-1")
    described = send(api, DESCRIBED, api.platform.sample(KIND), "both-2")
    assert fast.status_code == described.status_code == 202
    assert shape(fast.json()) == shape(described.json())
    assert list(fast.json()) == list(described.json())
    assert set(fast.headers) == set(described.headers)
    for name in set(fast.headers) - {"x-request-id", "location", "content-length"}:
        assert fast.headers[name] == described.headers[name], name
    assert fast.headers["Location"] == fast.json()["links"]["self"]


def test_repeated__over_either_way__the_same_bill_and_receipt(api: Api) -> None:
    body = api.platform.sample(KIND)
    first = send(api, FAST, body, "both-3")
    anchored(api, first.json())
    again = [send(api, way, body, "both-3") for way in (FAST, DESCRIBED)]
    for answer in again:
        assert (answer.status_code, answer.headers["Idempotency-Replayed"]) == (200, "true")
        assert answer.json()["receipt"] == first.json()["receipt"]
        assert answer.json()["check_code"] == first.json()["check_code"]
        assert answer.json()["verify_url"] == first.json()["verify_url"]
    assert again[0].content == again[1].content


def _with(**change: Any) -> Callable[[Api], dict[str, Any]]:
    return lambda api: {**api.platform.sample(KIND), **change}


BAD: dict[str, tuple[Callable[[Api], Any], dict[str, str]]] = {
    "no JSON": (lambda _: b'{"kind": ', {}),
    "duplicate keys": (lambda _: b'{"kind": "a", "kind": "b"}', {}),
    "no object": (lambda _: b"[]", {}),
    "unknown field": (_with(colour="red"), {}),
    "sum": (_with(total=1), {}),
    "no numbers": (lambda api: api.platform.sample(OTHER_KIND), {}),
    "empty key": (_with(), {"Idempotency-Key": ""}),
    "long key": (_with(), {"Idempotency-Key": "x" * 129}),
    "wrong credential": (_with(), {"Authorization": "Bearer pl_0_0"}),
    "empty credential": (_with(), {"Authorization": "Bearer "}),
    "other scheme": (_with(), {"Authorization": "Basic YTpi"}),
    "encoded": (_with(), {"Content-Encoding": "gzip"}),
}


@pytest.mark.parametrize(("body", "headers"), BAD.values(), ids=BAD)
def test_problem__of_both_ways__is_the_same(
    api: Api, body: Callable[[Api], Any], headers: dict[str, str]
) -> None:
    sent = body(api)
    answers = [
        send(api, way, sent, "bad-both", {**api.issuer(), **headers}) for way in (FAST, DESCRIBED)
    ]
    problems = [answer.json() for answer in answers]
    for problem in problems:
        problem.pop("request_id")
    assert answers[0].status_code == answers[1].status_code >= 400
    assert problems[0] == problems[1]
    assert set(answers[0].headers) == set(answers[1].headers)


def test_payers_key_and_reused_key__refused_alike(api: Api) -> None:
    body = api.platform.sample(KIND)
    for way in (FAST, DESCRIBED):
        refused = send(api, way, body, "both-4", api.payer("COMMERCIAL"))
        assert (refused.status_code, refused.json()["type"]) == (403, "/problems/not-allowed")
    send(api, FAST, body, "both-5")
    for way in (FAST, DESCRIBED):
        refused = send(api, way, api.platform.sample(KIND), "both-5")
        assert refused.json()["type"] == "/problems/idempotency-key-reused"


def test_access_log__names_the_route(api: Api) -> None:
    with capture_logs() as logged:
        send(api, FAST, api.platform.sample(KIND), "both-6")
    assert [(e["method"], e["route"], e["status"]) for e in logged if e["event"] == "request"] == [
        ("POST", "/api/v1/bills", 202)
    ]


def test_receipt__signed_by_the_published_key__with_its_proof_once_anchored(api: Api) -> None:
    made = send(api, FAST, api.platform.sample(KIND), "receipt-1").json()
    services = api.platform.services
    deployment = services.record.deployment
    receipt = ReceiptFile.from_bytes(canonical_json(made["receipt"]))
    published = api.http.get("/api/v1/deployment").json()["receipt_signer"]
    assert services.record.receipt_signer == published == receipt.signer
    assert receipt_signer(receipt.receipt, deployment, receipt.signature) == published
    assert receipt.receipt.number.number == made["bill_no"]
    promised = receipt.receipt.anchor_by - receipt.receipt.accepted_at
    assert promised == services.settings.promise_seconds
    anchored(api, made)
    read = api.http.get(made["links"]["receipt"], headers=api.issuer())
    later = ReceiptFile.from_bytes(read.content)
    assert replace(later, inclusion=None) == receipt
    assert later.inclusion is not None
    report = services.verifier.verify_receipt(read.content)
    assert report.exit_code() == 0, report.to_json()
    stored = services.desk.bills.find(receipt.receipt.number.key)
    assert stored.bill.leaf == receipt.receipt.leaf


def test_receipt__of_another_institutions_bill__is_not_found(api: Api) -> None:
    made = send(api, FAST, api.platform.sample(KIND), "receipt-2").json()
    answer = api.http.get(made["links"]["receipt"], headers=api.issuer("donation"))
    assert answer.status_code == 404


def test_receipt__bill_accepted_without_a_promise__is_not_found(api: Api) -> None:
    made = send(api, FAST, api.platform.sample(KIND), "receipt-3").json()
    key = int(made["bill_code"] + made["bill_no"])
    with api.platform.services.desk.bills._db.write() as c:
        c.exec_driver_sql(f"UPDATE bills SET anchor_by = NULL WHERE bill_key = {key}")
    answer = api.http.get(made["links"]["receipt"], headers=api.issuer())
    assert (answer.status_code, answer.json()["type"]) == (404, "/problems/not-found")


def test_too_many_at_once__503_with_retry_after__nothing_accepted(api: Api) -> None:
    full = Acceptor(lambda _: [], max_waiting=0)
    services = replace(api.platform.services, acceptor=full)
    with TestClient(create_app(services)) as http:
        busy = Api(http, api.platform)
        body = api.platform.sample(KIND)
        for way in (FAST, DESCRIBED):
            answer = send(busy, way, body, "busy-1")
            assert (answer.status_code, answer.json()["type"]) == (503, "/problems/overloaded")
            assert int(answer.headers["Retry-After"]) >= 1
    made = send(api, FAST, body, "busy-1")
    assert made.status_code == 202
    assert "Idempotency-Replayed" not in made.headers


def test_fifty_parallel_duplicates_on_real_sockets__one_bill(api: Api) -> None:
    body = json.dumps(api.platform.sample(KIND)).encode()
    headers = {**api.issuer(), "Idempotency-Key": "fifty", "Content-Type": FAST}
    with serving(api.platform.services) as url, ThreadPoolExecutor(25) as clerks:
        address = f"{url}/api/v1/bills"
        sent = [
            clerks.submit(httpx.post, address, content=body, headers=headers) for _ in range(50)
        ]
        answers = [one.result() for one in sent]
    assert {a.status_code for a in answers} <= {200, 202}
    assert len({a.json()["bill_no"] for a in answers}) == 1
    assert len({json.dumps(a.json()["receipt"]) for a in answers}) == 1
    assert ["Idempotency-Replayed" in a.headers for a in answers].count(False) == 1


def test_takes__only_what_is_regular(api: Api) -> None:
    good = {
        "authorization": api.issuer()["Authorization"],
        "content-type": FAST,
        "content-length": "12",
        "idempotency-key": "k",
    }

    def scope(headers: dict[str, str], **change: Any) -> dict[str, Any]:
        raw = [(k.encode(), v.encode()) for k, v in headers.items()]
        regular = {"type": "http", "method": "POST", "path": "/api/v1/bills", "query_string": b""}
        return {**regular, "headers": raw, **change}

    assert IssueEndpoint.takes(scope(good))
    assert not IssueEndpoint.takes(scope(good, method="GET"))
    assert not IssueEndpoint.takes(scope(good, path="/api/v1/bills/"))
    assert not IssueEndpoint.takes(scope(good, query_string=b"wait=anchored"))
    assert not IssueEndpoint.takes(scope(good, type="websocket"))
    for missing in good:
        assert not IssueEndpoint.takes(scope({k: v for k, v in good.items() if k != missing}))
    for change in ({"content-length": "70000"}, {"content-length": "-1"}):
        assert not IssueEndpoint.takes(scope({**good, **change}))
    twice = scope(good)
    twice["headers"] += [(b"idempotency-key", b"other")]
    assert not IssueEndpoint.takes(twice)


@pytest.mark.parametrize("parts", [[], [b'{"ki']], ids=["before the body", "in the body"])
def test_client_goes_away__nothing_is_answered(app: FastAPI, api: Api, parts: list[bytes]) -> None:
    messages = [{"type": "http.request", "body": part, "more_body": True} for part in parts]
    messages.append({"type": "http.disconnect"})
    sent: list[Any] = []

    async def receive() -> Any:
        return messages.pop(0)

    async def put(message: Any) -> None:
        sent.append(message)

    headers = {**api.issuer(), "content-type": FAST, "content-length": "9", "idempotency-key": "k"}
    scope = {
        "type": "http", "method": "POST", "path": "/api/v1/bills", "query_string": b"",
        "headers": [(k.lower().encode(), v.encode()) for k, v in headers.items()],
        "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 80), "scheme": "http",
    }  # fmt: skip
    with ThreadPoolExecutor(1) as other:  # a browser's loop may be running in this thread
        other.submit(asyncio.run, app(scope, receive, put)).result()
    assert sent == []
