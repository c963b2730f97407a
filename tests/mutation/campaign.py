"""Every mutant against the tests: pytest collects them once, then each trial is a fork of it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from . import reach, trial
from .memory import Digests, Memory
from .mutant import Mutant
from .order import is_behaviour, plan
from .reach import Reach
from .sources import Sources
from .trial import KILLED, Verdict
from .workers import each

TESTS = Path("tests") / "contracts"
WORTH_RECORDING = 100  # mutants
DID_NOT_END = "(did not end)"
# No plugin but those that the tests need: each would be loaded and asked in every trial.
PLUGINS = ("no:terminal", "no:cacheprovider", "no:ape_test", "no:junitxml", "boa.test.plugin")


class Broken(Exception):
    """Nothing can be told: the tests fail on the contracts as they are, or the run was stopped."""


class Campaign:
    """Trials of some mutants; what the memory still knows is not tried again."""

    def __init__(
        self, sources: Sources, place: Path, workers: int, tell: Callable[[str], None]
    ) -> None:
        self._sources = sources
        self._place = place
        self._digests = Digests(sources.code, TESTS)
        self._memory = Memory(place / "verdicts.jsonl", self._digests)
        self._workers = workers
        self._tell = tell
        self._mutants: list[Mutant] = []
        self._failure: Exception | None = None
        self.verdicts: dict[str, Verdict] = {}

    def run(self, mutants: Iterable[Mutant]) -> dict[str, Verdict]:
        """The verdict on each mutant, by its digest."""
        known = {mutant: self._memory.verdict(mutant) for mutant in mutants}
        self.verdicts = {m.digest: verdict for m, verdict in known.items() if verdict}
        new = [mutant for mutant, verdict in known.items() if verdict is None]
        self._mutants = sorted(new, key=self._memory.survived)
        os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
        options = [f"--override-ini=addopts={' '.join(f'-p {name}' for name in PLUGINS)}"]
        pytest.main([*options, "--capture=no", str(TESTS)], plugins=[self])
        if self._failure:
            raise self._failure
        if len(self.verdicts) < len(known):
            raise Broken("the run was stopped")
        return self.verdicts

    def pytest_runtestloop(self, session: Any) -> bool:
        """In the place of pytest's own loop."""
        try:
            items = _collected(session)
            trial.preload()
            self._try_all(session, items, self._reach(session, items))
            self._control(session, items)
        except Exception as error:
            self._failure = error
        return True

    def _reach(self, session: Any, items: list[Any]) -> Reach | None:
        """Recorded when many mutants make up for the time that it takes."""
        if len(self._mutants) < WORTH_RECORDING:
            return None
        file = self._place / "reach.json"
        found = reach.load(file, self._digests, items)
        new = [item for item in items if item.nodeid not in found]
        parts = [new[start :: self._workers] for start in range(self._workers)]
        record = partial(reach.record, session)
        for _, functions in each(filter(None, parts), record, self._workers):
            found |= functions or {}
        reach.save(file, self._digests, found)
        return reach.of(found)

    def _try_all(self, session: Any, items: list[Any], known: Reach | None) -> None:
        def attempt(mutant: Mutant) -> dict[str, str | None]:
            first = self._memory.killer(mutant)
            users = self._sources.users[mutant.file]
            near, far = plan(self._sources, known, mutant, items, first)
            return asdict(trial.run(mutant, users, session, near, far))

        for mutant, answer in each(self._mutants, attempt, self._workers):
            verdict = Verdict(**answer) if answer else Verdict(KILLED, DID_NOT_END)
            self._memory.keep(mutant, verdict)
            self.verdicts[mutant.digest] = verdict
            self._tell(f"{len(self.verdicts):5}  {verdict.outcome:17}{mutant.file}:{mutant.line}")

    def _control(self, session: Any, items: list[Any]) -> None:
        """Every test that noticed a mutant passes without one."""
        killers = {verdict.by for verdict in self.verdicts.values()}
        tests = [item for item in items if item.nodeid in killers]
        for _, failed in each([tests], lambda ts: trial.control(session, ts), 1):
            if failed is not None:
                raise Broken(f"fails on the contracts as they are: {failed}")


def _collected(session: Any) -> list[Any]:
    items = [item for item in session.items if is_behaviour(item)]
    if session.testsfailed or not items:
        raise Broken("the tests could not be collected")
    return items
