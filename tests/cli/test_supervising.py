"""A platform from nothing, by the supervisor's commands alone; and an issuer that is suspended."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.chain

PIAOLIAN = Path(sys.executable).with_name("piaolian")
SCHOOL = {
    "uscc": "12460000DEM0000025", "name": "琼州大学（样例）", "region": "460106",
    "kinds": ["tuition"],
}  # fmt: skip
BUREAU = {
    "uscc": "11460000DEM0009119", "name": "琼州省医疗保障局（样例）", "region": "460000",
    "payer_kind": "STATUTORY",
}  # fmt: skip


def run(home: Path, *args: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [PIAOLIAN, "--home", str(home), *map(str, args)],
        capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL, timeout=120,
    )  # fmt: skip


@pytest.fixture(scope="module")
def home(tmp_path_factory) -> Path:
    """A home of its own chain, deployed by ``piaolian deploy``."""
    home = tmp_path_factory.mktemp("office")
    done = run(home, "deploy")
    assert done.returncode == 0, done.stderr
    assert "BillRegistry: 0x" in done.stdout
    return home


def written(folder: Path, value: object) -> Path:
    file = folder / "institutions.json"
    file.write_text(json.dumps(value, ensure_ascii=False), encoding="utf-8")
    return file


def tuition_bill(folder: Path) -> tuple[Path, str]:
    rows = subprocess.run(
        [PIAOLIAN, "sample", "60", "--seed", "21"], capture_output=True, text=True, check=True
    ).stdout.splitlines()
    request = next(json.loads(r) for r in rows if json.loads(r)["kind"] == "tuition")
    file = folder / "bill.json"
    file.write_text(json.dumps(request, ensure_ascii=False), encoding="utf-8")
    return file, request["business_no"]


def test_deploy__a_second_time__changes_nothing(home):
    assert "nothing to do" in run(home, "deploy").stdout


def test_admit__issuer_and_payer__each_gets_a_key__bad_file__every_fault_named(home, tmp_path):
    done = run(home, "admit", written(tmp_path, [SCHOOL, BUREAU]), "--numbers", 5)
    assert done.returncode == 0, done.stderr
    keys = [line.rsplit(" ", 1)[1] for line in done.stdout.splitlines()]
    assert len(set(keys)) == 2
    assert all(key.startswith("pl_") for key in keys)
    wrong = [
        SCHOOL | {"uscc": "12460000DEM0000026"}, BUREAU | {"payer_kind": "BANK"}, {"x": 1},
        SCHOOL | {"region": "46"}, BUREAU | {"region": "046000"},
    ]  # fmt: skip
    refused = run(home, "admit", written(tmp_path, wrong))
    assert refused.returncode == 1
    for path in ("/0/uscc", "/1/payer_kind", "/2/name", "/2/x", "/3/region", "/4/region"):
        assert path in refused.stderr


def test_suspended_issuer__refused_in_words__resumed__issues(home, tmp_path):
    run(home, "admit", written(tmp_path, [SCHOOL]), "--numbers", 5)
    file, _ = tuition_bill(tmp_path)
    assert run(home, "suspend", SCHOOL["uscc"]).returncode == 0
    refused = run(home, "issue", file, "--issuer", SCHOOL["uscc"])
    assert refused.returncode == 1
    assert "suspended and may not issue" in refused.stderr
    assert run(home, "resume", SCHOOL["uscc"]).returncode == 0
    issued = run(home, "issue", file, "--issuer", SCHOOL["uscc"])
    assert "anchored in block" in issued.stdout, issued.stderr


def test_suspend__who_is_not_suspended_or_not_admitted__the_contracts_word(home):
    refused = run(home, "resume", BUREAU["uscc"])
    assert refused.returncode == 1
    assert "issuer: not" in refused.stderr
