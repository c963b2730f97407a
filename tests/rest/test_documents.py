"""Documents over HTTP: signed, stamped once the bill is out of use, and as pictures."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from frontend_api.bootstrap import extract_bundle, print_documents
from frontend_api.commitment.proof_bundle import ProofBundle
from frontend_api.documents import read_signatures
from frontend_api.domain.numbers import BillNumber

from .support import Api

VERIFY = "/api/v1/verify"
PDF = {"Content-Type": "application/pdf"}


def test_pdf__signed_by_both_under_the_recorded_authority(api: Api, bill: dict[str, Any]) -> None:
    found = read_signatures(api.pdf(bill)) or ()
    assert len(found) == 2
    assert {s.root for s in found} == set(api.platform.services.record.document_cas)
    report = api.http.post(VERIFY, content=api.pdf(bill), headers=PDF).json()
    last = report["verdicts"][-1]
    assert (last["number"], last["name"], last["reason"]) == (8, "signature", "signed")
    assert report["overall"] == "VALID"


def test_pdf__signatures_cut_off__is_unknown_and_not_invalid(
    api: Api, bill: dict[str, Any]
) -> None:
    pdf = api.pdf(bill)
    unsigned = pdf[: pdf.index(b"%%EOF") + 5]
    report = api.http.post(VERIFY, content=unsigned, headers=PDF).json()
    assert [v["reason"] for v in report["verdicts"]][-2:] == ["face-same", "not-signed"]
    assert report["overall"] == "UNKNOWN"


def test_pdf__asked_for_with_its_proof__carries_it_and_verifies(
    api: Api, bill: dict[str, Any]
) -> None:
    plain, here = api.pdf(bill), bill["links"]["pdf"]
    answer = api.http.get(here, headers=api.issuer(), params={"proof": True})
    assert answer.status_code == 200, answer.text
    assert answer.headers["ETag"] != api.http.get(here, headers=api.issuer()).headers["ETag"]
    bundle = ProofBundle.from_bytes(extract_bundle(answer.content) or b"")
    assert bundle.block_hashes()["anchoring"].hex() == bill["anchor"]["block_hash"][2:]
    report = api.http.post(VERIFY, content=answer.content, headers=PDF).json()
    last = report["verdicts"][-1]
    assert (last["number"], last["name"], last["reason"]) == (9, "bundle", "bundle-holds")
    assert report["overall"] == "VALID"
    assert extract_bundle(plain) is None
    assert api.pdf(bill) == plain


def test_public_page__offers_the_pdf_with_its_proof(api: Api, bill: dict[str, Any]) -> None:
    page = bill["verify_url"][bill["verify_url"].index("/b/") :]
    assert f'href="{page}/pdf?proof=true"' in api.http.get(page).text
    proved = api.http.get(f"{page}/pdf", params={"proof": True})
    assert extract_bundle(proved.content) is not None
    told = api.http.post("/verify", files={"file": ("bill.pdf", proved.content, "application/pdf")})
    assert told.status_code == 200
    assert "所附证明包" in told.text
    report = api.http.post(f"{VERIFY}?report=pdf", content=proved.content, headers=PDF)
    assert report.content.startswith(b"%PDF-")
    assert extract_bundle(api.http.get(f"{page}/pdf").content) is None


@pytest.mark.parametrize("place", [-9, -200, -2000, -5000, 700, 9000])
def test_pdf__a_changed_byte__is_not_valid(api: Api, bill: dict[str, Any], place: int) -> None:
    altered = bytearray(api.pdf(bill))
    altered[place] ^= 1
    answer = api.http.post(VERIFY, content=bytes(altered), headers=PDF)
    assert answer.json().get("overall") != "VALID"


def test_pdf__after_the_void__is_stamped_and_the_copy_before_is_judged_by_the_chain(
    api: Api,
) -> None:
    bill = api.issue()
    before = api.pdf(bill)
    api.post(bill["links"]["self"] + "/void", {"reason": "MISTAKE"}, api.issuer())
    after = api.pdf(bill)
    assert after != before
    reports = [api.http.post(VERIFY, content=pdf, headers=PDF).json() for pdf in (before, after)]
    assert [r["overall"] for r in reports] == ["INVALID"] * 2
    reasons = [{v["name"]: v["reason"] for v in r["verdicts"]} for r in reports]
    assert [r["live"] for r in reasons] == ["voided"] * 2
    assert [r["face"] for r in reasons] == ["face-same", "marked-voided"]
    assert [r["signature"] for r in reasons] == ["signed"] * 2


@pytest.mark.parametrize(
    ("form", "media_type", "start"),
    [("png", "image/png", b"\x89PNG"), ("svg", "image/svg+xml", b"<svg")],
)
def test_picture__of_a_page__and_none_of_a_page_that_is_not_there(
    form: str, media_type: str, start: bytes, api: Api, bill: dict[str, Any]
) -> None:
    path = f"{bill['links']['self']}/{form}"
    shown = api.http.get(path, headers=api.issuer())
    assert (shown.status_code, shown.headers["Content-Type"]) == (200, media_type)
    assert shown.content.lstrip().startswith(start)
    again = {**api.issuer(), "If-None-Match": shown.headers["ETag"]}
    assert api.http.get(path, headers=again).status_code == 304
    assert api.http.get(f"{path}?page=99", headers=api.issuer()).status_code == 404
    assert api.http.get(path).status_code == 401


def test_print_documents__in_processes__gives_the_same_bytes_as_the_service(
    api: Api, bill: dict[str, Any], tmp_path: Path
) -> None:
    number = BillNumber.of(bill["bill_code"], bill["bill_no"])
    settings = api.platform.services.settings
    done = print_documents(settings, tmp_path / "some", [number.key], workers=1)
    assert (done.made, done.waiting) == (1, 0)
    assert (tmp_path / "some" / f"{number}.pdf").read_bytes() == api.pdf(bill)
    everything = print_documents(settings, tmp_path / "all", workers=2)
    assert everything.made == len(list((tmp_path / "all").glob("*.pdf"))) >= 1
