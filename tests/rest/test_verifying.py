"""POST /verify: documents and look-up."""

from __future__ import annotations

import json
from typing import Any

import pytest

from .support import Api

PATH = "/api/v1/verify"
PDF, JSON = {"Content-Type": "application/pdf"}, {"Content-Type": "application/json"}


def test_verify__the_three_ways_to_send_a_document__agree(api: Api, bill: dict[str, Any]) -> None:
    pdf, file = api.pdf(bill), api.bill_file(bill)
    reports = [
        api.http.post(PATH, content=pdf, headers=PDF).json(),
        api.http.post(PATH, content=file, headers=JSON).json(),
        api.http.post(PATH, files={"file": ("bill.pdf", pdf, "application/pdf")}).json(),
        api.http.post(PATH, files={"file": ("bill", file, "application/octet-stream")}).json(),
    ]
    reasons = [v["reason"] for v in reports[0]["verdicts"]]
    assert reasons[-2:] == ["face-same", "signed"]
    assert [r["overall"] for r in reports] == ["VALID"] * 4
    assert all(r["bill"]["bill_no"] == bill["bill_no"] for r in reports)


def test_verify__altered_content__is_invalid(api: Api, bill: dict[str, Any]) -> None:
    file = json.loads(api.bill_file(bill))
    for field in file["fields"]:
        if field[1] == "/total":
            field[2] += 100
    report = api.http.post(PATH, json=file).json()
    assert report["overall"] == "INVALID"
    assert report["verdicts"][0]["verdict"] == "INVALID"


def test_verify__void_bill__is_invalid_with_that_reason(api: Api) -> None:
    bill = api.issue()
    file = api.bill_file(bill)
    api.post(bill["links"]["self"] + "/void", {"reason": "DUPLICATE"}, api.issuer())
    report = api.http.post(PATH, content=file, headers=JSON).json()
    assert report["overall"] == "INVALID"
    assert "voided" in [v["reason"] for v in report["verdicts"]]


def _question(api: Api, bill: dict[str, Any]) -> dict[str, Any]:
    amount = json.loads(api.bill_file(bill))["header"]["amount_fen"]
    names = ("bill_code", "bill_no", "check_code")
    return {**{name: bill[name] for name in names}, "amount_fen": amount}


def test_look_up__all_four_right__gives_the_report(api: Api, bill: dict[str, Any]) -> None:
    answer = api.http.post(PATH, json=_question(api, bill))
    assert (answer.status_code, answer.json()["overall"]) == (200, "VALID")


def test_look_up__unknown_wrong_code_wrong_amount__answer_alike(
    api: Api, bill: dict[str, Any]
) -> None:
    right = _question(api, bill)
    wrong_code = "zzzzzz" if right["check_code"] != "zzzzzz" else "zzzzzy"
    answers = [
        api.http.post(PATH, json={**right, "check_code": wrong_code}),
        api.http.post(PATH, json={**right, "amount_fen": right["amount_fen"] + 1}),
        api.http.post(PATH, json={**right, "bill_no": "9999999999"}),
    ]
    bodies = [a.json() for a in answers]
    for body in bodies:
        del body["request_id"]
    assert [a.status_code for a in answers] == [404] * 3
    assert bodies[0] == bodies[1] == bodies[2]


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"bill_code": "0"}, "/bill_code"),
        ({"bill_no": "0000000000"}, "/bill_no"),
        ({"amount_fen": -1}, "/amount_fen"),
        ({"amount_fen": "1"}, "/amount_fen"),
        ({"check_code": 1}, "/check_code"),
        ({"check_code": "\u202eabc"}, "/check_code"),
        ({"more": 1}, "/more"),
    ],
)
def test_look_up__bad_field__is_422(
    api: Api, bill: dict[str, Any], change: dict[str, Any], path: str
) -> None:
    answer = api.http.post(PATH, json={**_question(api, bill), **change})
    assert answer.status_code == 422
    assert [e["path"] for e in answer.json()["errors"]] == [path]


@pytest.mark.parametrize(
    ("raw", "headers", "status"),
    [
        (b"<html>", PDF, 415),
        (b"", PDF, 415),
        (b"%PDF-1.7 broken", PDF, 400),
        (b"%PDF-1.7 broken", JSON, 415),
        (b"{}", PDF, 415),
        (b"{]", JSON, 400),
        (b"[]", JSON, 422),
        (b'{"format": "other/1"}', JSON, 422),
        (b'{"format": 1}', JSON, 422),
        (b"PK\x03\x04", {"Content-Type": "application/zip"}, 415),
        (b"<!DOCTYPE a [<!ENTITY b 'c'>]>", {"Content-Type": "application/xml"}, 415),
        (b"x", {"Content-Type": "multipart/form-data"}, 400),
        (b"x", {"Content-Type": "multipart/form-data; boundary=a"}, 400),
        (b"{}", {}, 415),
    ],
)
def test_verify__bytes_that_are_not_what_they_claim(
    api: Api, raw: bytes, headers: dict[str, str], status: int
) -> None:
    answer = api.http.post(PATH, content=raw, headers=headers)
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("name", "data", "declared", "status"),
    [
        ("a.pdf", b"no pdf", "application/pdf", 415),
        ("a.json", b"%PDF-1.7", "application/json", 415),
        ("a.png", b"\x89PNG", "image/png", 415),
        ("a.bin", b"\x00\x01", "application/octet-stream", 415),
    ],
)
def test_verify__form_part_that_disagrees_with_its_type(
    api: Api, name: str, data: bytes, declared: str, status: int
) -> None:
    answer = api.http.post(PATH, files={"file": (name, data, declared)})
    assert answer.status_code == status, answer.text


def test_verify__form_without_file__names_it(api: Api) -> None:
    answer = api.http.post(PATH, files={"other": ("a", b"a", "text/plain")})
    assert (answer.status_code, answer.json()["errors"][0]["path"]) == (422, "/file")


def test_verify__contents_not_echoed__when_unknown_deployment(
    api: Api, bill: dict[str, Any]
) -> None:
    file = json.loads(api.bill_file(bill))
    file["chain"]["instance"] = "0x" + "ab" * 32
    report = api.http.post(PATH, json=file).json()
    assert report["overall"] in ("UNKNOWN", "INVALID")
    assert "not-pinned" in [v["reason"] for v in report["verdicts"]]


@pytest.mark.parametrize(("query", "accept"), [("?report=pdf", "*/*"), ("", "application/pdf")])
def test_verify__asked_for_a_pdf__the_printed_report(
    api: Api, bill: dict[str, Any], query: str, accept: str
) -> None:
    answer = api.http.post(
        PATH + query, content=api.bill_file(bill), headers={**JSON, "Accept": accept}
    )
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF-")
    assert api.http.post(PATH + "?report=docx", json={}).status_code == 422


def test_verify__ofd__judged_with_its_page(api: Api, bill: dict[str, Any]) -> None:
    answer = api.http.get(bill["links"]["ofd"], headers=api.issuer())
    assert answer.headers["Content-Type"] == "application/ofd"
    again = {**api.issuer(), "If-None-Match": answer.headers["ETag"]}
    assert api.http.get(bill["links"]["ofd"], headers=again).status_code == 304
    sent = {"Content-Type": "application/ofd"}
    report = api.http.post(PATH, content=answer.content, headers=sent).json()
    assert report["overall"] == "VALID"
    assert [v["reason"] for v in report["verdicts"]][-1] == "face-same"
    assert api.http.post(PATH, content=answer.content, headers=PDF).status_code == 415
    climbing = answer.content.replace(b"Doc_0/PublicRes.xml", b"../0/PublicRes.xml")
    assert api.http.post(PATH, content=climbing, headers=sent).status_code == 400
