"""Random calls of all four contracts, most of them valid; a model stands beside them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from .bugs import BUGS, Bug
from .bugs_of_trust import BUGS_OF_TRUST
from .tools import Campaign, Workshop

CALLS = 100_000
# At least so many accepted calls of every function that changes something.
FLOOR = 200
# Never accepted here: the ledger calls them itself, and is counted at its own functions.
OF_THE_LEDGER = {"use", "release"}
# Enough for every bug; the first call that shows it ends the run.
SEARCH = {"runs": 24}


@dataclass(frozen=True)
class Search:
    """The invariants, over the contracts or over a copy with a bug."""

    bug: Bug | None = None

    def __call__(self, workshop: Workshop) -> Campaign:
        return workshop.campaign(self.bug, **(SEARCH if self.bug else {}))

    def __str__(self) -> str:
        return str(self.bug or "the contracts")


@pytest.mark.parametrize("job", [Search()], ids=str)
def test_invariants__100_000_calls__hold_and_every_function_is_accepted_often(
    job: Search, outcome: Callable[[Any], Campaign], capsys: pytest.CaptureFixture[str]
) -> None:
    campaign = outcome(job)
    with capsys.disabled():
        print(f"\nforge: {campaign.calls} calls of the handler\n{_table(campaign)}")
    assert campaign.failure is None
    assert "1 passed; 0 failed" in campaign.output, campaign.output
    assert campaign.calls >= CALLS
    for function, (accepted, refused) in campaign.functions.items():
        assert accepted >= FLOOR or (function in OF_THE_LEDGER and not accepted), function
        assert refused >= FLOOR or function == "resume", function


def _table(campaign: Campaign) -> str:
    rows = [
        f"{name:16} {accepted:8} {refused:8}"
        for name, (accepted, refused) in campaign.functions.items()
    ]
    return "\n".join([f"{'function':16} {'accepted':>8} {'refused':>8}", *rows])


@pytest.mark.parametrize(
    "job", [Search(bug) for bug in (*BUGS, *BUGS_OF_TRUST) if bug.invariant], ids=str
)
def test_invariants__planted_bug__breaks_the_one_it_is_about(
    job: Search, outcome: Callable[[Any], Campaign]
) -> None:
    assert job.bug is not None
    campaign = outcome(job)
    assert (campaign.failure or f"held for {campaign.calls} calls").startswith(job.bug.invariant)
