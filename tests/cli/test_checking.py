"""`piaolian check`: a day's claims at once, in a folder and as JSON lines."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from frontend_api.flow.issue import issue_bill
from frontend_api.flow.read import bill_file_of

pytestmark = pytest.mark.chain

PIAOLIAN = Path(sys.executable).with_name("piaolian")


def check(platform, *arguments: object, rpc: str | None = None):
    record = platform.home / "deployment.json"
    place = ("--rpc", rpc or platform.chain.url, "--trust", record)
    return subprocess.run(
        [PIAOLIAN, "check", *map(str, (*arguments, *place))], capture_output=True, text=True,
        check=False, stdin=subprocess.DEVNULL, timeout=120,
    )  # fmt: skip


@pytest.fixture(scope="module")
def claims(platform, tmp_path_factory) -> Path:
    """A folder: three bills, one of them as PDF, and a file of JSON lines with all three."""
    services, folder = platform.services, tmp_path_factory.mktemp("claims")
    request = platform.sample("medical_outpatient")
    who = services.caller(platform.issuer_key(request["kind"])).owner
    bills, lines = services.desk.bills, []
    for name in "abc":
        body = {**request, "business_no": f"CHECK-{name}"}
        key = issue_bill(services.desk, who, body["business_no"], body).number.key
        assert services.engine.wait_for(lambda k=key: bills.find(k).anchored is not None, 20)
        file = bill_file_of(services.desk, bills.find(key))
        lines.append(file.to_bytes())
        (folder / f"{name}.json").write_bytes(file.to_bytes())
    (folder / "a.json").unlink()
    (folder / "a.pdf").write_bytes(services.pdf(bill_file_of(services.desk, bills.find(key - 2))))
    (folder / "all.jsonl").write_bytes(b"\n".join(lines) + b"\n")
    (folder / "notes.txt").write_text("not a bill, and not looked at")
    return folder


def test_check__folder_of_good_bills__exit_0_and_counted(platform, claims):
    done = check(platform, claims)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.strip() == "6 VALID, 0 INVALID, 0 UNKNOWN"


def test_check__one_altered_among_them__named_with_its_reason_and_exit_1(
    platform, claims, tmp_path
):
    first, *others = (claims / "all.jsonl").read_bytes().splitlines()
    bill = json.loads(first)
    bill["header"]["amount_fen"] += 1
    file = tmp_path / "day.jsonl"
    file.write_bytes(b"\n".join([*others, json.dumps(bill).encode(), b"", b"nonsense"]))
    done = check(platform, file)
    assert done.returncode == 1
    assert done.stdout.splitlines()[-1] == "2 VALID, 2 INVALID, 0 UNKNOWN"
    assert f"{file}:3 " in done.stdout
    assert f"{file}:5: integrity" in done.stdout
    assert "票据内容与票据头的“total”不一致。" in done.stdout


def test_check__json__a_report_a_line(platform, claims):
    done = check(platform, claims / "all.jsonl", "--json")
    reports = [json.loads(line) for line in done.stdout.splitlines()]
    assert [r["overall"] for r in reports] == ["VALID"] * 3
    assert [r["file"] for r in reports] == [f"{claims / 'all.jsonl'}:{n}" for n in (1, 2, 3)]


def test_check__chain_gone__unknown_and_never_invalid(platform, claims):
    done = check(platform, claims / "all.jsonl", rpc="http://127.0.0.1:9")
    assert done.returncode == 2
    assert done.stdout.splitlines()[-1] == "0 VALID, 0 INVALID, 3 UNKNOWN"
    assert "无法连接区块链" in done.stdout
