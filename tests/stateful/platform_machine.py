"""All actions of all four contracts in one machine, and how it is run."""

from __future__ import annotations

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from .machine import Machine
from .rules_batches import BatchRules
from .rules_bills import AttestingRules, BillRules, ReversalRules
from .rules_claims import DecidingRules, TakingRules
from .rules_consents import GrantRules, LedgerOnlyRules
from .rules_numbers import GrantingRules, SegmentRules, SeriesRules
from .rules_registry import InstitutionRules, KeyRules, OfficeRules
from .stage import Stage
from .tally import Tally

STEPS = 50  # of one example: few objects, so that a failure is short to read


class PlatformMachine(
    OfficeRules, InstitutionRules, KeyRules,
    SeriesRules, GrantingRules, SegmentRules,
    BatchRules, BillRules, AttestingRules, ReversalRules,
    GrantRules, LedgerOnlyRules,
    TakingRules, DecidingRules,
):  # fmt: skip
    """Every function that changes something is an action of this name."""


def run(
    stage: Stage, tally: Tally, examples: int, *, start: int | None = None, shrink: bool = True
) -> None:
    """Runs examples on a stage; without a seed to start from, the same ones in every run."""

    class OnThisStage(PlatformMachine):
        pass

    OnThisStage.stage, OnThisStage.tally = stage, tally
    phases = [Phase.generate, *([Phase.shrink] if shrink and not __import__("os").environ.get("NOSHRINK") else [])]
    how = settings(
        max_examples=examples,
        stateful_step_count=STEPS,
        derandomize=start is None,
        database=None,
        deadline=None,
        phases=phases,
        suppress_health_check=list(HealthCheck),
        print_blob=False,
        report_multiple_bugs=False,
    )
    machine: type[Machine] = OnThisStage
    if start is not None:
        machine = seed(start)(machine)
    run_state_machine_as_test(machine, settings=how)
