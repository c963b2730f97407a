"""POST and GET /bills."""

from __future__ import annotations

from typing import Any

from frontend_api.flow.supervise import resume_issuer, suspend_issuer

from .support import KIND, OTHER_KIND, Api


def test_issue__waited__answers_201_with_the_anchor(api: Api) -> None:
    answer = api.post("/api/v1/bills?wait=anchored", api.platform.sample(KIND), api.issuer())
    made = answer.json()
    assert answer.status_code == 201
    assert made["state"] == "ANCHORED"
    assert made["anchor"]["batch_size"] >= 1
    assert answer.headers["Location"] == made["links"]["self"]
    assert "Idempotency-Replayed" not in answer.headers


def test_issue__not_waited__answers_202_accepted(api: Api) -> None:
    answer = api.post("/api/v1/bills", api.platform.sample(KIND), api.issuer())
    assert answer.status_code == 202
    assert answer.json()["state"] in ("ACCEPTED", "ANCHORED")
    assert len(answer.json()["check_code"]) == 6


def test_issue__repeated__answers_the_same_bill(api: Api) -> None:
    body = api.platform.sample(KIND)
    first = api.post("/api/v1/bills?wait=anchored", body, api.issuer(), key="again-1")
    second = api.post("/api/v1/bills?wait=anchored", body, api.issuer(), key="again-1")
    assert (first.status_code, second.status_code) == (201, 200)
    assert second.headers["Idempotency-Replayed"] == "true"
    assert first.json() == second.json()


def test_issue__key_with_another_body__is_refused(api: Api) -> None:
    api.post("/api/v1/bills", api.platform.sample(KIND), api.issuer(), key="again-2")
    answer = api.post("/api/v1/bills", api.platform.sample(KIND), api.issuer(), key="again-2")
    assert (answer.status_code, _code(answer)) == (422, "idempotency-key-reused")


def test_issue__business_number_used__conflicts(api: Api) -> None:
    body = api.platform.sample(KIND)
    api.post("/api/v1/bills", body, api.issuer())
    answer = api.post("/api/v1/bills", body, api.issuer())
    assert (answer.status_code, _code(answer)) == (409, "state-conflict")


def test_issue__no_numbers_of_that_kind__conflicts(api: Api) -> None:
    answer = api.post("/api/v1/bills", api.platform.sample(OTHER_KIND), api.issuer(KIND))
    assert (answer.status_code, _code(answer)) == (409, "numbers-exhausted")


def test_list__pages_by_key__shows_each_bill_once(api: Api) -> None:
    for _ in range(3):
        api.post("/api/v1/bills", api.platform.sample(KIND), api.issuer())
    seen: list[str] = []
    cursor, pages = "", 0
    while True:
        page = api.http.get(f"/api/v1/bills?limit=2{cursor}", headers=api.issuer()).json()
        seen += [b["bill_code"] + b["bill_no"] for b in page["items"]]
        pages += 1
        if page["next_cursor"] is None or pages > 200:
            break
        cursor = f"&cursor={page['next_cursor']}"
    assert pages >= 2
    assert seen == sorted(set(seen), reverse=True)


def test_list__by_state_and_kind__shows_only_those(api: Api, bill: dict[str, Any]) -> None:
    def items(query: str) -> list[dict[str, Any]]:
        answer = api.http.get(f"/api/v1/bills?limit=200&{query}", headers=api.issuer())
        return list(answer.json()["items"])

    numbers = [b["bill_no"] for b in items(f"state=ANCHORED&kind={KIND}")]
    assert bill["bill_no"] in numbers
    assert all(b["state"] == "ANCHORED" for b in items("state=ANCHORED"))
    assert items(f"kind={OTHER_KIND}") == []


def test_suspended_issuer__refused_until_it_is_resumed(api: Api) -> None:
    services, kind = api.platform.services, "transit_ticket"
    who, desk = api.uscc(api.issuer(kind)), services.desk
    suspend_issuer(desk, who, "rest-test")
    assert services.engine.wait_for(lambda: desk.views.issuer(who).status == "SUSPENDED", 20)
    try:
        refused = api.post("/api/v1/bills", api.platform.sample(kind), api.issuer(kind))
    finally:
        resume_issuer(desk, who, "rest-test")
        assert services.engine.wait_for(lambda: desk.views.issuer(who).status == "ACTIVE", 20)
    assert (refused.status_code, _code(refused)) == (403, "not-allowed")
    assert "suspended" in refused.json()["detail"]
    assert api.issue(kind)["state"] == "ANCHORED"


def _code(answer: Any) -> str:
    return str(answer.json()["type"]).rsplit("/", 1)[1]
