"""Every fault, on real parts: it fired, and then one event, one row, one document, fsck clean.

The quick part runs with the other tests; ``make faults`` runs all, with waits as long as they are.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from faults.catalogue import ALL, CHOSEN, EXAMPLE, FAULTS, NOT_OF_NAIVE, PACE
from faults.run import Fault, run_fault
from faults.summary import Ledger

pytestmark = pytest.mark.chain


@pytest.mark.parametrize("fault", CHOSEN, ids=lambda fault: fault.name)
def test_platform__fault__fired_and_survived(
    fault: Fault, template: Path, tmp_path: Path, ledger: Ledger
) -> None:
    outcome = run_fault(fault, "platform", template, tmp_path / "home", PACE)
    ledger.outcomes.append(outcome)
    assert outcome.problems == []
    assert outcome.fired > 0


@pytest.mark.parametrize("fault", CHOSEN if ALL else [EXAMPLE], ids=lambda fault: fault.name)
def test_naive__same_fault__judged_by_the_same_check(
    fault: Fault, template: Path, tmp_path: Path, ledger: Ledger
) -> None:
    outcome = run_fault(fault, "naive", template, tmp_path / "home", PACE)
    ledger.outcomes.append(outcome)
    assert outcome.fired > 0 or fault.name.endswith(NOT_OF_NAIVE)


def test_check__naive_issuer_whose_reply_was_lost__is_found_out(ledger: Ledger) -> None:
    """The final check can fail: it is not what makes the platform survive."""
    outcome = next(o for o in ledger.of("naive") if o.fault == EXAMPLE.name)
    assert any("on the chain for" in problem for problem in outcome.problems)
    assert not outcome.survived


def test_catalogue__every_fault__by_a_name_of_its_own() -> None:
    assert len({fault.name for fault in FAULTS}) == len(FAULTS) > 50
    assert {fault.name for fault in CHOSEN} <= {fault.name for fault in FAULTS}
