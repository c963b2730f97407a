"""All actions of all four contracts in one machine, and how it is run."""

from __future__ import annotations

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from .rules_batches import BatchRules
from .rules_bills import AttestingRules, BillRules, ReversalRules
from .rules_claims import DecidingRules, TakingRules
from .rules_consents import GrantRules, LedgerOnlyRules
from .rules_numbers import GrantingRules, SegmentRules, SeriesRules
from .rules_offices import ApplicationRules, ApprovalRules, OfficeRules
from .rules_registry import InstitutionRules, KeyRules
from .stage import Stage
from .tally import Tally

# Examples that Hypothesis makes from nothing; it would make any further ones by changing these,
# and everything would be tried too often that these happen to do.
ROUND = 10
STEPS = 50  # of one example: few objects, so that a failure is short to read


class PlatformMachine(
    OfficeRules, ApprovalRules, ApplicationRules,
    InstitutionRules, KeyRules,
    SeriesRules, GrantingRules, SegmentRules,
    BatchRules, BillRules, AttestingRules, ReversalRules,
    GrantRules, LedgerOnlyRules,
    TakingRules, DecidingRules,
):  # fmt: skip
    """Every function that changes something is an action of this name."""


def run(stage: Stage, tally: Tally, number: int, *, shrink: bool = True) -> None:
    """One round of examples, made from a seed: the same number makes the same steps."""

    class OnThisStage(PlatformMachine):
        pass

    OnThisStage.stage, OnThisStage.tally = stage, tally
    tally.seeds.append(number)
    how = settings(
        max_examples=ROUND,
        stateful_step_count=STEPS,
        database=None,
        deadline=None,
        phases=[Phase.generate, Phase.shrink] if shrink else [Phase.generate],
        suppress_health_check=list(HealthCheck),
        report_multiple_bugs=False,
        print_blob=False,
    )
    run_state_machine_as_test(seed(number)(OnThisStage), settings=how)
