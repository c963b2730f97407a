"""A short way to speak to the API of the platform under test."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any

import httpx
from starlette.testclient import TestClient

KIND = "medical_outpatient"
OTHER_KIND = "tuition"


@dataclass(frozen=True)
class Api:
    """Calls with the right credential and a fresh Idempotency-Key."""

    http: TestClient
    platform: Any

    def issuer(self, kind: str = KIND) -> dict[str, str]:
        return _bearer(self.platform.issuer_key(kind))

    def payer(self, kind: str) -> dict[str, str]:
        return _bearer(self.platform.payer_key(kind))

    def uscc(self, headers: dict[str, str]) -> str:
        return str(self.http.get("/api/v1/me", headers=headers).json()["owner"])

    def post(
        self, path: str, body: object, headers: dict[str, str] | None = None, key: str | None = None
    ) -> httpx.Response:
        sent = {"Idempotency-Key": key or secrets.token_hex(8), **(headers or {})}
        return self.http.post(path, json=body, headers=sent)

    def issue(self, kind: str = KIND) -> dict[str, Any]:
        """A bill that the chain has."""
        answer = self.post(
            "/api/v1/bills?wait=anchored", self.platform.sample(kind), self.issuer(kind)
        )
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    def grant(self, bill: dict[str, Any], payer: dict[str, str], cap_fen: int) -> httpx.Response:
        body = {
            "payer": self.uscc(payer),
            "cap_fen": cap_fen,
            "expires_at": self.platform.services.desk.clock() + 86400,
            "check_code": bill["check_code"],
            "token": token_of(bill),
            "nonce": secrets.randbelow(2**48),
            "no_statutory": False,
        }
        return self.post(bill["links"]["self"] + "/grants", body)

    def left(self, bill: dict[str, Any]) -> int:
        answer = self.http.get(bill["links"]["state"], headers=self.issuer())
        return int(answer.json()["amounts"]["left_fen"])

    def bill_file(self, bill: dict[str, Any], kind: str = KIND) -> bytes:
        return self.http.get(bill["links"]["json"], headers=self.issuer(kind)).content

    def pdf(self, bill: dict[str, Any], kind: str = KIND) -> bytes:
        return self.http.get(bill["links"]["pdf"], headers=self.issuer(kind)).content


def _bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


def token_of(bill: dict[str, Any]) -> str:
    return str(bill["verify_url"].rsplit("/", 1)[1])
