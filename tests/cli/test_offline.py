"""Bundles, lists of roots and pictures on the command line, judged with the chain out of reach."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pypdfium2
import pytest

from frontend_api.bootstrap import extract_bundle
from frontend_api.commitment.offline_code import OfflineCode
from frontend_api.commitment.proof_bundle import ProofBundle
from frontend_api.flow.issue import issue_bill
from frontend_api.flow.read import bill_file_of

pytestmark = pytest.mark.chain

PIAOLIAN = Path(sys.executable).with_name("piaolian")


def run(folder: Path, *args: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [PIAOLIAN, *map(str, args)], capture_output=True, text=True, cwd=folder, check=False,
        stdin=subprocess.DEVNULL, timeout=120,
    )  # fmt: skip


def verdicts(done: subprocess.CompletedProcess[str]) -> dict[str, str]:
    assert done.returncode in (0, 1, 2), done.stderr
    return {v["name"]: v["verdict"] for v in json.loads(done.stdout)["verdicts"]}


@pytest.fixture(scope="module")
def folder(platform: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What was written while there was a chain: bundle, list, and a scan of the page."""
    services = platform.services
    request = platform.sample("parking")
    who = services.caller(platform.issuer_key("parking")).owner
    number = issue_bill(services.desk, who, request["business_no"], request).number
    bills = services.desk.bills
    assert services.engine.wait_for(lambda: bills.find(number.key).anchored is not None, 20)
    bill_file = bill_file_of(services.desk, bills.find(number.key))
    made = tmp_path_factory.mktemp("archive")
    (made / "trust.json").write_bytes((platform.home / "deployment.json").read_bytes())
    pdf = services.pdf(bill_file)
    (made / "bill.pdf").write_bytes(pdf)
    page = pypdfium2.PdfDocument(pdf)[0].render(scale=100 / 72).to_pil()
    page.save(made / "scan.png")
    code = OfflineCode(bill_file.deployment.instance[:4], bill_file.header, bill_file.inclusion)
    (made / "codes.json").write_text(json.dumps(code.texts(bill_file.verify_url)))
    bundled = run(
        made, "--home", platform.home, "bundle", number, "--out", "bill.proof.json",
        "--withhold", "/holder/name",
    )  # fmt: skip
    assert bundled.returncode == 0, bundled.stderr
    (made / "blocks").write_text(bundled.stdout)
    proved = run(
        made, "--home", platform.home, "documents", "--proof", "--bill", number, "--out", "proved",
        "--workers", 1,
    )  # fmt: skip
    assert proved.returncode == 0, proved.stderr
    (made / "proved" / f"{number}.pdf").rename(made / "proved.pdf")
    listed = run(made, "--home", platform.home, "roots", "export", "--out", "roots.json")
    assert listed.returncode == 0, listed.stderr
    assert "digest 0x" in listed.stdout
    return made


def blocks(folder: Path) -> list[str]:
    """The options that trust the blocks which ``bundle`` told."""
    words = (folder / "blocks").read_text().split()
    return [part for w in words if len(w) == 66 for part in ("--block-hash", w)]


def test_bundle__trusted_blocks__is_proved_with_no_chain(folder: Path) -> None:
    done = run(
        folder, "verify", "bill.proof.json", "--trust", "trust.json", *blocks(folder), "--json"
    )
    assert done.returncode == 2
    assert verdicts(done) == {
        "integrity": "VALID", "inclusion": "VALID", "block": "VALID", "anchored": "VALID",
        "authority": "VALID", "live": "UNKNOWN", "amount": "UNKNOWN",
    }  # fmt: skip


def test_bundle__no_block_trusted__is_unknown(folder: Path) -> None:
    done = run(folder, "verify", "bill.proof.json", "--trust", "trust.json")
    assert done.returncode == 2
    assert "give a block hash or validators" in done.stdout


def test_bundle__altered__is_invalid(folder: Path) -> None:
    altered = json.loads((folder / "bill.proof.json").read_text())
    altered["header"]["amount_fen"] += 1
    (folder / "altered.json").write_text(json.dumps(altered))
    done = run(folder, "verify", "altered.json", "--trust", "trust.json", *blocks(folder), "--json")
    assert done.returncode == 1
    assert verdicts(done)["integrity"] == "INVALID"


def test_bundle__bad_options__are_named(folder: Path) -> None:
    for option, value in (("--block-hash", "0x12"), ("--validator", "me")):
        done = run(folder, "verify", "bill.proof.json", "--trust", "trust.json", option, value)
        assert done.returncode == 1
        assert value in done.stderr
    unknown = run(folder, "verify")
    assert unknown.returncode == 1
    assert "--qr" in unknown.stderr


def test_scan__list_of_roots__tells_what_is_known_without_network(folder: Path) -> None:
    done = run(folder, "verify", "scan.png", "--roots", "roots.json", "--json")
    assert done.returncode == 2
    found = verdicts(done)
    assert {found[name] for name in ("code", "inclusion", "anchored", "authority")} == {"VALID"}
    assert {found[name] for name in ("live", "amount", "content")} == {"UNKNOWN"}


def test_pdf__list_of_roots__shows_content_and_page_too(folder: Path) -> None:
    args = ("verify", "bill.pdf", "--roots", "roots.json", "--json")
    done = run(folder, *args, "--trust", "trust.json")
    assert verdicts(done) == {
        "integrity": "VALID", "inclusion": "VALID", "anchored": "VALID", "authority": "VALID",
        "live": "UNKNOWN", "amount": "UNKNOWN", "face": "VALID", "signature": "VALID",
    }  # fmt: skip
    assert verdicts(run(folder, *args))["signature"] == "UNKNOWN"  # whose root is not pinned


PROVED = {
    "integrity": "VALID", "inclusion": "VALID", "block": "VALID", "anchored": "VALID",
    "authority": "VALID", "live": "UNKNOWN", "amount": "UNKNOWN", "face": "VALID",
    "signature": "VALID", "bundle": "VALID",
}  # fmt: skip


def carried_blocks(pdf: Path) -> list[str]:
    """Trust in the blocks of the bundle that a PDF carries."""
    data = extract_bundle(pdf.read_bytes())
    assert data is not None
    known = ProofBundle.from_bytes(data).block_hashes().values()
    return [part for block in known for part in ("--block-hash", "0x" + block.hex())]


def test_pdf_with_its_proof__trusted_blocks__is_proved_from_the_pdf_alone(folder: Path) -> None:
    trust = ("--trust", "trust.json")
    trusted = carried_blocks(folder / "proved.pdf")
    done = run(folder, "verify", "proved.pdf", *trust, *trusted, "--json")
    assert done.returncode == 2
    assert verdicts(done) == PROVED
    validator = ("--validator", "0x" + "11" * 20)
    none = verdicts(run(folder, "verify", "proved.pdf", *trust, *validator, "--json"))
    unknown = ("block", "anchored", "authority", "bundle")
    assert none == PROVED | dict.fromkeys(unknown, "UNKNOWN")


def test_pdf_with_its_proof__list_of_roots__judges_the_proof_too(folder: Path) -> None:
    args = ("verify", "proved.pdf", "--roots", "roots.json", "--trust", "trust.json", "--json")
    done = run(folder, *args, *carried_blocks(folder / "proved.pdf"))
    assert verdicts(done) == {name: v for name, v in PROVED.items() if name != "block"}


def test_pdf_without_a_proof__trusted_blocks__is_not_judged(folder: Path) -> None:
    done = run(folder, "verify", "bill.pdf", "--trust", "trust.json", *blocks(folder))
    assert done.returncode == 1
    assert "carries no proof bundle" in done.stderr
    assert "INVALID" not in done.stdout


def test_pdf_with_its_proof__a_byte_of_it_changed__is_invalid(folder: Path) -> None:
    pdf = bytearray((folder / "proved.pdf").read_bytes())
    at = pdf.index(b"/EmbeddedFile") + 2_000
    pdf[at] ^= 1
    (folder / "broken.pdf").write_bytes(pdf)
    trusted = carried_blocks(folder / "proved.pdf")
    done = run(folder, "verify", "broken.pdf", "--trust", "trust.json", *trusted)
    assert done.returncode == 1
    assert "INVALID" in done.stdout


def test_code_as_text__says_the_same__and_altered_it_does_not(folder: Path) -> None:
    texts = json.loads((folder / "codes.json").read_text())
    options = [part for text in texts for part in ("--qr", text)]
    scan = run(folder, "verify", "scan.png", "--roots", "roots.json", "--json")
    read = run(folder, "verify", *options, "--roots", "roots.json", "--json")
    assert verdicts(read) == verdicts(scan)
    options[1] = options[1][:-1] + ("0" if options[1][-1] != "0" else "1")
    assert run(folder, "verify", *options, "--roots", "roots.json").returncode == 1


def test_code__without_a_list__or_with_an_altered_one__is_not_judged(folder: Path) -> None:
    assert "--roots" in run(folder, "verify", "scan.png").stderr
    altered = json.loads((folder / "roots.json").read_text())
    altered["head"]["block_number"] += 1
    (folder / "altered-roots.json").write_text(json.dumps(altered))
    done = run(folder, "verify", "scan.png", "--roots", "altered-roots.json")
    assert done.returncode == 1
    assert "was altered" in done.stderr
    assert "INVALID" not in done.stdout
