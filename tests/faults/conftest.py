"""The template of all homes, and the table at the end."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from faults.catalogue import ALL
from faults.home import make_template
from faults.summary import Ledger

_OUT = Path(__file__).resolve().parents[2] / "out" / "faults"
_ledger = Ledger()


@pytest.fixture(scope="session")
def ledger() -> Ledger:
    return _ledger


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A deployed platform with its institutions, at rest."""
    return make_template(tmp_path_factory.mktemp("faults") / "template")


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Print the table and write the summary; the quick part has a file of its own."""
    if not _ledger.outcomes:
        return
    _ledger.write(_OUT / ("summary.json" if ALL else "quick.json"))
    terminalreporter.section("faults")
    for line in _ledger.table():
        terminalreporter.write_line(line)
