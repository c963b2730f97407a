"""Which functions of the contracts each test runs, so that a mutant meets only tests that can tell.

A test that never runs the function that a mutant changed passes as it did before.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from boa.environment import Env
from contracts.support.world import World
from vyper import ast as vy

from . import trial
from .memory import Digests


@dataclass(frozen=True)
class Reach:
    """Names of functions: those that the shared world runs when it is built, and each test's."""

    world: frozenset[str]
    tests: dict[str, frozenset[str]]

    def touches(self, item: Any, functions: set[str]) -> bool:
        known = self.tests.get(item.nodeid)
        return known is None or not known.isdisjoint(functions)

    def everyones(self, functions: set[str]) -> bool:
        """Whether every test depends on one of them, through the world that it starts from."""
        return "__init__" in functions or not self.world.isdisjoint(functions)


def record(session: Any, items: list[Any]) -> dict[str, list[str]]:
    """To be run in a process of its own: runs the tests and notes what they run."""
    trial.prepare()
    found: dict[str, list[str]] = {}
    with _noting() as names:
        World()
        found["world"] = sorted(names)
    with _noting() as names:
        for item, _ in trial.runs(session, items):
            found[item.nodeid] = sorted(names)
            names.clear()
    return found


@contextmanager
def _noting() -> Iterator[set[str]]:
    """The compiler's map from code to tree, as the coverage tool of the test machine reads it."""
    names: set[str] = set()
    known: dict[int, str] = {}

    def note(_: Env, __: str, node: Any) -> None:
        if id(node) not in known:
            inside = node if isinstance(node, vy.FunctionDef) else None
            function = inside or node.get_ancestor(vy.FunctionDef)
            known[id(node)] = function.name if function is not None else ""
        names.add(known[id(node)])

    before = Env._coverage_enabled, Env._trace_cov
    Env._coverage_enabled, Env._trace_cov = True, note
    try:
        yield names
    finally:
        Env._coverage_enabled, Env._trace_cov = before


def load(file: Path, digests: Digests, items: list[Any]) -> dict[str, list[str]]:
    """What earlier runs recorded of tests that are still the same."""
    if not file.exists():
        return {}
    kept = json.loads(file.read_text(encoding="utf-8"))
    present = {"world", *(item.nodeid for item in items)}
    return {
        name: functions
        for name, (basis, functions) in kept.items()
        if name in present and basis == digests.of_test(name)
    }


def save(file: Path, digests: Digests, functions: dict[str, list[str]]) -> None:
    kept = {name: (digests.of_test(name), run) for name, run in functions.items()}
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(kept), encoding="utf-8")


def of(functions: dict[str, list[str]]) -> Reach:
    tests = {name: frozenset(run) for name, run in functions.items()}
    return Reach(tests.pop("world"), tests)
