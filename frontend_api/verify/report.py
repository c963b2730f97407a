"""What a verification says: verdicts with a reason each, and the report around them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from frontend_api.domain.anchor import Deployment
from frontend_api.domain.errors import PiaolianError
from frontend_api.verify.words import words_for

FORMAT = "piaolian-report/1"


class Verdict(StrEnum):
    """What one check found. UNKNOWN never counts against a bill, and never for it."""

    VALID = "VALID"
    INVALID = "INVALID"
    UNKNOWN = "UNKNOWN"  # could not be found out now or here: ask again, or pin a deployment
    SKIPPED = "SKIPPED"  # an earlier check left nothing to look at


@dataclass(frozen=True, slots=True)
class Finding:
    """A verdict, its stable reason code, and the facts that belong to it (JSON values)."""

    verdict: Verdict
    reason: str
    facts: Mapping[str, Any] = field(default_factory=dict)


def valid(reason: str, **facts: Any) -> Finding:
    return Finding(Verdict.VALID, reason, facts)


def invalid(reason: str, **facts: Any) -> Finding:
    return Finding(Verdict.INVALID, reason, facts)


def unknown(reason: str, **facts: Any) -> Finding:
    return Finding(Verdict.UNKNOWN, reason, facts)


def skipped(reason: str, **facts: Any) -> Finding:
    return Finding(Verdict.SKIPPED, reason, facts)


@dataclass(frozen=True, slots=True)
class Check:
    """One numbered check and what it found (numbers: see the package's docstring)."""

    number: int
    name: str
    finding: Finding

    @property
    def verdict(self) -> Verdict:
        return self.finding.verdict

    @property
    def reason(self) -> str:
        return self.finding.reason

    def words(self, language: str) -> str:
        """The finding for a clerk; ``language`` is ``zh`` or ``en``."""
        return words_for(self.finding.reason, self.finding.facts, language)


@dataclass(frozen=True, slots=True)
class AskedChain:
    """Whom the report believes: the pinned deployment, and the hash (32 bytes) of the chain's
    newest block when it was asked; None where there was no pin, or no answer."""

    deployment: Deployment | None = None
    block_hash: bytes | None = None


@dataclass(frozen=True, slots=True)
class VerificationReport:
    """All verdicts on one bill at one moment.

    ``checked_at`` in seconds; ``chain_id`` and ``height`` tell which chain was asked and how far
    it was, None if it did not answer. ``compare`` is what to compare with the paper; what comes
    from the content is only there if the content is intact.
    """

    checked_at: int
    bill_code: str | None
    bill_no: str | None
    chain_id: int | None
    height: int | None
    verdicts: tuple[Check, ...]
    compare: Mapping[str, Any] = field(default_factory=dict)
    asked: AskedChain = AskedChain()

    @property
    def overall(self) -> Verdict:
        """INVALID if any check is, VALID if all are, UNKNOWN otherwise."""
        found = {check.verdict for check in self.verdicts}
        if Verdict.INVALID in found:
            return Verdict.INVALID
        return Verdict.VALID if found == {Verdict.VALID} else Verdict.UNKNOWN

    def exit_code(self) -> int:
        """0 only if every check is VALID, 1 if any is INVALID, else 2."""
        return {Verdict.VALID: 0, Verdict.INVALID: 1}.get(self.overall, 2)

    def verdict(self, name: str) -> Check:
        """The check of this name. Raises KeyError if it was not made."""
        for check in self.verdicts:
            if check.name == name:
                return check
        raise KeyError(name)

    def to_json(self) -> dict[str, Any]:
        """The report as JSON values; no content of the bill beyond what ``compare`` shows."""
        return {
            "format": FORMAT,
            "overall": self.overall.value,
            "checked_at": self.checked_at,
            "bill": {"bill_code": self.bill_code, "bill_no": self.bill_no},
            "chain": {"chain_id": self.chain_id, "height": self.height},
            "compare": dict(self.compare),
            "verdicts": [
                {
                    "number": check.number,
                    "name": check.name,
                    "verdict": check.verdict.value,
                    "reason": check.reason,
                    "facts": dict(check.finding.facts),
                    "words": {"zh": check.words("zh"), "en": check.words("en")},
                }
                for check in self.verdicts
            ],
        }


def unreadable_report(error: PiaolianError, now: int) -> VerificationReport:
    """The report on a file that is not a bill file at all: integrity INVALID, nothing else."""
    finding = invalid("unreadable", detail=str(error))
    return VerificationReport(now, None, None, None, None, (Check(1, "integrity", finding),))
