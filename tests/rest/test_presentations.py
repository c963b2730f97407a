"""POST …/presentations, and what a grant for some fields opens to a payer."""

from __future__ import annotations

import json
from typing import Any

import pytest

from .support import Api, token_of

VERIFY = "/api/v1/verify"
FIELDS = ["/holder/name", "/lines/0"]


def present(api: Api, bill: dict[str, Any], body: object, headers: dict[str, str] | None = None):
    address = bill["links"]["self"] + "/presentations"
    return api.http.post(address, json=body, headers=headers or api.issuer())


@pytest.mark.parametrize("body", [{"to": "payer"}, {"to": "employer"}, {"to": "stranger"},
                                  {"to": "all"}, {"fields": FIELDS}])  # fmt: skip
def test_present__any_choice__verifies_like_the_bill(api: Api, bill, body: object) -> None:
    answer = present(api, bill, body)
    assert answer.status_code == 200, answer.text
    report = api.http.post(VERIFY, json=answer.json()).json()
    assert report["overall"] == "VALID"
    facts = report["verdicts"][0]["facts"]
    assert facts["shown"] + facts["withheld"] == facts["fields"] == len(answer.json()["fields"])
    assert bill["check_code"] not in answer.text
    assert token_of(bill) not in answer.text


def test_present__altered__invalid(api: Api, bill) -> None:
    value = present(api, bill, {"fields": FIELDS}).json()
    shown = next(f for f in value["fields"] if f[1] == "/holder/name")
    shown[2] += "甲"
    assert api.http.post(VERIFY, json=value).json()["overall"] == "INVALID"


@pytest.mark.parametrize(
    ("body", "path"),
    [({}, "/to"), ({"to": "friend"}, "/to"), ({"fields": ["/nothing"]}, "/fields/0"),
     ({"fields": ["/check_code"]}, "/fields/0"), ({"fields": "x"}, "/fields"),
     ({"to": "all", "fields": []}, "/to"), ({"to": "all", "more": 1}, "/more")],
)  # fmt: skip
def test_present__bad_choice__422_with_the_member(api: Api, bill, body: object, path: str) -> None:
    answer = present(api, bill, body)
    assert answer.status_code == 422
    assert [e["path"] for e in answer.json()["errors"]] == [path]


def test_present__another_issuer_or_payer_without_grant__404(api: Api, bill) -> None:
    for headers in (api.issuer("tuition"), api.payer("COMMERCIAL")):
        assert present(api, bill, {"to": "stranger"}, headers).status_code == 404
    assert api.http.post(bill["links"]["self"] + "/presentations", json={}).status_code == 401


def test_present__payer_granted_some_fields__these_and_no_content(api: Api) -> None:
    bill, payer = api.issue(), api.payer("STATUTORY")
    grant = {
        "payer": api.uscc(payer),
        "cap_fen": 100,
        "expires_at": api.platform.services.desk.clock() + 86400,
        "check_code": bill["check_code"],
        "token": token_of(bill),
        "fields": FIELDS,
    }
    assert api.post(bill["links"]["self"] + "/grants", grant).status_code == 201
    answer = present(api, bill, {"fields": FIELDS[::-1]}, payer)
    assert answer.status_code == 200
    shown = {f[1] for f in answer.json()["fields"] if len(f) == 3}
    assert {"/holder/name", "/lines/0", "/total"} <= shown
    assert "/lines/1" not in shown
    assert present(api, bill, {"to": "payer"}, payer).status_code == 403
    assert present(api, bill, {"fields": ["/holder/name"]}, payer).status_code == 403
    read = api.http.get(bill["links"]["self"], headers=payer)
    assert (read.status_code, read.json()["type"]) == (403, "/problems/not-allowed")
    proof = api.http.get(bill["links"]["proof"], headers=payer)
    assert proof.status_code == 200
    for line in json.loads(api.bill_file(bill))["fields"]:
        assert line[0] not in proof.text  # no salt
