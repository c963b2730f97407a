"""The command line as a person uses it: real processes, a real chain, exit codes and words."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
from pathlib import Path

import pikepdf
import pytest

from frontend_api.bootstrap import extract_bill_file, free_port
from frontend_api.cli.demo.tamper import with_altered_amount
from frontend_api.flow.issue import issue_bill
from frontend_api.flow.read import bill_file_of, inclusion_of, receipt_of

pytestmark = pytest.mark.chain

PIAOLIAN = Path(sys.executable).with_name("piaolian")


def run(*args: object, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [PIAOLIAN, *map(str, args)], capture_output=True, text=True, cwd=cwd, check=False,
        stdin=subprocess.DEVNULL, timeout=120,
    )  # fmt: skip


@pytest.fixture(scope="module")
def bill_pdf(platform, tmp_path_factory) -> Path:
    """An anchored bill's PDF, alone in a folder."""
    request = platform.sample("medical_outpatient")
    services = platform.services
    who = services.caller(platform.issuer_key(request["kind"])).owner
    number = issue_bill(services.desk, who, request["business_no"], request).number
    bills = services.desk.bills
    assert services.engine.wait_for(lambda: bills.find(number.key).anchored is not None, 20)
    path = tmp_path_factory.mktemp("insurer") / "bill.pdf"
    path.write_bytes(services.pdf(bill_file_of(services.desk, bills.find(number.key))))
    return path


def verify(platform, file: Path, *more: object, rpc: str | None = None):
    record = platform.home / "deployment.json"
    return run(
        "verify", file, "--rpc", rpc or platform.chain.url, "--trust", record, *more,
        cwd=file.parent,
    )  # fmt: skip


def test_verify__good_bill_no_database_no_api__exit_0(platform, bill_pdf):
    done = verify(platform, bill_pdf)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("VALID") == 8
    assert {p.name for p in bill_pdf.parent.iterdir()} == {"bill.pdf"}  # nothing was made here


def test_verify__json_report__names_every_check(platform, bill_pdf):
    report = json.loads(verify(platform, bill_pdf, "--json").stdout)
    assert report["overall"] == "VALID"
    names = [v["name"] for v in report["verdicts"]]
    assert names == [
        "integrity", "inclusion", "anchored", "authority", "live", "amount", "face",
        "signature",
    ]  # fmt: skip


def test_verify__bill_file_beside_the_pdf__has_no_face_to_check(platform, bill_pdf):
    file = bill_pdf.with_suffix(".json")
    file.write_bytes(extract_bill_file(bill_pdf.read_bytes()))
    done = verify(platform, file)
    file.unlink()
    assert done.returncode == 0
    assert done.stdout.count("VALID") == 6


def test_verify__one_digit_of_the_embedded_amount_changed__exit_1(platform, bill_pdf, tmp_path):
    altered = tmp_path / "altered.pdf"
    altered.write_bytes(with_altered_amount(bill_pdf.read_bytes()))
    done = verify(platform, altered)
    assert done.returncode == 1
    assert "INVALID" in done.stdout


def test_verify__page_altered_but_data_untouched__exit_1(platform, bill_pdf, tmp_path):
    altered = tmp_path / "painted.pdf"
    out = io.BytesIO()
    with pikepdf.open(bill_pdf) as document:
        document.pages[0].contents_add(b"q 1 1 1 rg 300 40 200 40 re f Q")
        document.save(out)
    altered.write_bytes(out.getvalue())
    done = verify(platform, altered, "--json")
    assert done.returncode == 1
    verdicts = {v["name"]: v["verdict"] for v in json.loads(done.stdout)["verdicts"]}
    assert verdicts.pop("face") == "INVALID"
    assert verdicts.pop("signature") == "UNKNOWN"  # writing the file anew took them off
    assert set(verdicts.values()) == {"VALID"}


def test_verify__dead_rpc__exit_2_and_never_invalid(platform, bill_pdf):
    done = verify(platform, bill_pdf, rpc=f"http://127.0.0.1:{free_port()}")
    assert done.returncode == 2
    assert "UNKNOWN" in done.stdout
    assert "INVALID" not in done.stdout


def test_verify__nobody_vouches_for_the_contracts__exit_2(platform, bill_pdf):
    done = run("verify", bill_pdf, "--rpc", platform.chain.url, cwd=bill_pdf.parent)
    assert done.returncode == 2
    assert "--trust" in done.stdout


def test_verify__receipt__tells_whether_the_promise_was_kept(platform, tmp_path):
    desk = platform.services.desk
    request = platform.sample("medical_outpatient")
    who = platform.services.caller(platform.issuer_key(request["kind"])).owner
    issued = issue_bill(desk, who, request["business_no"], request)
    key = issued.number.key
    assert platform.services.engine.wait_for(lambda: desk.bills.find(key).anchored is not None, 20)
    stored = desk.bills.find(key)
    file = tmp_path / "receipt.json"
    file.write_text(json.dumps(receipt_of(desk, stored, inclusion_of(desk, stored)).to_json()))
    done = verify(platform, file)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "The promise was kept" in done.stdout
    altered = json.loads(file.read_text())
    altered["anchor_by"] += 1
    file.write_text(json.dumps(altered))
    done = verify(platform, file, "--json")
    assert done.returncode == 1
    reasons = [v["reason"] for v in json.loads(done.stdout)["verdicts"]]
    assert reasons == ["receipt-forged", "needs-signature"]


def test_verify__not_a_bill__exit_1_with_words(platform, tmp_path):
    file = tmp_path / "letter.txt"
    file.write_text("Dear Sir")
    done = verify(platform, file)
    assert done.returncode == 1
    assert "neither a PDF nor a bill file" in done.stdout.replace("\n", " ")


def test_sample_then_import__every_row_accepted__again__nothing_twice(platform, tmp_path):
    rows = run("sample", 40, "--seed", 11).stdout
    assert len(rows.splitlines()) == 40
    file = tmp_path / "bills.jsonl"
    file.write_text(rows)
    first = run("--home", platform.home, "import", file)
    assert first.returncode == 0, first.stderr
    assert "40 accepted, 0 were there, 40 anchored" in first.stdout
    again = run("--home", platform.home, "import", file)
    assert "0 accepted, 40 were there, 40 anchored" in again.stdout


def test_import__bad_rows__named_by_row_and_field__good_rows_kept(platform, tmp_path):
    good, bad, broken = run("sample", 3, "--seed", 12).stdout.splitlines()
    wrong = json.loads(bad) | {"total": -5, "extra": 1}
    file = tmp_path / "bills.jsonl"
    file.write_text("\n".join([good, json.dumps(wrong), broken[:-10]]) + "\n")
    done = run("--home", platform.home, "import", file)
    assert done.returncode == 1
    assert "1 accepted" in done.stdout
    errors = [
        json.loads(line)
        for line in (tmp_path / "bills.jsonl.errors.jsonl").read_text().splitlines()
    ]
    assert {(e["row"], e["path"]) for e in errors} == {(2, "/total"), (2, "/extra"), (3, "")}
    assert "row 2: /total" in done.stderr


def test_issue_status_claim__the_way_of_one_bill(platform, tmp_path):
    request = platform.sample("parking")
    file = tmp_path / "one.json"
    file.write_text(json.dumps(request))
    who = platform.services.caller(platform.issuer_key("parking")).owner
    issued = run("--home", platform.home, "issue", file, "--issuer", who)
    assert issued.returncode == 0, issued.stderr
    assert "anchored in block" in issued.stdout
    bill = re.match(r"\d{8}-\d{10}", issued.stdout).group()
    shown = run("--home", platform.home, "status", bill)
    assert "ISSUED" in shown.stdout
    payer = platform.services.caller(platform.payer_key("EMPLOYER")).owner
    refused = run(
        "--home", platform.home, "claim", bill, "--payer", payer, "--claim-no", "C1",
        "--amount", 1,
    )  # fmt: skip
    assert refused.returncode == 1
    assert "no bill" in refused.stderr  # no grant: nothing is told of it


def test_status__platform__tells_chain_and_contracts(platform):
    shown = run("--home", platform.home, "status")
    assert shown.returncode == 0
    assert platform.services.record.deployment.bill_registry in shown.stdout


def test_doctor__everything_there__exit_0__no_deployment__says_what_to_do(platform, tmp_path):
    assert run("--home", platform.home, "doctor").returncode == 0
    bare = run("--home", tmp_path / "bare", "doctor")
    assert bare.returncode == 1
    assert "FAULT deployment" in bare.stdout
    assert "piaolian deploy" in bare.stdout
