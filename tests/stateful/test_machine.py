"""Contracts and model do the same, whatever is asked of them and in whatever order: INV-1 to INV-6,
INV-8, INV-14 to INV-16, INV-19 to INV-21, INV-26 and INV-28, all contracts together."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Iterator

import boa
import pytest

from .machine import Machine
from .platform_machine import ROUND, STEPS, PlatformMachine, run
from .stage import Stage, build
from .tally import LEAST_ACCEPTED, LEAST_REFUSED, SESSION, Tally
from .wire import changing, functions

# Steps of an ordinary run, which are the same every time. STATEFUL_STEPS asks for another number,
# from a new seed, or from that of STATEFUL_SEED.
ORDINARY = 5_000
LEAST_STEPS = 2_000


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with boa.env.anchor():
        yield build()


def test_machine__every_function_that_changes_something__is_an_action() -> None:
    assert set(PlatformMachine.actions()) - {"time_passes"} == set(changing())


def test_machine__many_steps__contracts_and_model_agree(stage: Stage) -> None:
    asked, start = os.environ.get("STATEFUL_STEPS"), os.environ.get("STATEFUL_SEED")
    first = int(start or (random.SystemRandom().randrange(10**9) if asked else 1))
    rounds = max(1, int(asked or ORDINARY) // (ROUND * STEPS))
    begun = time.monotonic()
    try:
        run(stage, SESSION, seeds=range(first, first + rounds))
    finally:
        SESSION.seconds = time.monotonic() - begun
    if start and not asked:
        return  # one round again, of which nothing is asked but that it passes
    assert SESSION.steps >= (int(asked) * 9 // 10 if asked else LEAST_STEPS)
    assert SESSION.below_floor(changing()) == {}


def test_machine__no_two_rules__share_a_name() -> None:
    """A mixin that hides another's helper would be noticed late."""
    seen: dict[str, str] = {}
    for part in PlatformMachine.__bases__:
        for name in vars(part):
            if not name.startswith("__") and name not in ("settings", "TestCase"):
                assert seen.setdefault(name, part.__name__) == part.__name__, name
    assert seen
