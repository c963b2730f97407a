"""One case of tampering: what is presented, and the reason with which it has to be refused."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from frontend_api.verify import Verdict, VerificationReport

# How much worse a verdict is than VALID; a forgery is refused when a check is worse than for the
# genuine document, and none is better.
_WORSE = {Verdict.VALID: 0, Verdict.UNKNOWN: 1, Verdict.SKIPPED: 1, Verdict.INVALID: 2}


@dataclass(frozen=True)
class Case:
    """``judge`` gives the report on the forgery, ``genuine`` the one on what it was made of.

    ``expected`` are the reasons any one of which is right.
    """

    group: str
    name: str
    expected: frozenset[str]
    judge: Callable[[], VerificationReport]
    genuine: Callable[[], VerificationReport]


@dataclass(frozen=True)
class Outcome:
    """What came of a case."""

    group: str
    name: str
    refused: bool
    reasons: tuple[str, ...]
    right_reason: bool

    def to_json(self) -> dict[str, Any]:
        return {
            "group": self.group,
            "name": self.name,
            "refused": self.refused,
            "right_reason": self.right_reason,
            "reasons": list(self.reasons),
        }


def outcome_of(case: Case) -> Outcome:
    """Judge the forgery, and compare it with the genuine document."""
    report, genuine = case.judge(), case.genuine()
    blamed = tuple(_blamed(report, genuine))
    refused = bool(blamed) and report.overall is not Verdict.VALID
    right = bool(case.expected & set(blamed))
    return Outcome(case.group, case.name, refused, blamed, refused and right)


def _blamed(report: VerificationReport, genuine: VerificationReport) -> Iterator[str]:
    """Reasons of the checks that are worse than the genuine document's."""
    before = {check.name: check for check in genuine.verdicts}
    for check in report.verdicts:
        known = before.get(check.name)
        if known is None or _WORSE[check.verdict] > _WORSE[known.verdict]:
            yield check.reason


def summary_of(outcomes: Iterable[Outcome]) -> dict[str, Any]:
    """Counts, the groups, and every case that was not refused as it should be."""
    done = list(outcomes)
    groups: dict[str, int] = {}
    for outcome in done:
        groups[outcome.group] = groups.get(outcome.group, 0) + 1
    return {
        "cases": len(done),
        "refused": sum(o.refused for o in done),
        "wrong_reason": sum(o.refused and not o.right_reason for o in done),
        "groups": groups,
        "faults": [o.to_json() for o in done if not o.right_reason],
    }
