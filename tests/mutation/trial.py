"""One mutant's trial, in a process of its own: compile what it changes, then run tests until one
fails. The process was forked with all contracts compiled and all tests imported.

Mutants are compiled without the optimiser, which takes more than half of the time and has no say
in what a contract does; only whether a survivor differs at all is asked of the optimised code.
"""

from __future__ import annotations

import gc
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Any

import boa
import pytest
from boa import interpret
from contracts.support import world
from vyper.compiler.settings import OptimizationLevel
from vyper.exceptions import VyperException, VyperInternalException
from vyper.ir import compile_ir

from . import sources
from .mutant import Mutant

KILLED = "killed"
SURVIVED = "survived"
EQUAL = "same bytecode"
INVALID = "does not compile"

# Bytes. The limit of a chain is for what is deployed there, which is optimised.
CODE_SIZE_LIMIT = 2**20


@dataclass(frozen=True)
class Verdict:
    """How a trial ended, and by which test."""

    outcome: str
    by: str | None = None


class _NoCache:
    """The compiler's cache on disk, keeping nothing: mutants are compiled once."""

    @staticmethod
    def caching_lookup(_: str, compile_it: Any) -> Any:
        return compile_it()


def run(
    mutant: Mutant, users: Sequence[str], session: Any, near: list[Any], far: list[Any]
) -> Verdict:
    """Puts the mutant's contracts in the place of the real ones and tries the tests in turn."""
    prepare()
    try:
        world.DEPLOYERS.update(_compiled(mutant, users, OptimizationLevel.NONE))
    except (VyperException, VyperInternalException):
        return Verdict(INVALID)
    failed = first_failure(session, near)
    if failed is None and not _differs(mutant, users):
        return Verdict(EQUAL)
    failed = failed or first_failure(session, far)
    return Verdict(SURVIVED) if failed is None else Verdict(KILLED, failed)


def use_plain_contracts() -> None:
    """The real contracts, compiled as the mutants are."""
    for name in world.DEPLOYERS:
        world.DEPLOYERS[name] = _load(world.CONTRACTS, name, OptimizationLevel.NONE)


def control(session: Any, items: list[Any]) -> str | None:
    """The first of some tests that fails on the real contracts."""
    prepare()
    use_plain_contracts()
    return first_failure(session, items)


def first_failure(session: Any, items: list[Any]) -> str | None:
    """The first test that fails in its set-up, its body or its end."""
    return next((item.nodeid for item, failed in runs(session, items) if failed), None)


def runs(session: Any, items: list[Any]) -> Iterator[tuple[Any, bool]]:
    """Runs tests one after the other; after each, the test and whether it failed."""
    watch = _Watch()
    session.config.pluginmanager.register(watch)
    for item, following in zip_longest(items, items[1:]):
        watch.failed = False
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        yield item, watch.failed


class _Watch:
    """Notes a failure without the words about it, which would take longer than the test."""

    def __init__(self) -> None:
        self.failed = False

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_makereport(self, item: Any, call: Any) -> Any:
        self.failed |= call.excinfo is not None
        outcome: Any = "failed" if call.excinfo else "passed"
        return pytest.TestReport(
            item.nodeid, item.location, {}, outcome, None, call.when, duration=call.duration
        )


def preload() -> None:
    """To be called before the first fork: what is compiled now need not be later."""
    compile_ir.assembly_to_evm = _Once(compile_ir.assembly_to_evm)
    for name in (*sources.CONTRACTS, *sources.HARNESSES):
        data = world.deployer_of(name).compiler_data
        compile_ir.assembly_to_evm(data.assembly)
    gc.freeze()


class _Once:
    """The assembler, asked several times for the same code at every deployment."""

    def __init__(self, assemble: Any) -> None:
        self._assemble = assemble
        self._done: dict[tuple[int, Any], Any] = {}

    def __call__(self, assembly: Any, *args: Any, **options: Any) -> Any:
        key = (id(assembly), repr((args, options)))
        if key not in self._done:
            # Kept with its argument, so that no other list takes over its identity.
            self._done[key] = (self._assemble(assembly, *args, **options), assembly)
        return self._done[key][0]


def prepare() -> None:
    """To be called first in every fork."""
    gc.disable()  # a fork that collects garbage copies all memory that it shares
    interpret._disk_cache = _NoCache()
    boa.env.evm.patch.code_size_limit = CODE_SIZE_LIMIT


def _compiled(mutant: Mutant, contracts: Iterable[str], level: OptimizationLevel) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "contracts"
        shutil.copytree(world.CONTRACTS, folder)
        (folder / mutant.file).write_text(mutant.source, encoding="utf-8")
        return {name: _load(folder, name, level) for name in contracts}


def _load(folder: Path, contract: str, level: OptimizationLevel) -> Any:
    return boa.load_partial(str(folder / f"{contract}.vy"), compiler_args={"optimize": level})


def _differs(mutant: Mutant, contracts: Sequence[str]) -> bool:
    """Whether the code that would be deployed is another."""
    level = OptimizationLevel.default()
    return any(
        sources.code_of(mutated.compiler_data)
        != sources.code_of(_load(world.CONTRACTS, name, level).compiler_data)
        for name, mutated in _compiled(mutant, contracts, level).items()
    )
