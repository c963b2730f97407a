"""What bad input gets: status, problem type and path, row by row."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from .support import KIND, Api

Change = Callable[[dict[str, Any]], object]


def _put(*path: str | int, value: object) -> Change:
    def change(body: dict[str, Any]) -> None:
        at: Any = body
        for step in path[:-1]:
            at = at[step]
        at[path[-1]] = value

    return change


def _drop(name: str) -> Change:
    return lambda body: body.pop(name)


def _days(days: int) -> str:
    return (datetime.now(UTC) + timedelta(days=days)).isoformat(timespec="seconds")


MALFORMED = {
    "not JSON": b'{"kind": ',
    "duplicate keys": b'{"kind": "a", "kind": "b"}',
    "NaN": b'{"total": NaN}',
    "infinity": b'{"total": -Infinity}',
    "lone surrogate": b'{"kind": "\\ud800"}',
    "not UTF-8": b'{"kind": "\xff"}',
    "byte order mark": b"\xef\xbb\xbf{}",
    "too deep": b"[" * 40 + b"]" * 40,
    "much too deep": b"[" * 100_000,
    "endless number": b'{"total": ' + b"9" * 5000 + b"}",
    "empty": b"",
}

INVALID: dict[str, tuple[Change, str]] = {
    "unknown field": (_put("colour", value="red"), "/colour"),
    "unknown kind": (_put("kind", value="no_such_kind"), "/kind"),
    "kind of another type": (_put("kind", value=[1]), "/kind"),
    "missing field": (_drop("lines"), "/lines"),
    "fractional amount": (_put("total", value=12.5), "/total"),
    "text amount": (_put("total", value="1250"), "/total"),
    "negative amount": (_put("total", value=-1), "/total"),
    "zero amount": (_put("lines", 0, "amount", value=0), "/lines/0/amount"),
    "huge amount": (_put("total", value=10**30), "/total"),
    "boolean amount": (_put("total", value=True), "/total"),
    "lines do not sum": (_put("total", value=1), "/total"),
    "control character": (_put("holder", "name", value="张\u0007三"), "/holder/name"),
    "bidirectional override": (_put("holder", "name", value="张\u202e三"), "/holder/name"),
    "zero-width space": (_put("remark", value="a\u200bb"), "/remark"),
    "not NFC": (_put("holder", "name", value="Zoe\u0308"), "/holder/name"),
    "impossible date": (_put("issued_at", value="2026-02-30T10:00:00+08:00"), "/issued_at"),
    "date without zone": (_put("issued_at", value="2026-02-03T10:00:00"), "/issued_at"),
    "future date": (_put("issued_at", value=_days(2)), "/issued_at"),
    "back-dated": (_put("issued_at", value=_days(-40)), "/issued_at"),
    "bad wallet address": (_put("holder", "address", value="0x12"), "/holder/address"),
    "too many lines": (_put("lines", value=[{"name": "a", "amount": 1}] * 1001), "/lines"),
    "no lines": (_put("lines", value=[]), "/lines"),
    "text too long": (_put("business_no", value="x" * 65), "/business_no"),
}


@pytest.mark.parametrize("raw", MALFORMED.values(), ids=MALFORMED)
def test_malformed_body__is_400(api: Api, raw: bytes) -> None:
    answer = _send(api, raw)
    _assert_problem(answer, 400, "malformed")


@pytest.mark.parametrize(("change", "path"), INVALID.values(), ids=INVALID)
def test_bad_field__is_422_with_its_path(api: Api, change: Change, path: str) -> None:
    body = copy.deepcopy(api.platform.sample(KIND))
    change(body)
    answer = _send(api, json.dumps(body).encode())
    _assert_problem(answer, 422, "invalid-fields")
    assert path in [e["path"] for e in answer.json()["errors"]]
    assert all(e["code"] and e["message"] for e in answer.json()["errors"])


@pytest.mark.parametrize("raw", [b"[]", b"null", b'"text"', b"1", b"true"])
def test_body_that_is_no_object__is_422(api: Api, raw: bytes) -> None:
    _assert_problem(_send(api, raw), 422, "invalid-fields")


def test_several_bad_fields__are_all_named(api: Api) -> None:
    body = api.platform.sample(KIND)
    body["total"], body["holder"]["name"], body["colour"] = "1", "a\u202eb", 1
    paths = {e["path"] for e in _send(api, json.dumps(body).encode()).json()["errors"]}
    assert {"/total", "/holder/name", "/colour"} <= paths


@pytest.mark.parametrize("key", [None, "", "x" * 129, "schlüssel".encode("latin-1")])
def test_idempotency_key_missing_or_unfit__is_400(api: Api, key: Any) -> None:
    headers = {**api.issuer(), **({} if key is None else {"Idempotency-Key": key})}
    answer = api.http.post("/api/v1/bills", json=api.platform.sample(KIND), headers=headers)
    _assert_problem(answer, 400, "missing-idempotency-key")


@pytest.mark.parametrize("media_type", ["text/plain", "application/xml", "", "multipart/form-data"])
def test_wrong_media_type__is_415(api: Api, media_type: str) -> None:
    _assert_problem(_send(api, b"{}", media_type), 415, "unsupported-type")


def test_encoded_body__is_415(api: Api) -> None:
    answer = api.http.post(
        "/api/v1/bills",
        content=b"{}",
        headers={
            **api.issuer(),
            "Idempotency-Key": "k",
            "Content-Type": "application/json",
            "Content-Encoding": "gzip",
        },
    )
    _assert_problem(answer, 415, "unsupported-type")


@pytest.mark.parametrize(
    "credential", [None, "Bearer", "Bearer nonsense", "Basic YTpi", "Bearer pl_0_0", "Bearer pl__"]
)
def test_no_valid_credential__is_401_with_a_challenge(api: Api, credential: str | None) -> None:
    headers = {"Authorization": credential} if credential else {}
    answer = api.post("/api/v1/bills", api.platform.sample(KIND), headers)
    _assert_problem(answer, 401, "not-authenticated")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_payers_key__may_not_issue(api: Api) -> None:
    answer = api.post("/api/v1/bills", api.platform.sample(KIND), api.payer("COMMERCIAL"))
    _assert_problem(answer, 403, "not-allowed")


@pytest.mark.parametrize(
    ("query", "path"),
    [
        ("limit=0", "?limit"),
        ("limit=9999", "?limit"),
        ("limit=x", "?limit"),
        ("cursor=x", "?cursor"),
        ("cursor=000000000000000000", "?cursor"),
        ("kind=nonsense", "?kind"),
        ("state=nonsense", "?state"),
    ],
)
def test_bad_query__is_422_with_its_name(api: Api, query: str, path: str) -> None:
    answer = api.http.get(f"/api/v1/bills?{query}", headers=api.issuer())
    _assert_problem(answer, 422, "invalid-fields")
    assert [e["path"] for e in answer.json()["errors"]] == [path]


@pytest.mark.parametrize(
    "number", ["1/2", "00000000/0000000001", "46060126/0000000000", "46060126/x", "%00/%00"]
)
def test_impossible_number__is_404(api: Api, number: str) -> None:
    _assert_problem(api.http.get(f"/api/v1/bills/{number}", headers=api.issuer()), 404, "not-found")


def test_unknown_address_and_method__are_problems_too(api: Api) -> None:
    _assert_problem(api.http.get("/api/v1/nothing"), 404, "not-found")
    answer = api.http.delete("/api/v1/bills")
    _assert_problem(answer, 405, "method-not-allowed")
    assert answer.headers["Allow"]


def _send(api: Api, raw: bytes, media_type: str = "application/json") -> Any:
    headers = {**api.issuer(), "Idempotency-Key": "bad", "Content-Type": media_type}
    return api.http.post("/api/v1/bills", content=raw, headers=headers)


def _assert_problem(answer: Any, status: int, code: str) -> None:
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"
    problem = answer.json()
    assert problem["type"] == f"/problems/{code}"
    assert problem["status"] == status
    assert problem["title"]
    assert problem["detail"]
    assert problem["instance"] == answer.request.url.path
    assert problem["request_id"] == answer.headers["X-Request-Id"]
