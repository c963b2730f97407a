"""Mutants that no test can notice, or need not: each with a reason that a person wrote."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

from .mutant import Mutant

FILE = Path(__file__).with_name("survivors.toml")


@dataclass(frozen=True)
class Survivor:
    """An entry of the file; `nth` tells apart equal changes in one function."""

    file: str
    function: str
    operator: str
    before: str
    after: str
    reason: str
    nth: int = 1

    @property
    def name(self) -> str:
        parts = (self.file, self.function, self.operator, self.before, self.after, str(self.nth))
        return "\n".join(parts)


def load(path: Path = FILE) -> dict[str, Survivor]:
    """All entries by the name of their mutant. A reason is a sentence, and no mutant has two."""
    entries = tomllib.loads(path.read_text(encoding="utf-8"))["survivor"]
    found = {survivor.name: survivor for survivor in (Survivor(**entry) for entry in entries)}
    if len(found) != len(entries):
        raise ValueError("a mutant is listed twice")
    if unexplained := [s.name for s in found.values() if len(s.reason.split()) < 4]:
        raise ValueError(f"no reason given: {unexplained}")
    return found


def gone(listed: dict[str, Survivor], mutants: list[Mutant]) -> list[str]:
    """Entries whose mutant no longer exists."""
    return sorted(listed.keys() - {mutant.name for mutant in mutants})
