"""A sample of the mutants in every run of the tests; `make mutation` tries them all."""

import json
import os
import subprocess
import sys
from pathlib import Path

from .operators import NAMES
from .sources import CONTRACTS

ROOT = Path(__file__).resolve().parents[2]
COUNT = 32


def test_sample__of_all_contracts_and_operators__noticed_by_the_tests(tmp_path):
    run = subprocess.run(
        [sys.executable, "-m", "mutation", "--sample", str(COUNT), "--fresh", "--out", tmp_path],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": os.pathsep.join((str(ROOT / "tests"), str(ROOT)))},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    report = json.loads((tmp_path / "part.json").read_text(encoding="utf-8"))
    assert report["faults"] == []
    assert set(report["generated"]) == set(NAMES)
    assert min(report["generated"].values()) > 20
    assert set(report["contracts"]) == set(CONTRACTS)
    assert sum(report["not_counted"].values()) + report["total"]["mutants"] == COUNT
    assert report["total"]["mutants"] > COUNT // 2
