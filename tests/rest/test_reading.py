"""Reading one bill: documents, proof, state, trail, and who may."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest

from .support import OTHER_KIND, Api

PARTS = ("", "/pdf", "/json", "/proof", "/state", "/trail")


def test_bill__its_issuer__sees_content_and_anchor(api: Api, bill: dict[str, Any]) -> None:
    view = api.http.get(bill["links"]["self"], headers=api.issuer()).json()
    assert view["state"] == "ANCHORED"
    assert view["validity"] == "ISSUED"
    assert view["content"]["check_code"] == bill["check_code"]
    assert view["verify_url"] == bill["verify_url"]
    assert view["anchor"] == bill["anchor"]


@pytest.mark.parametrize("part", PARTS)
def test_bill_of_another_issuer__answers_as_one_that_is_not(
    api: Api, bill: dict[str, Any], part: str
) -> None:
    other = api.issuer(OTHER_KIND)
    theirs = api.http.get(bill["links"]["self"] + part, headers=other)
    absent = f"/api/v1/bills/{bill['bill_code']}/9999999999"
    none = api.http.get(absent + part, headers=other)
    assert theirs.status_code == none.status_code == 404
    mine, nobodys = theirs.json(), none.json()
    for answer, number in ((mine, bill["bill_no"]), (nobodys, "9999999999")):
        answer["detail"] = answer["detail"].replace(number, "…")
        del answer["instance"], answer["request_id"]
    assert mine == nobodys


@pytest.mark.parametrize("part", PARTS)
def test_bill__no_key__is_401(api: Api, bill: dict[str, Any], part: str) -> None:
    assert api.http.get(bill["links"]["self"] + part).status_code == 401


def test_bill__payer_without_grant__is_404_and_with_it_has_no_secrets(api: Api) -> None:
    bill, payer = api.issue(), api.payer("EMPLOYER")
    assert api.http.get(bill["links"]["self"], headers=payer).status_code == 404
    assert api.grant(bill, payer, api.left(bill)).status_code == 201
    shown = api.http.get(bill["links"]["self"], headers=payer)
    assert shown.status_code == 200
    assert bill["check_code"] not in shown.text
    assert bill["verify_url"].rsplit("/", 1)[1] not in shown.text
    assert api.http.get(bill["links"]["proof"], headers=payer).status_code == 200
    assert api.http.get(bill["links"]["pdf"], headers=payer).status_code == 403
    assert api.http.get(bill["links"]["json"], headers=payer).status_code == 403


@pytest.mark.parametrize(
    ("part", "media_type"), [("pdf", "application/pdf"), ("json", "application/json")]
)
def test_document__has_its_name_and_the_digest_of_its_bytes(
    api: Api, bill: dict[str, Any], part: str, media_type: str
) -> None:
    answer = api.http.get(bill["links"][part], headers=api.issuer())
    assert answer.headers["Content-Type"] == media_type
    assert answer.headers["ETag"] == f'"{hashlib.sha256(answer.content).hexdigest()[:32]}"'
    name = f"{bill['bill_code']}-{bill['bill_no']}.{part}"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{name}"'
    again = api.http.get(
        bill["links"][part], headers={**api.issuer(), "If-None-Match": answer.headers["ETag"]}
    )
    assert (again.status_code, again.content) == (304, b"")


def test_document__asked_twice__same_bytes(api: Api, bill: dict[str, Any]) -> None:
    assert api.pdf(bill) == api.pdf(bill)


def test_proof__is_the_bill_files_without_content(api: Api, bill: dict[str, Any]) -> None:
    proof = api.http.get(bill["links"]["proof"], headers=api.issuer()).json()
    whole = json.loads(api.bill_file(bill))
    assert proof == {name: whole[name] for name in ("header", "proof", "anchor", "chain")}


def test_state__adds_up(api: Api, bill: dict[str, Any]) -> None:
    state = api.http.get(bill["links"]["state"], headers=api.issuer()).json()
    amounts = state["amounts"]
    parts = ("at_source_fen", "settled_fen", "reserved_fen", "left_fen")
    assert sum(amounts[p] for p in parts) == amounts["total_fen"]
    assert (state["validity"], state["issuer_status"]) == ("ISSUED", "ACTIVE")


def test_trail__begins_with_the_anchor(api: Api, bill: dict[str, Any]) -> None:
    items = api.http.get(bill["links"]["trail"], headers=api.issuer()).json()["items"]
    assert items[0]["event"] == "Anchored"
    assert items[0]["transaction"] == bill["anchor"]["transaction"]


def test_void__then_the_state_says_so_and_again_conflicts(api: Api) -> None:
    bill = api.issue()
    path = bill["links"]["self"] + "/void"
    done = api.post(path, {"reason": "MISTAKE"}, api.issuer(), key="void-" + bill["bill_no"])
    assert (done.status_code, done.json()["state"]) == (201, "DONE")
    replay = api.post(path, {"reason": "MISTAKE"}, api.issuer(), key="void-" + bill["bill_no"])
    assert replay.json() == done.json()
    state = api.http.get(bill["links"]["state"], headers=api.issuer()).json()
    assert (state["validity"], state["amounts"]["left_fen"]) == ("VOIDED", 0)
    assert api.post(path, {"reason": "MISTAKE"}, api.issuer()).status_code == 409


def test_void__bad_reason_or_foreign_bill__is_refused(api: Api, bill: dict[str, Any]) -> None:
    path = bill["links"]["self"] + "/void"
    wrong = api.post(path, {"reason": "BECAUSE"}, api.issuer())
    assert (wrong.status_code, wrong.json()["errors"][0]["path"]) == (422, "/reason")
    foreign = api.post(path, {"reason": "MISTAKE"}, api.issuer(OTHER_KIND))
    assert foreign.status_code == 404
