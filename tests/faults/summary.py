"""What all faults came to: counted, written down, and shown as a table."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from faults.run import Outcome


@dataclass
class Ledger:
    """Outcomes of one test run, in their order."""

    outcomes: list[Outcome] = field(default_factory=list)

    def of(self, subject: str) -> list[Outcome]:
        return [o for o in self.outcomes if o.subject == subject]

    def to_json(self) -> dict[str, Any]:
        """Counts for the platform, the same for the naive issuer, and a row a fault."""
        platform, naive = self.of("platform"), {o.fault: o for o in self.of("naive")}
        rows = [
            {"fault": o.fault, "platform": _row(o), "naive": _row(naive.get(o.fault))}
            for o in platform
        ]
        return {
            "injected": len(platform),
            "fired": sum(o.fired > 0 for o in platform),
            "survived": sum(o.survived for o in platform),
            "naive_injected": len(naive),
            "naive_fired": sum(o.fired > 0 for o in naive.values()),
            "naive_survived": sum(o.survived for o in naive.values()),
            "faults": rows,
        }

    def write(self, file: Path) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(self.to_json(), indent=2, ensure_ascii=False) + "\n")

    def table(self) -> Iterator[str]:
        """Lines of the table."""
        counts = self.to_json()
        yield f"{'fault':<52}{'fired':>6}  {'platform':<10}{'naive'}"
        for row in counts["faults"]:
            platform, naive = row["platform"], row["naive"]
            fired = platform["fired"]
            yield f"{row['fault']:<52}{fired:>6}  {_word(platform):<10}{_word(naive)}"
        yield (
            f"platform: {counts['survived']} of {counts['fired']} fired faults survived; naive: "
            f"{counts['naive_survived']} of {counts['naive_fired']}"
        )


def _row(outcome: Outcome | None) -> dict[str, Any] | None:
    if outcome is None:
        return None
    return {
        "fired": outcome.fired,
        "survived": outcome.survived,
        "seconds": round(outcome.seconds, 1),
        "problems": [problem[:300] for problem in outcome.problems],
    }


def _word(row: dict[str, Any] | None) -> str:
    if row is None:
        return "-"
    if not row["fired"]:
        return "n/a"  # it has no such step
    return "survived" if row["survived"] else "LOST"
