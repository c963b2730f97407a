"""Who asks to become an issuer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .office import WHOLE
from .rules import Application, Checks, Outcome, Role, Views, told

if TYPE_CHECKING:
    from . import Platform


@dataclass
class Applied:
    applicant: str
    uscc: bytes
    region: int
    applied_at: int
    name: str
    status: Application = Application.OPEN


class Applications:
    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self.made: dict[int, Applied] = {}

    def apply_as_issuer(self, caller: str, uscc: bytes, name: str, region: int) -> Outcome:
        checks = Checks()
        self._platform.office.running(checks)
        self._admissible(checks, caller, uscc, name, region)
        open_ = [one for one in self.made.values() if one.status is Application.OPEN]
        checks(caller not in {one.applicant for one in open_}, "application: one is open")
        checks.done()
        number = len(self.made) + 1
        self.made[number] = Applied(caller, uscc, region, self._platform.now, name)
        event = told(
            "ApplicationMade",
            application_id=number,
            applicant=caller,
            uscc=uscc,
            name=name,
            region=region,
        )
        return Outcome([event], (number,))

    def admit_applicant(self, caller: str, application_id: int) -> Outcome:
        checks, one = self._decided(caller, application_id)
        if one:
            checks(caller != one.applicant, "application: officer is applicant")
            self._admissible(checks, one.applicant, one.uscc, one.name, one.region)

        def admit() -> Outcome:
            assert one is not None
            one.status = Application.ADMITTED
            known = told("ApplicationAdmitted", application_id=application_id, uscc=one.uscc)
            entered = self._platform.institutions.enter_issuer(one.uscc, one.name, one.region)
            key = self._platform.keys.enter(one.applicant, one.uscc, Role.ISSUER)
            return Outcome([known, *entered.events, *key.events])

        act = ("admit_applicant", application_id)
        region = one.region if one else WHOLE
        return self._platform.office.agree(checks, caller, region, act, admit)

    def refuse_applicant(self, caller: str, application_id: int) -> Outcome:
        checks, one = self._decided(caller, application_id)
        checks.done()
        assert one is not None
        one.status = Application.REFUSED
        event = told("ApplicationRefused", application_id=application_id, uscc=one.uscc)
        return Outcome([event])

    def _decided(self, caller: str, application_id: int) -> tuple[Checks, Applied | None]:
        one = self.made.get(application_id)
        checks = self._platform.office.by_officer(caller, one.region if one else WHOLE)
        open_ = one is not None and one.status is Application.OPEN
        checks(open_, "application: not open")
        return checks, one

    def _admissible(self, checks: Checks, key: str, uscc: bytes, name: str, region: int) -> None:
        self._platform.institutions.new_issuer(checks, uscc, name, region)
        checks(key not in self._platform.keys.by_address, "key: already registered")

    def views(self) -> Views:
        registry = "IssuerRegistry"
        views: Views = {(registry, "application_total"): len(self.made)}
        for number, one in self.made.items():
            said = (one.applicant, one.uscc, one.region, one.applied_at, one.status, one.name)
            views[registry, "application", number] = said
        return views
