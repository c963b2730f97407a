"""`piaolian present`, from the document alone, and `verify` of what it made."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from pathlib import Path

import pytest
from jwcrypto.jwk import JWK
from sd_jwt.verifier import SDJWTVerifier

from frontend_api.flow.credential import issuer_metadata
from frontend_api.flow.issue import issue_bill
from frontend_api.flow.marks import mark_of
from frontend_api.flow.read import bill_file_of
from frontend_api.flow.void import void_bill

pytestmark = pytest.mark.chain

PIAOLIAN = Path(sys.executable).with_name("piaolian")


def run(*args: object, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [PIAOLIAN, *map(str, args)], capture_output=True, text=True, cwd=cwd, check=False,
        stdin=subprocess.DEVNULL, timeout=120,
    )  # fmt: skip


@pytest.fixture(scope="module")
def folder(platform, tmp_path_factory) -> Path:
    """A folder with nothing but a bill's PDF and the deployment record."""
    request = platform.sample("medical_outpatient")
    services = platform.services
    who = services.caller(platform.issuer_key(request["kind"])).owner
    key = issue_bill(services.desk, who, request["business_no"], request).number.key
    bills = services.desk.bills
    assert services.engine.wait_for(lambda: bills.find(key).anchored is not None, 20)
    made = tmp_path_factory.mktemp("holder")
    (made / "bill.pdf").write_bytes(services.pdf(bill_file_of(services.desk, bills.find(key))))
    (made / "trust.json").write_bytes((platform.home / "deployment.json").read_bytes())
    return made


def test_present__from_a_pdf_alone__verifies_and_withholds(platform, folder: Path) -> None:
    made = run("present", "bill.pdf", "--to", "employer", "--out", "part.json", cwd=folder)
    assert made.returncode == 0, made.stderr
    names = [f[1] for f in json.loads((folder / "part.json").read_bytes())["fields"] if len(f) == 3]
    assert "/holder/name" in names
    assert "/lines/0" not in names
    args = ("verify", "part.json", "--rpc", platform.chain.url, "--trust", "trust.json")
    done = run(*args, cwd=folder)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("VALID") == 6
    assert "Withheld are" in done.stdout


def test_present__fields_by_name__to_standard_output(folder: Path) -> None:
    made = run("present", "bill.pdf", "--fields", "/holder/name,/lines/0", cwd=folder)
    value = json.loads(made.stdout)
    assert value["format"] == "piaolian-presentation/1"
    refused = run("present", "bill.pdf", "--fields", "/holder/nam", cwd=folder)
    assert refused.returncode == 1
    assert "/fields/0" in refused.stderr


def test_export__every_form__verified_or_read_by_its_own_reader(platform, folder: Path) -> None:
    number = json.loads(run("present", "bill.pdf", "--to", "stranger", cwd=folder).stdout)["header"]
    bill = f"{number['bill_code']}-{number['bill_no']}"
    for form in ("pdf", "ofd", "json"):
        made = run("--home", platform.home, "export", bill, "--format", form, cwd=folder)
        assert made.returncode == 0, made.stderr
        args = (f"{bill}.{form}", "--rpc", platform.chain.url, "--trust", "trust.json")
        assert run("verify", *args, cwd=folder).returncode == 0
    assert (folder / f"{bill}.pdf").read_bytes() == (folder / "bill.pdf").read_bytes()
    proved = run("--home", platform.home, "export", bill, "--proof", "--out", "p.pdf", cwd=folder)
    assert proved.returncode == 0, proved.stderr
    told = run("verify", "p.pdf", "--rpc", platform.chain.url, "--trust", "trust.json", cwd=folder)
    assert (told.returncode, "bundle" in told.stdout) == (0, True)
    refused = run("--home", platform.home, "export", bill, "--proof", "--format", "ofd", cwd=folder)
    assert "--proof is for --format pdf" in refused.stderr
    made = run("--home", platform.home, "export", bill, "--format", "sd-jwt", cwd=folder)
    text = (folder / f"{bill}.sd-jwt").read_text()
    metadata = issuer_metadata(platform.services.desk, _issuer(text))
    key = JWK(**metadata["jwks"]["keys"][0])
    payload = SDJWTVerifier(text, lambda *_: key).get_verified_payload()
    assert payload["bill"] == number
    told = run("verify", f"{bill}.sd-jwt", "--rpc", platform.chain.url, cwd=folder)
    assert told.returncode == 1
    assert "verify a presentation" in told.stdout
    refused = run("--home", platform.home, "export", "46060126-0000009999", cwd=folder)
    assert refused.returncode == 1


def _issuer(text: str) -> str:
    claims = text.split(".")[1]
    return str(json.loads(base64.urlsafe_b64decode(claims + "=="))["issuer"]["uscc"])


def test_export__bill_was_voided__page_is_stamped_as_everywhere(platform, tmp_path: Path) -> None:
    services = platform.services
    caller = services.caller(platform.issuer_key("parking"))
    request = platform.sample("parking")
    number = issue_bill(services.desk, caller.owner, request["business_no"], request).number
    bills, wait = services.desk.bills, services.engine.wait_for
    assert wait(lambda: bills.find(number.key).anchored is not None, 20)
    void_bill(services.desk, caller, number, "void-exported", {"reason": "MISTAKE"})
    assert wait(lambda: bills.find(number.key).voided_at is not None, 20)
    stored = bills.find(number.key)
    done = run("--home", platform.home, "export", number, "--out", "void.pdf", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    made, file = (tmp_path / "void.pdf").read_bytes(), bill_file_of(services.desk, stored)
    mark = mark_of(services.desk, stored)
    assert mark is not None
    assert services.documents.same_face(made, file.to_bytes()) == mark
