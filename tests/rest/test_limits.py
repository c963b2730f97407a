"""Limits: bytes of a body, wrong guesses; headers; the calm answer to the unexpected."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient
from structlog.testing import capture_logs

from frontend_api.server import create_app, serving

from .support import KIND, Api

MIB = 1024 * 1024


@pytest.fixture(scope="module")
def base_url(platform: Any) -> Iterator[str]:
    with serving(platform.services) as url:
        yield url


def _chunks(total: int) -> Iterator[bytes]:
    for _ in range(total // 65536 + 1):
        yield b" " * 65536


@pytest.mark.parametrize("path", ["/api/v1/bills", "/api/v1/bills/46060126/0000000001/grants"])
def test_body__declared_too_large__is_413(api: Api, path: str) -> None:
    answer = api.http.post(path, content=b" " * (MIB + 1), headers=_json(api))
    assert answer.status_code == 413
    assert answer.json()["type"] == "/problems/too-large"


def test_body__chunked_without_length__is_413_on_a_real_socket(api: Api, base_url: str) -> None:
    answer = httpx.post(f"{base_url}/api/v1/bills", content=_chunks(2 * MIB), headers=_json(api))
    assert answer.status_code == 413
    assert answer.json()["type"] == "/problems/too-large"


def test_upload__over_the_limit__is_413_in_every_form(base_url: str) -> None:
    big = b"%PDF-" + b" " * (17 * MIB)
    pdf = {"Content-Type": "application/pdf"}
    sent = [
        httpx.post(f"{base_url}/api/v1/verify", content=_chunks(17 * MIB), headers=pdf),
        httpx.post(f"{base_url}/api/v1/verify", files={"file": ("a.pdf", big, "application/pdf")}),
        httpx.post(f"{base_url}/verify", files={"file": ("a.pdf", big, "application/pdf")}),
    ]
    assert [a.status_code for a in sent] == [413] * 3
    assert "text/html" in sent[2].headers["Content-Type"]


@pytest.mark.parametrize("length", ["-1", "x", "9" * 30])
def test_content_length__nonsense__is_refused(api: Api, length: str) -> None:
    headers = {**_json(api), "Content-Length": length}
    assert api.http.post("/api/v1/bills", content=b"{}", headers=headers).status_code == 413


def test_guesses__too_many_wrong_ones__are_slowed_down_and_right_ones_are_not(
    platform: Any, api: Api, bill: dict[str, Any]
) -> None:
    with TestClient(create_app(platform.services, wrong_guesses=3)) as http:
        page = "/b/" + bill["verify_url"].split("/b/")[1]
        assert [http.get(page).status_code for _ in range(6)] == [200] * 6
        wrong = [http.get(page[:-1] + "!") for _ in range(5)]
        assert [a.status_code for a in wrong] == [404, 404, 404, 429, 429]
        assert int(wrong[-1].headers["Retry-After"]) >= 1
        verify = http.post("/api/v1/verify", json={})
        assert (verify.status_code, verify.json()["type"]) == (429, "/problems/too-many-requests")
        assert http.get("/api/v1/me", headers=api.issuer()).status_code == 200


@pytest.mark.parametrize("path", ["/", "/api/v1/kinds", "/api/v1/nothing", "/static/style.css"])
def test_every_answer__has_the_security_headers(api: Api, path: str) -> None:
    headers = api.http.get(path).headers
    assert headers["Content-Security-Policy"].startswith("default-src 'self';")
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Request-Id"]


def test_unexpected_error__is_a_calm_500_without_internals(
    app: FastAPI, api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Broken:
        def __getattr__(self, name: str) -> Any:
            raise RuntimeError("secret internals")

    monkeypatch.setattr(app.state, "services", Broken())
    answer = api.http.get("/api/v1/kinds")
    assert answer.status_code == 500
    assert answer.json()["type"] == "/problems/internal-error"
    assert "secret" not in answer.text
    page = api.http.get("/b/460601260000000001/x")
    assert page.status_code == 500
    assert "secret" not in page.text


def test_access_log__has_no_address_with_secrets(api: Api, bill: dict[str, Any]) -> None:
    with capture_logs() as logged:
        api.http.get("/b/" + bill["verify_url"].split("/b/")[1])
    assert [entry["route"] for entry in logged] == ["/b/{bill_key}/{token}"]
    assert bill["verify_url"].rsplit("/", 1)[1] not in str(logged)
    assert bill["bill_no"] not in str(logged)


def _json(api: Api) -> dict[str, str]:
    return {**api.issuer(KIND), "Idempotency-Key": "big", "Content-Type": "application/json"}
