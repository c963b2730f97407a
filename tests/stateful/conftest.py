"""The table of calls, at the end of every run that made any."""

from __future__ import annotations

import pytest

from .tally import SESSION


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if SESSION.steps:
        terminalreporter.section("state machine: calls per action")
        for line in SESSION.lines():
            terminalreporter.write_line(line)
