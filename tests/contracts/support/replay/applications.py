"""Who applied to become an issuer, and what was decided."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from ..world import ZERO_ADDRESS
from .offices import Offices
from .part import Expected, Part

OPEN, ADMITTED, REFUSED = 1, 2, 4
NO_APPLICATION = (ZERO_ADDRESS, bytes(18), 0, 0, 0, "")


@dataclass
class Applications(Part):
    offices: Offices
    contract = "IssuerRegistry"
    made: dict[int, list] = field(default_factory=dict)
    # Institutions whose admission and key this transaction still has to tell.
    being_admitted: set[bytes] = field(default_factory=set)

    # --- events ---

    def on_application_made(
        self, at: int, *, application_id: int, applicant: str, uscc: bytes, name: str, region: int
    ) -> None:
        assert application_id == len(self.made) + 1
        self.made[application_id] = [applicant, uscc, region, at, OPEN, name]

    def on_application_admitted(self, _at: int, *, application_id: int, uscc: bytes) -> None:
        self._decide(application_id, uscc, ADMITTED)
        self.being_admitted.add(uscc)
        self.offices.done("admit_applicant", application_id)

    def on_application_refused(self, _at: int, *, application_id: int, uscc: bytes) -> None:
        self._decide(application_id, uscc, REFUSED)

    # --- views ---

    def _decide(self, application_id: int, uscc: bytes, status: int) -> None:
        application = self.made[application_id]
        assert (application[1], application[4]) == (uscc, OPEN)
        application[4] = status

    def views(self) -> Iterator[Expected]:
        yield "application_total", (), len(self.made)
        for application_id in (*self.made, len(self.made) + 1):
            known = self.made.get(application_id, NO_APPLICATION)
            yield "application", (application_id,), tuple(known)
