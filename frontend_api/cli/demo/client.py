"""The demonstration's issuers, holders and payers: callers of the API like any other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import httpx

from frontend_api.domain.states import PayerKind
from frontend_api.domain.uscc import require_uscc

_GRANT_SECONDS = 30 * 86400


@dataclass(frozen=True, slots=True)
class Issued:
    """An issued bill, as the API answered, and what was asked for."""

    code: str
    number: str
    check_code: str
    token: str
    request: dict[str, Any]
    key: str

    @property
    def path(self) -> str:
        return f"/api/v1/bills/{self.code}/{self.number}"

    @property
    def total(self) -> int:
        return int(self.request["total"])


@dataclass(frozen=True, slots=True)
class Client:
    """Calls the API; every unexpected answer raises with the API's own words."""

    http: httpx.Client
    now: int

    def issue(self, api_key: str, request: dict[str, Any]) -> Issued:
        """Issue one bill; answers at once, the anchor follows."""
        answer = self._post("/api/v1/bills", request, request["business_no"], api_key)
        made = _expect(answer, 200, 201, 202)
        return Issued(
            made["bill_code"],
            made["bill_no"],
            made["check_code"],
            made["verify_url"].rsplit("/", 1)[1],
            request,
            api_key,
        )

    def waiting(self, api_key: str) -> bool:
        """Whether any of an issuer's bills is accepted and not on the chain yet."""
        answer = self.http.get(
            "/api/v1/bills", params={"state": "ACCEPTED", "limit": 1}, headers=_bearer(api_key)
        )
        return bool(_expect(answer, 200)["items"])

    def anchored(self, api_key: str) -> int:
        """How many of an issuer's bills the chain has, page by page."""
        count, query = 0, {"state": "ANCHORED", "limit": "200"}
        while True:
            answer = self.http.get("/api/v1/bills", params=query, headers=_bearer(api_key))
            page = _expect(answer, 200)
            count += len(page["items"])
            if not page["next_cursor"]:
                return count
            query["cursor"] = page["next_cursor"]

    def document(self, bill: Issued, form: str) -> bytes:
        """The bill's ``pdf`` or ``json``."""
        answer = self.http.get(f"{bill.path}/{form}", headers=_bearer(bill.key))
        if answer.status_code != 200:
            _expect(answer, 200)
        return answer.content

    def grant(self, bill: Issued, payer: str) -> None:
        """The holder, with the bill in hand, lets a payer use it up to its whole amount."""
        body = {
            "payer": require_uscc(payer),
            "cap_fen": bill.total,
            "expires_at": self.now + _GRANT_SECONDS,
            "check_code": bill.check_code,
            "token": bill.token,
        }
        _expect(self._post(f"{bill.path}/grants", body, f"grant-{payer}"), 201)

    def lock(self, bill: Issued, api_key: str, claim_no: str, fen: int) -> httpx.Response:
        """A payer reserves an amount; the answer may be the contract's refusal."""
        body = {"claim_no": claim_no, "amount_fen": fen}
        return self._post(f"{bill.path}/claims", body, f"lock-{claim_no}-{bill.number}", api_key)

    def settle(self, bill: Issued, api_key: str, claim_no: str, fen: int) -> None:
        """A payer pays what it reserved."""
        body = {"approved_fen": fen, "voucher": f"V-{claim_no}"}
        path = f"{bill.path}/claims/{claim_no}/settle"
        _expect(self._post(path, body, f"settle-{claim_no}-{bill.number}", api_key), 201)

    def _post(
        self, path: str, body: dict[str, Any], key: str, api_key: str | None = None
    ) -> httpx.Response:
        headers = {"Idempotency-Key": key} | (_bearer(api_key) if api_key else {})
        return self.http.post(path, json=body, headers=headers)


def _bearer(api_key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {api_key}"}


def _expect(answer: httpx.Response, *statuses: int) -> dict[str, Any]:
    if answer.status_code not in statuses:
        raise RuntimeError(f"{answer.request.url} answered {answer.status_code}: {answer.text}")
    return dict(answer.json())


STATUTORY, COMMERCIAL, EMPLOYER = (
    PayerKind.STATUTORY,
    PayerKind.COMMERCIAL,
    PayerKind.EMPLOYER,
)
