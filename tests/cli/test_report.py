"""`piaolian verify FILE --report`, and the commands that the report tells, typed as they stand."""

from __future__ import annotations

import shlex
import subprocess
import sys
from pathlib import Path

import pypdfium2
import pytest

from frontend_api.documents.report_steps import steps_of
from frontend_api.flow.issue import issue_bill
from frontend_api.flow.read import bill_file_of

pytestmark = pytest.mark.chain

PIAOLIAN = Path(sys.executable).with_name("piaolian")


@pytest.fixture(scope="module")
def bill(platform):
    """An anchored bill's file."""
    request = platform.sample("tuition")
    services = platform.services
    who = services.caller(platform.issuer_key(request["kind"])).owner
    key = issue_bill(services.desk, who, request["business_no"], request).number.key
    bills = services.desk.bills
    assert services.engine.wait_for(lambda: bills.find(key).anchored is not None, 20)
    return bill_file_of(services.desk, bills.find(key))


def test_verify__with_report__writes_the_pdf_and_keeps_its_exit_code(platform, bill, tmp_path):
    file, out = tmp_path / "bill.json", tmp_path / "out.pdf"
    file.write_bytes(bill.to_bytes())
    args = [PIAOLIAN, "verify", file, "--rpc", platform.chain.url, "--report", out,
            "--trust", platform.home / "deployment.json"]  # fmt: skip
    done = subprocess.run(args, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    document = pypdfium2.PdfDocument(out.read_bytes())
    text = "".join(document[i].get_textpage().get_text_range() for i in range(len(document)))
    assert "真实有效" in text
    assert "bill.json" in text
    file.write_bytes(bill.to_bytes().replace(b'/total",', b'/total",1'))
    done = subprocess.run(args, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 1
    assert b"%PDF-" in out.read_bytes()


def test_report__its_commands__typed_as_they_stand__answer_what_it_says(platform, bill):
    report = platform.services.verifier.verify_bill_file(bill)
    cast = Path(__file__).resolve().parents[2] / "node_modules" / ".bin" / "cast"
    answers = []
    for step in steps_of(report, "bill.json"):
        for line in step["lines"]:
            if line.startswith("cast "):
                typed = line.replace("$RPC", platform.chain.url)
                done = subprocess.run(
                    [cast, *shlex.split(typed)[1:]],
                    capture_output=True, text=True, check=False, timeout=60,
                )  # fmt: skip
                assert done.returncode == 0, done.stderr
                answers.append(done.stdout)
    facts = report.verdict("inclusion").finding.facts
    batch, life, amounts = answers
    assert batch.startswith(f"({facts['root']}, ")
    assert f", {facts['size']}, " in batch
    assert life.strip("()\n").split(", ")[0] == "0"
    assert amounts.splitlines()[0].startswith("0")
