"""What a run found, counted: a mutant counts once in the total, and for each contract that its
file is part of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from .mutant import Mutant
from .operators import NAMES
from .sources import CONTRACTS, Sources
from .survivors import Survivor
from .trial import EQUAL, INVALID, KILLED, SURVIVED, Verdict

THRESHOLD = 97.0  # percent, for every contract

Tried = list[tuple[Mutant, Verdict]]


def summarise(
    sources: Sources,
    mutants: Iterable[Mutant],
    verdicts: dict[str, Verdict],
    listed: dict[str, Survivor],
) -> dict[str, Any]:
    """The report as JSON has it."""
    tried = [(mutant, verdicts[mutant.digest]) for mutant in mutants]
    return {
        "threshold": THRESHOLD,
        "total": _counted(tried),
        "not_counted": {
            outcome: sum(verdict.outcome == outcome for _, verdict in tried)
            for outcome in (INVALID, EQUAL)
        },
        "generated": dict(Counter(mutant.operator for mutant in sources.mutants)),
        "operators": {
            name: _counted([(m, v) for m, v in tried if m.operator == name]) for name in NAMES
        },
        "contracts": {
            contract: _contract(sources.files_of(contract), tried, listed) for contract in CONTRACTS
        },
    }


def _contract(files: list[str], tried: Tried, listed: dict[str, Survivor]) -> dict[str, Any]:
    own = [(mutant, verdict) for mutant, verdict in tried if mutant.file in files]
    by_file = {file: _counted([(m, v) for m, v in own if m.file == file]) for file in files}
    return {**_counted(own), "files": by_file, "survivors": _survivors(own, listed)}


def _counted(tried: Tried) -> dict[str, Any]:
    outcomes = Counter(verdict.outcome for _, verdict in tried)
    counted = outcomes[KILLED] + outcomes[SURVIVED]
    score = round(100 * outcomes[KILLED] / counted, 2) if counted else None
    return {"mutants": counted, "killed": outcomes[KILLED], "score": score}


def _survivors(tried: Tried, listed: dict[str, Survivor]) -> list[dict[str, Any]]:
    return [
        {
            "operator": mutant.operator,
            "file": mutant.file,
            "function": mutant.function,
            "line": mutant.line,
            "before": mutant.before,
            "after": mutant.after,
            "nth": mutant.nth,
            "reason": listed[mutant.name].reason if mutant.name in listed else None,
        }
        for mutant, verdict in tried
        if verdict.outcome == SURVIVED
    ]


def faults(
    report: dict[str, Any],
    tried: Iterable[Mutant],
    verdicts: dict[str, Verdict],
    listed: dict[str, Survivor],
    *,
    judge_score: bool,
) -> list[str]:
    """All for which a run fails, in words."""
    found = [f"operator {name}: no mutants" for name in NAMES if not report["generated"].get(name)]
    for mutant in tried:
        outcome = verdicts[mutant.digest].outcome
        if outcome == SURVIVED and mutant.name not in listed:
            found.append(f"survived, without a reason: {mutant.name}")
        if outcome != SURVIVED and mutant.name in listed:
            found.append(f"has a reason, but: {outcome}: {mutant.name}")
    for contract, counted in report["contracts"].items():
        if not counted["mutants"]:
            found.append(f"{contract}: no mutants")
        elif judge_score and counted["score"] < THRESHOLD:
            found.append(f"{contract}: score {counted['score']} % is below {THRESHOLD} %")
    return found
