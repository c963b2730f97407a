"""What the README tells an insurer to type is typed here, word for word."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from frontend_api.flow.issue import issue_bill
from frontend_api.flow.read import bill_file_of

pytestmark = pytest.mark.chain

ROOT = Path(__file__).resolve().parents[2]


def block(name: str) -> str:
    """The code block after a ``tested`` mark."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    found = re.search(rf"<!-- tested: {name} -->\n```\w+\n(.*?)```", text, re.S)
    assert found, f"the README has no block {name!r}"
    return found[1]


@pytest.fixture(scope="module")
def insurer(platform, tmp_path_factory):
    """A folder with the PDF and the bill file taken out of it as the README says."""
    folder = tmp_path_factory.mktemp("insurer")
    request = platform.sample("tuition")
    services = platform.services
    who = services.caller(platform.issuer_key("tuition")).owner
    numbers = [issue_bill(services.desk, who, request["business_no"], request).number]
    for _ in range(5):  # in one batch, so that there is an audit path
        more = platform.sample("tuition")
        numbers.append(issue_bill(services.desk, who, more["business_no"], more).number)
    bills = services.desk.bills
    assert services.engine.wait_for(lambda: bills.find(numbers[-1].key).anchored is not None, 20)
    bill_file = bill_file_of(services.desk, bills.find(numbers[-1].key))
    (folder / "bill.pdf").write_bytes(services.pdf(bill_file))
    (folder / "frontend_api").symlink_to(ROOT / "frontend_api")
    programs = f"{Path(sys.executable).parent}:{ROOT / 'node_modules' / '.bin'}"
    environment = {
        **os.environ,
        "PATH": f"{programs}:{os.environ['PATH']}",
        "RPC": platform.chain.url,
        "PIAOLIAN_RPC_URL": platform.chain.url,
        "PDF": str(folder / "bill.pdf"),
    }

    def run(command: list[str], typed: str, cwd: Path = folder) -> str:
        done = subprocess.run(
            command, input=typed, cwd=cwd, env=environment, capture_output=True, text=True,
            check=False, timeout=120,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    run(["bash", "-eu"], block("extract"))
    return run, bill_file.header.amount_fen - bill_file.header.at_source_fen, folder


def test_cast__tells_payable_and_what_is_left(insurer):
    run, left, _ = insurer
    payable, amount = run(["bash", "-eu"], block("cast")).splitlines()
    assert payable == "true"
    assert int(amount.split()[0]) == left


def test_web3py__tells_payable_and_what_is_left(insurer):
    run, left, _ = insurer
    assert run([sys.executable, "-"], block("web3")).splitlines() == [
        "payable: True",
        f"fen left: {left}",
    ]


def test_ape_console__tells_payable_and_amounts(insurer):
    run, _, folder = insurer
    typed = block("ape").replace('"bill.json"', repr(str(folder / "bill.json")))
    shown = run(["ape", "console", "--network", "ethereum:piaolian:node"], typed, cwd=ROOT)
    assert "payable: True" in shown
    assert "settled, reserved, statutory decided:" in shown
