"""Grant, lock, settle, reject: two payers in order, and the contract's refusals."""

from __future__ import annotations

from typing import Any

import pytest

from .support import Api, token_of


def test_claims__two_payers_in_order__until_nothing_is_left(api: Api) -> None:
    bill, first, second = api.issue(), api.payer("STATUTORY"), api.payer("COMMERCIAL")
    claims, left = bill["links"]["self"] + "/claims", api.left(bill)
    half, rest = left // 2, left - left // 2
    assert api.grant(bill, first, left).status_code == 201
    assert api.grant(bill, second, left).status_code == 201

    locked = api.post(claims, {"claim_no": "S-1", "amount_fen": half}, first)
    assert locked.status_code == 201
    assert locked.json()["claim"]["state"] == "RESERVED"
    settled = api.post(f"{claims}/S-1/settle", {"approved_fen": half, "voucher": "V-1"}, first)
    assert settled.json()["claim"]["state"] == "SETTLED"
    assert settled.json()["claim"]["approved_fen"] == half

    assert api.post(claims, {"claim_no": "C-1", "amount_fen": rest}, second).status_code == 201
    api.post(f"{claims}/C-1/settle", {"approved_fen": rest}, second)
    assert api.left(bill) == 0

    more = api.post(claims, {"claim_no": "C-2", "amount_fen": 1}, second)
    assert more.status_code == 409
    assert more.json()["type"] == "/problems/refused-by-contract"
    assert more.json()["reason"].startswith("claim: ")


def test_claim__repeated__answers_the_same(api: Api) -> None:
    bill, payer = api.issue(), api.payer("STATUTORY")
    api.grant(bill, payer, api.left(bill))
    path, body = bill["links"]["self"] + "/claims", {"claim_no": "R-1", "amount_fen": 1}
    first = api.post(path, body, payer, key="lock-" + bill["bill_no"])
    again = api.post(path, body, payer, key="lock-" + bill["bill_no"])
    assert first.status_code == again.status_code == 201
    assert first.json() == again.json()
    other = api.post(path, {**body, "amount_fen": 2}, payer, key="lock-" + bill["bill_no"])
    assert (other.status_code, other.json()["type"]) == (422, "/problems/idempotency-key-reused")


def test_claim__rejected__frees_the_amount(api: Api) -> None:
    bill, payer = api.issue(), api.payer("STATUTORY")
    left = api.left(bill)
    api.grant(bill, payer, left)
    claims = bill["links"]["self"] + "/claims"
    api.post(claims, {"claim_no": "J-1", "amount_fen": left}, payer)
    assert api.left(bill) == 0
    done = api.post(f"{claims}/J-1/reject", {"reason": 3}, payer)
    assert done.json()["claim"]["state"] == "REJECTED"
    assert api.left(bill) == left
    read = api.http.get(f"{claims}/J-1", headers=payer)
    assert read.json() == done.json()["claim"]
    assert api.http.get(f"{claims}/J-2", headers=payer).status_code == 404


def test_claim__of_another_payer__cannot_be_seen_or_settled(api: Api) -> None:
    bill, owner, other = api.issue(), api.payer("STATUTORY"), api.payer("COMMERCIAL")
    left, claims = api.left(bill), bill["links"]["self"] + "/claims"
    api.grant(bill, owner, left)
    api.grant(bill, other, left)
    api.post(claims, {"claim_no": "O-1", "amount_fen": 1}, owner)
    assert api.http.get(f"{claims}/O-1", headers=other).status_code == 404
    settle = api.post(f"{claims}/O-1/settle", {"approved_fen": 1}, other)
    assert settle.status_code == 404
    state = api.http.get(bill["links"]["state"], headers=other).json()
    assert (state["claims"], state["amounts"]["reserved_fen"]) == ([], 1)
    trail = api.http.get(bill["links"]["trail"], headers=other).text
    assert api.uscc(owner) not in trail


def test_claim__without_grant__is_404(api: Api, bill: dict[str, Any]) -> None:
    answer = api.post(
        bill["links"]["self"] + "/claims",
        {"claim_no": "X", "amount_fen": 1},
        api.payer("PROVIDENT_FUND")
        if "PROVIDENT_FUND" in map(str, api.platform.sign_ins.payers)
        else api.payer("EMPLOYER"),
    )
    assert answer.status_code == 404


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"amount_fen": 0}, "/amount_fen"),
        ({"amount_fen": 1.5}, "/amount_fen"),
        ({"amount_fen": 10**20}, "/amount_fen"),
        ({"claim_no": "a b"}, "/claim_no"),
        ({"claim_no": "x" * 33}, "/claim_no"),
        ({"claim_no": 7}, "/claim_no"),
        ({"expires_at": 1}, "/expires_at"),
        ({"extra": 1}, "/extra"),
    ],
)
def test_claim__bad_field__is_422_with_its_path(
    api: Api, bill: dict[str, Any], change: dict[str, Any], path: str
) -> None:
    body = {"claim_no": "B-1", "amount_fen": 1, **change}
    answer = api.post(bill["links"]["self"] + "/claims", body, api.payer("STATUTORY"))
    assert answer.status_code == 422
    assert [e["path"] for e in answer.json()["errors"]] == [path]


def test_grant__wrong_code_wrong_token_unknown_bill__answer_alike(
    api: Api, bill: dict[str, Any]
) -> None:
    body = {
        "payer": api.uscc(api.payer("STATUTORY")),
        "cap_fen": 1,
        "expires_at": api.platform.services.desk.clock() + 60,
        "check_code": bill["check_code"],
        "token": token_of(bill),
    }
    path = bill["links"]["self"] + "/grants"
    unknown = f"/api/v1/bills/{bill['bill_code']}/9999999999/grants"
    wrong_code = "000000" if bill["check_code"] != "000000" else "000001"
    answers = [
        api.post(path, {**body, "check_code": wrong_code}),
        api.post(path, {**body, "token": "A" * 22}),
        api.post(unknown, body),
    ]
    told = {(a.status_code, a.json()["type"], a.json()["detail"]) for a in answers}
    assert len(told) == 1
    assert answers[0].status_code == 404


def test_grant__unknown_payer__is_422(api: Api, bill: dict[str, Any]) -> None:
    body = {
        "payer": "91460000DEM0009999",
        "cap_fen": 1,
        "expires_at": api.platform.services.desk.clock() + 60,
        "check_code": bill["check_code"],
        "token": token_of(bill),
    }
    answer = api.post(bill["links"]["self"] + "/grants", body)
    assert (answer.status_code, answer.json()["errors"][0]["path"]) == (422, "/payer")
