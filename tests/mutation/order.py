"""Which tests a mutant meets, and in which order: the likeliest to notice it first."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import Any

from .mutant import Mutant
from .reach import Reach
from .sources import Sources

# Tests that read sources, measure exact gas or start other processes would not see behaviour.
EXCLUDED = {
    "test_code.py", "test_deploy.py", "test_forks.py", "test_gas.py", "test_invariants_cited.py",
    "test_natspec.py", "test_refusals.py",
}  # fmt: skip


def is_behaviour(item: Any) -> bool:
    return item.path.name not in EXCLUDED


def plan(
    sources: Sources, reach: Reach | None, mutant: Mutant, items: list[Any], first: str | None
) -> tuple[list[Any], list[Any]]:
    """Near tests: the one that noticed it last time, then those of the functions that lead to the
    mutant, the fewest calls away first. Far tests: the others that may notice it, those of the
    whole last."""
    distance = sources.distance_to(mutant.function)
    functions = sources.functions_with(mutant.function)
    folders = {folder_of(user) for user in sources.users[mutant.file]} | {"whole"}
    recorded = reach if reach and not reach.everyones(functions) else None

    def may_notice(item: Any) -> bool:
        if recorded:
            return recorded.touches(item, functions)
        return item.path.parent.name in folders or _tested(item) in distance

    def is_near(item: Any) -> bool:
        return item.nodeid == first or _tested(item) in distance

    def rank(item: Any) -> tuple[bool, int]:
        return item.nodeid != first, distance.get(_tested(item), 0)

    able = [item for item in items if item.nodeid == first or may_notice(item)]
    near = sorted(filter(is_near, able), key=rank)
    far = [item for item in able if not is_near(item)]
    return near, sorted(far, key=lambda item: item.path.parent.name == "whole")


def folder_of(contract: str) -> str:
    """The folder of a contract's own tests: `BillRegistry` has `bill_registry`."""
    name = PurePosixPath(contract).name.removesuffix("Harness")
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def _tested(item: Any) -> str:
    """The function that a test file is named after."""
    name: str = item.path.stem.removeprefix("test_")
    return "__init__" if name == "constructor" else name
