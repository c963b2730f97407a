"""Contracts and model do the same, whatever is asked of them and in whatever order: INV-1 to INV-6,
INV-8, INV-14 to INV-16, INV-19 to INV-21, INV-26 and INV-28, all contracts together."""

from __future__ import annotations

import ast
import os
import random
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import boa
import pytest

from .platform_machine import PlatformMachine, run
from .stage import Stage, build
from .tally import SESSION
from .wire import changing

# At least so many steps, and as many more as it takes until every action has reached its floor.
# STATEFUL_STEPS asks for another number, from a new seed; STATEFUL_SEED says where to begin.
ORDINARY = 3_000
MOST = 3 * ORDINARY


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with boa.env.anchor():
        yield build()


def test_machine__every_function_that_changes_something__is_an_action() -> None:
    others = {"time_passes", "another_agrees"}
    assert set(PlatformMachine.actions()) - others == set(changing())


def test_machine__many_steps__contracts_and_model_agree(stage: Stage) -> None:
    asked = os.environ.get("STATEFUL_STEPS")
    anywhere = random.SystemRandom().randrange(10**9) if asked else 1
    seed = int(os.environ.get("STATEFUL_SEED", anywhere))
    least, most = (int(asked), int(asked)) if asked else (ORDINARY, MOST)
    names = changing()
    begun = time.monotonic()
    try:
        while SESSION.steps < least or (SESSION.below_floor(names) and SESSION.steps < most):
            run(stage, SESSION, seed)
            seed += 1
    finally:
        SESSION.seconds = time.monotonic() - begun
    assert SESSION.steps >= least
    assert SESSION.steps < ORDINARY or SESSION.below_floor(names) == {}


def test_machine__no_two_rules__share_a_name() -> None:
    """A mixin that hides another's helper would be noticed late."""
    seen: dict[str, str] = {}
    for part in PlatformMachine.__bases__:
        for name in vars(part):
            if not name.startswith("__") and name not in ("settings", "TestCase"):
                assert seen.setdefault(name, part.__name__) == part.__name__, name
    assert seen


def test_model__imports__neither_the_contracts_nor_the_platform() -> None:
    """It is another telling of the same rules, so that both do not err alike."""
    allowed = {"contracts.support.events", "contracts.support.merkle", "__future__"}
    allowed |= set(sys.stdlib_module_names)
    for path in (Path(__file__).parent / "model").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and not node.level:
                assert node.module in allowed or str(node.module).split(".")[0] in allowed, path
            assert not isinstance(node, ast.Import), path
