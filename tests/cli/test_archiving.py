"""`piaolian archive`: a package of real bills, and whatever is done to it is found."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from archive_packages import mend
from archived_bills import issue_three

from frontend_api.bootstrap import build_verifier, clock, free_port
from frontend_api.bootstrap.archive import (
    ChainWitness,
    PackageReport,
    Range,
    make_package,
    verify_package,
)
from frontend_api.commitment.roots_list import RootsList
from frontend_api.domain.errors import NotFound, StateConflict
from frontend_api.ports import Caller
from frontend_api.verify import Verdict

pytestmark = pytest.mark.chain

PIAOLIAN = Path(sys.executable).with_name("piaolian")
KIND = "donation"


@pytest.fixture(scope="module")
def issuer(platform) -> Caller:
    return platform.services.caller(platform.issuer_key(KIND))


@pytest.fixture(scope="module")
def numbers(platform) -> list[Any]:
    """Three bills, the second of them voided."""
    return issue_three(platform, KIND, voided=1)[1]


@pytest.fixture(scope="module")
def package(platform, issuer, numbers, tmp_path_factory) -> tuple[Path, str]:
    """The package as a folder, and its digest."""
    out = tmp_path_factory.mktemp("archive") / "package"
    wanted = Range(first_key=numbers[0].key, last_key=numbers[2].key)
    made = make_package(platform.services, issuer.owner, wanted, out, clock())
    assert (made.bills, made.waiting, made.unproved) == (3, 0, 0)
    return out, made.digest


def judge(platform, path: Path, digest: str | None = None, rpc: str | None = None) -> PackageReport:
    verifier = build_verifier(rpc or platform.chain.url, [platform.home / "deployment.json"])
    return verify_package(path, ChainWitness(verifier), platform.services.kinds, digest)


def test_archive__as_made__valid_and_says_which_bills_are_void(platform, package) -> None:
    report = judge(platform, *package)
    assert report.faults == []
    assert report.bills == {Verdict.VALID: 3}
    assert report.ended == {"voided": 1}
    assert (report.overall, report.exit_code()) == (Verdict.VALID, 0)


def test_archive__each_bill__has_document_data_metadata_and_proof(package, numbers) -> None:
    for number in numbers:
        folder = package[0] / "data" / "bills" / str(number)
        assert sorted(p.name for p in folder.iterdir()) == [
            "bill.json", "bill.pdf", "bundle.json", "metadata.xml", "proof.json",
        ]  # fmt: skip
        bill = json.loads((folder / "bill.json").read_text())
        proof = json.loads((folder / "proof.json").read_text())
        assert proof["proof"] == bill["proof"]
        name = next(f[2] for f in bill["fields"] if f[1] == "/holder/name")
        assert name not in (folder / "proof.json").read_text()
        assert (folder / "metadata.xml").read_text().startswith("<?xml")


def test_archive__chain_does_not_answer__unknown_and_files_still_judged(platform, package) -> None:
    dead = f"http://127.0.0.1:{free_port()}"
    report = judge(platform, *package, rpc=dead)
    assert (report.overall, report.exit_code()) == (Verdict.UNKNOWN, 2)
    assert {fault.what for fault in report.faults} == {"chain-unreachable"}
    assert report.bills == {Verdict.UNKNOWN: 3}


def test_archive__altered_and_chain_does_not_answer__invalid(platform, package, tmp_path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(package[0], copy)
    (copy / "data" / "deployment.json").unlink()
    dead = f"http://127.0.0.1:{free_port()}"
    assert judge(platform, copy, rpc=dead).exit_code() == 1


def _folders(root: Path) -> list[Path]:
    return sorted((root / "data/bills").iterdir())


def _edit(part: str, old: bytes, new: bytes) -> Callable[[Path], None]:
    def alter(root: Path) -> None:
        file = _folders(root)[0] / part
        data = file.read_bytes()
        assert old in data
        file.write_bytes(data.replace(old, new, 1))

    return alter


def _exchange(part: str) -> Callable[[Path], None]:
    def alter(root: Path) -> None:
        first, second = (folder / part for folder in _folders(root)[:2])
        a, b = first.read_bytes(), second.read_bytes()
        first.write_bytes(b)
        second.write_bytes(a)

    return alter


def _rename(root: Path) -> None:
    first = _folders(root)[0]
    first.rename(first.with_name(first.name[:-4] + "9999"))


def _spoil_state(root: Path) -> None:
    file = _folders(root)[0] / "bundle.json"
    made = json.loads(file.read_bytes())
    last = made["state"]["storage"][-1]
    made["state"]["storage"][-1] = last[:-1] + ("0" if last[-1] != "0" else "1")
    file.write_text(json.dumps(made))


def _other_block(root: Path) -> None:
    file = root / "data/index.json"
    index = json.loads(file.read_bytes())
    index["blocks"] = dict.fromkeys(index["blocks"], "0x" + "11" * 32)
    file.write_text(json.dumps(index))


def _other_root(root: Path) -> None:
    """A list as a forger writes it, its digest fitting."""
    file = root / "data/roots.json"
    listed = RootsList.from_bytes(file.read_bytes())
    first = min(listed.batches)
    batches = {**listed.batches, first: replace(listed.batches[first], root=bytes(32))}
    file.write_bytes(replace(listed, batches=batches).to_bytes())


# What is done to a package whose lists are then written anew: the bills' own proofs find it.
ALTERATIONS: tuple[tuple[str, Callable[[Path], None], str], ...] = (
    ("content altered", _edit("bill.json", b'"/total",', b'"/total",1'), "bill-file-differs"),
    ("document altered", _edit("bill.pdf", b"/Type", b"/Typo"), "face-differs"),
    ("document cut off", lambda r: (_folders(r)[0] / "bill.pdf").write_bytes(b"%PDF-"),
     "bill-unreadable"),
    ("metadata altered", _edit("metadata.xml", b"<TotalAmount>", b"<TotalAmount>9"),
     "differs-from-bill"),
    ("proof altered", _edit("proof.json", b'"index":', b'"index":1'), "differs-from-bill"),
    ("bundle altered", _edit("bundle.json", b'"index":', b'"index":1'), "bundle-of-another"),
    ("state's word altered", _spoil_state, "state-unproved"),
    ("bundles exchanged", _exchange("bundle.json"), "bundle-of-another"),
    ("bundle is none", lambda r: (_folders(r)[0] / "bundle.json").write_text("{}"),
     "bundle-unreadable"),
    ("bundle taken out", lambda r: (_folders(r)[0] / "bundle.json").unlink(), "bill-incomplete"),
    ("block in the index altered", _other_block, "index-differs"),
    ("list of roots altered", _other_root, "roots-differ"),
    ("list of roots taken out", lambda r: (r / "data/roots.json").unlink(), "malformed"),
    ("documents exchanged", _exchange("bill.pdf"), "bill-file-differs"),
    ("bill files exchanged", _exchange("bill.json"), "misplaced"),
    ("metadata exchanged", _exchange("metadata.xml"), "differs-from-bill"),
    ("under another number", _rename, "misplaced"),
    ("part taken out", lambda r: (_folders(r)[0] / "proof.json").unlink(), "bill-incomplete"),
    ("index taken out", lambda r: (r / "data/index.json").write_text("{}"), "malformed"),
)  # fmt: skip


@pytest.mark.parametrize(("alter", "what"), [a[1:] for a in ALTERATIONS],
                         ids=[a[0] for a in ALTERATIONS])  # fmt: skip
def test_archive__altered_and_every_list_written_anew__found(
    platform, package, tmp_path, alter, what: str
) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(package[0], copy)
    alter(copy)
    assert judge(platform, copy).exit_code() == 1  # as the manifests still are
    if (copy / "data/index.json").read_text() != "{}":
        mend(copy)
    report = judge(platform, copy)
    assert report.exit_code() == 1
    assert what in {fault.what for fault in report.faults}


def test_archive__bill_taken_out_and_every_list_written_anew__found_by_the_digest(
    platform, package, tmp_path
) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(package[0], copy)
    shutil.rmtree(_folders(copy)[2])
    found = {f.what for f in judge(platform, copy).faults}
    # It may have been the only one of its block.
    assert found - {"index-differs"} == {"missing", "bill-missing"}
    mend(copy)
    assert judge(platform, copy).exit_code() == 0  # all that is there is genuine
    report = judge(platform, copy, package[1])
    assert [fault.what for fault in report.faults] == ["digest-differs"]
    assert report.exit_code() == 1


def test_archive__range__by_number_and_by_day(platform, issuer, numbers, tmp_path) -> None:
    services, whole = platform.services, Range(first_key=numbers[0].key, last_key=numbers[2].key)
    one = replace(whole, last_key=numbers[0].key)
    assert make_package(services, issuer.owner, one, tmp_path / "one.zip", clock()).bills == 1
    assert judge(platform, tmp_path / "one.zip").exit_code() == 0
    with pytest.raises(StateConflict):
        make_package(services, issuer.owner, one, tmp_path / "one.zip", clock())
    for nothing in (replace(whole, last_day=date(2000, 1, 1)), Range(first_key=10**18)):
        with pytest.raises(NotFound):
            make_package(services, issuer.owner, nothing, tmp_path / "none", clock())
    assert not (tmp_path / "none").exists()


def test_archive__command_line__made_verified_and_altered(
    platform, issuer, numbers, tmp_path
) -> None:
    def run(*args: object) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [PIAOLIAN, "--home", platform.home, *map(str, args)],
            capture_output=True, text=True, check=False, timeout=120,
        )  # fmt: skip

    out = tmp_path / "package.zip"
    made = run("archive", "make", "--issuer", issuer.owner, "--out", out,
               "--from", numbers[0], "--to", "2999-12-31")  # fmt: skip
    assert made.returncode == 0, made.stderr
    digest = made.stdout.split()[-1]
    args = ("archive", "verify", out, "--rpc", platform.chain.url,
            "--trust", platform.home / "deployment.json")  # fmt: skip
    done = run(*args, "--digest", digest)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 voided" in done.stdout
    refused = run(*args, "--digest", "0" * 64, "--json")
    assert refused.returncode == 1
    assert json.loads(refused.stdout)["faults"][0]["what"] == "digest-differs"
