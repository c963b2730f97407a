"""Issuers and payers: who they are and where they stand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .office import WHOLE, is_region
from .rules import ZERO_CODE, Checks, Outcome, PayerKind, Standing, Views, told

if TYPE_CHECKING:
    from . import Platform


@dataclass
class Institution:
    name: str
    admitted_at: int
    region: int
    kind: int = 0  # of a payer
    standing: Standing = Standing.ACTIVE


class Institutions:
    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self.issuers: dict[bytes, Institution] = {}
        self.payers: dict[bytes, Institution] = {}

    # --- issuers ---

    def admit_issuer(self, caller: str, uscc: bytes, name: str, region: int) -> Outcome:
        checks = self._platform.office.by_officer(caller, region)
        self.new_issuer(checks, uscc, name, region)
        act = ("admit_issuer", uscc, name, region)
        return self._platform.office.agree(
            checks, caller, region, act, lambda: self.enter_issuer(uscc, name, region)
        )

    def suspend_issuer(self, caller: str, uscc: bytes) -> Outcome:
        return self._move(caller, "issuer", uscc, Standing.ACTIVE, Standing.SUSPENDED)

    def resume_issuer(self, caller: str, uscc: bytes) -> Outcome:
        return self._move(caller, "issuer", uscc, Standing.SUSPENDED, Standing.ACTIVE)

    def revoke_issuer(self, caller: str, uscc: bytes) -> Outcome:
        return self._revoke(caller, "issuer", uscc)

    # --- payers ---

    def admit_payer(
        self, caller: str, uscc: bytes, name: str, payer_kind: int, region: int
    ) -> Outcome:
        checks = self._platform.office.by_officer(caller, region)
        checks(payer_kind in set(PayerKind), "payer: not exactly one kind")
        checks(region == WHOLE or is_region(region), "payer: region not six digits")
        self._new(checks, "payer", uscc, name)

        def enter() -> Outcome:
            self.payers[uscc] = Institution(name, self._platform.now, region, payer_kind)
            said = {"uscc": uscc, "name": name, "payer_kind": payer_kind, "region": region}
            return Outcome([told("PayerAdmitted", **said)])

        act = ("admit_payer", uscc, name, payer_kind, region)
        return self._platform.office.agree(checks, caller, region, act, enter)

    def suspend_payer(self, caller: str, uscc: bytes) -> Outcome:
        return self._move(caller, "payer", uscc, Standing.ACTIVE, Standing.SUSPENDED)

    def resume_payer(self, caller: str, uscc: bytes) -> Outcome:
        return self._move(caller, "payer", uscc, Standing.SUSPENDED, Standing.ACTIVE)

    def revoke_payer(self, caller: str, uscc: bytes) -> Outcome:
        return self._revoke(caller, "payer", uscc)

    # --- what applications need ---

    def new_issuer(self, checks: Checks, uscc: bytes, name: str, region: int) -> None:
        checks(is_region(region), "issuer: region not six digits")
        self._new(checks, "issuer", uscc, name)

    def enter_issuer(self, uscc: bytes, name: str, region: int) -> Outcome:
        self.issuers[uscc] = Institution(name, self._platform.now, region)
        return Outcome([told("IssuerAdmitted", uscc=uscc, name=name, region=region)])

    # --- rules ---

    def standing(self, of: dict[bytes, Institution], uscc: bytes) -> Standing:
        return of[uscc].standing if uscc in of else Standing.NONE

    def issuer_is_active(self, uscc: bytes) -> bool:
        return self.standing(self.issuers, uscc) is Standing.ACTIVE

    def payer_is_active(self, uscc: bytes) -> bool:
        return self.standing(self.payers, uscc) is Standing.ACTIVE

    def not_revoked(self, checks: Checks, whose: str, uscc: bytes) -> None:
        standing = self.standing(self._of(whose), uscc)
        checks(standing is not Standing.NONE, f"{whose}: not admitted")
        checks(standing is not Standing.REVOKED, f"{whose}: revoked")

    def region(self, whose: str, uscc: bytes) -> int:
        """Of an institution that nobody knows, officers of the whole platform are told."""
        of = self._of(whose)
        return of[uscc].region if uscc in of else WHOLE

    def _of(self, whose: str) -> dict[bytes, Institution]:
        return self.issuers if whose == "issuer" else self.payers

    def _new(self, checks: Checks, whose: str, uscc: bytes, name: str) -> None:
        checks(uscc != ZERO_CODE, f"{whose}: code missing")
        checks(name != "", f"{whose}: name missing")
        checks(uscc not in self._of(whose), f"{whose}: already admitted")

    def _move(
        self, caller: str, whose: str, uscc: bytes, before: Standing, after: Standing
    ) -> Outcome:
        checks = self._platform.office.by_officer(caller, self.region(whose, uscc))
        standing = self.standing(self._of(whose), uscc)
        checks(standing is before, f"{whose}: not {before.name.lower()}")
        checks.done()
        return self._stand(whose, uscc, after)

    def _revoke(self, caller: str, whose: str, uscc: bytes) -> Outcome:
        region = self.region(whose, uscc)
        checks = self._platform.office.by_officer(caller, region)
        self.not_revoked(checks, whose, uscc)
        return self._platform.office.agree(
            checks,
            caller,
            region,
            (f"revoke_{whose}", uscc),
            lambda: self._stand(whose, uscc, Standing.REVOKED),
        )

    def _stand(self, whose: str, uscc: bytes, standing: Standing) -> Outcome:
        self._of(whose)[uscc].standing = standing
        what = {"ACTIVE": "Resumed", "SUSPENDED": "Suspended", "REVOKED": "Revoked"}
        return Outcome([told(f"{whose.title()}{what[standing.name]}", uscc=uscc)])

    # --- what the contract should answer ---

    def views(self) -> Views:
        views: Views = {}
        for function, of in (("issuer", self.issuers), ("payer", self.payers)):
            for uscc, one in of.items():
                kind = (one.kind,) if function == "payer" else ()
                told_of = (one.standing, *kind, one.region, one.admitted_at, one.name)
                views["IssuerRegistry", function, uscc] = told_of
                is_active = one.standing is Standing.ACTIVE
                views["IssuerRegistry", f"is_active_{function}", uscc] = is_active
        return views
