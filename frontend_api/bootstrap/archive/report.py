"""What was found out about a package."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from frontend_api.verify import Verdict


@dataclass(frozen=True, slots=True)
class Fault:
    """Something about a package: UNKNOWN if it could not be found out, else INVALID."""

    verdict: Verdict
    what: str
    name: str
    detail: str = ""


@dataclass(slots=True)
class PackageReport:
    """How many bills have which verdict, and every fault; ``digest`` is the package's own.

    ``ended`` counts by reason what is out of use now, such as voided bills: an archive keeps them,
    and they are no fault of it. ``unchecked`` counts by reason what could not be looked at, such as
    the state after the list of roots; of a bundle that the chain did not give it is only told.
    """

    digest: str
    bills: Counter[Verdict] = field(default_factory=Counter)
    ended: Counter[str] = field(default_factory=Counter)
    unchecked: Counter[str] = field(default_factory=Counter)
    faults: list[Fault] = field(default_factory=list)

    @property
    def overall(self) -> Verdict:
        """INVALID if anything is, UNKNOWN if anything is, else VALID."""
        found = {fault.verdict for fault in self.faults} | {v for v, n in self.bills.items() if n}
        for worst in (Verdict.INVALID, Verdict.UNKNOWN):
            if worst in found:
                return worst
        return Verdict.VALID

    def exit_code(self) -> int:
        """0 if all is VALID, 1 if anything is INVALID, else 2."""
        return {Verdict.VALID: 0, Verdict.INVALID: 1}.get(self.overall, 2)

    def to_json(self) -> dict[str, Any]:
        """As JSON values."""
        return {
            "format": "piaolian-archive-report/1",
            "overall": self.overall,
            "digest": self.digest,
            "bills": {verdict.value: self.bills[verdict] for verdict in Verdict},
            "ended": dict(sorted(self.ended.items())),
            "unchecked": dict(sorted(self.unchecked.items())),
            "faults": [
                {"verdict": f.verdict, "what": f.what, "name": f.name, "detail": f.detail}
                for f in self.faults
            ],
        }
