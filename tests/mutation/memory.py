"""What earlier runs found, so that only what may have changed is tried again."""

from __future__ import annotations

import json
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path

from .mutant import Mutant
from .trial import KILLED, SURVIVED, Verdict


class Memory:
    """Verdicts by mutant. A kill holds while its test and the contracts are the same; a survivor
    is tried again as soon as any test is another."""

    def __init__(self, file: Path, contracts: Path, tests: Path) -> None:
        self._file = file
        # As they are when the run begins: what is edited meanwhile takes no part in it.
        self._files = {path.as_posix(): _digest([path]) for path in tests.rglob("*.py")}
        self._contracts = _digest(contracts.rglob("*.vy*"))
        self._all_tests = _digest(tests.rglob("*.py"))
        shared = [*tests.glob("*.py"), *(tests / "support").glob("*.py")]
        self._shared = _digest(shared)
        self._known: dict[str, dict[str, str | None]] = {}
        self._killers: dict[str, str | None] = {}
        if file.exists():
            for entry in map(json.loads, file.read_text(encoding="utf-8").splitlines()):
                self._known[entry["mutant"]] = entry
                self._killers[entry["name"]] = entry["by"]

    @property
    def basis(self) -> str:
        """A digest of all contracts and tests."""
        return self._contracts + self._all_tests

    def verdict(self, mutant: Mutant) -> Verdict | None:
        """The verdict, if it still holds."""
        entry = self._known.get(mutant.digest)
        if entry is None or entry["basis"] != self._basis(entry["outcome"], entry["by"]):
            return None
        return Verdict(str(entry["outcome"]), entry["by"])

    def killer(self, mutant: Mutant) -> str | None:
        """The test that noticed the same change last time, if any did."""
        return self._killers.get(mutant.name)

    def keep(self, mutant: Mutant, verdict: Verdict) -> None:
        entry = {
            "mutant": mutant.digest,
            "name": mutant.name,
            "outcome": verdict.outcome,
            "by": verdict.by,
            "basis": self._basis(verdict.outcome, verdict.by),
        }
        self._known[mutant.digest] = entry
        self._killers[mutant.name] = verdict.by
        self._file.parent.mkdir(parents=True, exist_ok=True)
        with self._file.open("a", encoding="utf-8") as out:
            out.write(json.dumps(entry) + "\n")

    def _basis(self, outcome: str | None, killer: str | None) -> str:
        """A digest of what a verdict rests on."""
        parts = [self._contracts]
        if outcome == SURVIVED:
            parts.append(self._all_tests)
        if outcome == KILLED and killer:
            parts += [self._shared, self._files.get(killer.partition("::")[0], "gone")]
        return sha256("".join(parts).encode()).hexdigest()


def _digest(files: Iterable[Path]) -> str:
    total = sha256()
    for file in sorted(files):
        if file.is_file():
            total.update(str(file.name).encode() + b"\0" + file.read_bytes() + b"\0")
    return total.hexdigest()
