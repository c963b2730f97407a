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
from .platform_machine import STEPS, PlatformMachine, run
from .stage import Stage, build
from .tally import LEAST_ACCEPTED, LEAST_REFUSED, SESSION, Tally
from .wire import changing, functions

# Steps of an ordinary run. STATEFUL_STEPS asks for another number, then with a new seed every
# time, or with that of STATEFUL_SEED.
ORDINARY = 2_500
LEAST_STEPS = 2_000


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with boa.env.anchor():
        yield build()


def test_machine__every_function_that_changes_something__is_an_action() -> None:
    actions = {name for name in dir(PlatformMachine) if hasattr(getattr(PlatformMachine, name), "possible")}
    assert actions == set(changing())


def test_machine__many_steps__contracts_and_model_agree(stage: Stage) -> None:
    asked = os.environ.get("STATEFUL_STEPS")
    start = None
    if asked:
        start = int(os.environ.get("STATEFUL_SEED", random.SystemRandom().randrange(2**32)))
    SESSION.seed = "the same steps in every run" if start is None else f"STATEFUL_SEED={start}"
    begun = time.monotonic()
    try:
        run(stage, SESSION, int(asked or ORDINARY) // STEPS, start=start)
    finally:
        SESSION.seconds = time.monotonic() - begun
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
