"""What earlier runs found, so that only what may have changed is tried again."""

from __future__ import annotations

import json
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path

from .mutant import Mutant
from .trial import KILLED, SURVIVED, Verdict


class Digests:
    """Of the contracts' code and of the test files, as they are when a run begins: what is edited
    meanwhile takes no part in it."""

    def __init__(self, code: str, tests: Path) -> None:
        files = sorted(tests.rglob("*.py"))
        self._files = {path.as_posix(): sha256(path.read_bytes()).hexdigest() for path in files}
        shared = [p.as_posix() for p in files if p.parent == tests or "support" in p.parts]
        self.shared = _digest([code, *(self._files[name] for name in shared)])
        self.all = _digest([code, *self._files.values()])

    def of_test(self, nodeid: str) -> str:
        """What the outcome of a test rests on."""
        return _digest([self.shared, self._files.get(nodeid.partition("::")[0], "gone")])


class Memory:
    """Verdicts by mutant. A kill holds while its test and the contracts' code are the same; a
    survivor is tried again as soon as any test is another."""

    def __init__(self, file: Path, digests: Digests) -> None:
        self._file = file
        self._digests = digests
        self._known: dict[str, dict[str, str | None]] = {}
        if file.exists():
            lines = file.read_text(encoding="utf-8").splitlines()
            self._known = {entry["mutant"]: entry for entry in map(json.loads, lines)}

    def verdict(self, mutant: Mutant) -> Verdict | None:
        """The verdict, if it still holds."""
        entry = self._known.get(mutant.name)
        if entry is None or entry["basis"] != self._basis(entry["outcome"], entry["by"]):
            return None
        return Verdict(str(entry["outcome"]), entry["by"])

    def killer(self, mutant: Mutant) -> str | None:
        """The test that noticed it last time, if any did."""
        return self._known.get(mutant.name, {}).get("by")

    def survived(self, mutant: Mutant) -> bool:
        """Whether it met all its tests last time, and is likely to again."""
        return self._known.get(mutant.name, {}).get("outcome") == SURVIVED

    def keep(self, mutant: Mutant, verdict: Verdict) -> None:
        entry = {
            "mutant": mutant.name,
            "outcome": verdict.outcome,
            "by": verdict.by,
            "basis": self._basis(verdict.outcome, verdict.by),
        }
        self._known[mutant.name] = entry
        self._file.parent.mkdir(parents=True, exist_ok=True)
        with self._file.open("a", encoding="utf-8") as out:
            out.write(json.dumps(entry) + "\n")

    def _basis(self, outcome: str | None, killer: str | None) -> str:
        if outcome == KILLED and killer:
            return self._digests.of_test(killer)
        return self._digests.all if outcome == SURVIVED else self._digests.shared


def _digest(parts: Iterable[str]) -> str:
    return sha256("\0".join(parts).encode()).hexdigest()
