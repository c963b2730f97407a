"""A verification report as the lines and the banner of a page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from frontend_api.verify import Check, Verdict, VerificationReport
from frontend_api.web.language import Language
from frontend_api.web.words import WORDS

Tone = Literal["ok", "unknown", "bad", "pending", "skipped"]

_TONES: dict[Verdict, Tone] = {
    Verdict.VALID: "ok",
    Verdict.INVALID: "bad",
    Verdict.UNKNOWN: "unknown",
    Verdict.SKIPPED: "skipped",
}
# What would name machines behind the service is left out; these reasons have words of our own.
_DISCREET = {"chain-unreachable", "wrong-chain", "not-pinned"}


@dataclass(frozen=True, slots=True)
class Line:
    """One check: what was asked, the verdict's word, what was found."""

    name: str
    question: str
    verdict: str
    tone: Tone
    text: str


@dataclass(frozen=True, slots=True)
class Banner:
    """The answer in one glance; ``name`` finds its title and text among the words."""

    tone: Tone
    name: str


def lines_of(report: VerificationReport, language: Language) -> list[Line]:
    """Every check of the report, in its order."""
    return [_line(check, language) for check in report.verdicts]


def _line(check: Check, language: Language) -> Line:
    words = WORDS[language]
    own = f"reason_{check.reason}"
    text = words[own] if check.reason in _DISCREET else check.words(language)
    return Line(
        name=check.name,
        question=words[f"check_{check.name}"],
        verdict=words[check.verdict],
        tone=_TONES[check.verdict],
        text=text,
    )


def banner_of(report: VerificationReport) -> Banner:
    """What the page says first. A fault outweighs whatever could not be asked."""
    failed = {check.reason for check in report.verdicts if check.verdict is Verdict.INVALID}
    if "unreadable" in failed:
        return Banner("bad", "unreadable")
    if failed == {"voided"}:
        return Banner("bad", "void")
    if failed == {"disputed"}:
        return Banner("bad", "disputed")
    if failed:
        return Banner("bad", "bad")
    if report.overall is Verdict.VALID:
        return Banner("ok", "ok")
    return Banner("unknown", "unknown")


def amount_facts(report: VerificationReport) -> dict[str, int] | None:
    """The ledger's figures in fen, if the chain gave them."""
    for check in report.verdicts:
        if check.name == "amount" and check.verdict is Verdict.VALID:
            return {name: int(fen) for name, fen in check.finding.facts.items()}
    return None
