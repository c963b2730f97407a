"""Issuers and payers: who they are and where they stand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .rules import ZERO_CODE, Checks, Outcome, PayerKind, Standing, Views, told

if TYPE_CHECKING:
    from . import Platform


@dataclass
class Institution:
    name: str
    admitted_at: int
    detail: int  # an issuer's region, a payer's kind
    standing: Standing = Standing.ACTIVE


class Institutions:
    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self.issuers: dict[bytes, Institution] = {}
        self.payers: dict[bytes, Institution] = {}

    # --- issuers ---

    def admit_issuer(self, caller: str, uscc: bytes, name: str, region: int) -> Outcome:
        checks = self._platform.office.by_supervisor(caller)
        checks(100_000 <= region <= 999_999, "issuer: region not six digits")
        self._admit(checks, self.issuers, "issuer", uscc, name, region)
        return Outcome([told("IssuerAdmitted", uscc=uscc, name=name, region=region)])

    def suspend_issuer(self, caller: str, uscc: bytes) -> Outcome:
        self._move(caller, self.issuers, "issuer", uscc, Standing.ACTIVE, Standing.SUSPENDED)
        return Outcome([told("IssuerSuspended", uscc=uscc)])

    def resume_issuer(self, caller: str, uscc: bytes) -> Outcome:
        self._move(caller, self.issuers, "issuer", uscc, Standing.SUSPENDED, Standing.ACTIVE)
        return Outcome([told("IssuerResumed", uscc=uscc)])

    def revoke_issuer(self, caller: str, uscc: bytes) -> Outcome:
        self._revoke(caller, self.issuers, "issuer", uscc)
        return Outcome([told("IssuerRevoked", uscc=uscc)])

    # --- payers ---

    def admit_payer(self, caller: str, uscc: bytes, name: str, payer_kind: int) -> Outcome:
        checks = self._platform.office.by_supervisor(caller)
        checks(payer_kind in set(PayerKind), "payer: not exactly one kind")
        self._admit(checks, self.payers, "payer", uscc, name, payer_kind)
        return Outcome([told("PayerAdmitted", uscc=uscc, name=name, payer_kind=payer_kind)])

    def suspend_payer(self, caller: str, uscc: bytes) -> Outcome:
        self._move(caller, self.payers, "payer", uscc, Standing.ACTIVE, Standing.SUSPENDED)
        return Outcome([told("PayerSuspended", uscc=uscc)])

    def resume_payer(self, caller: str, uscc: bytes) -> Outcome:
        self._move(caller, self.payers, "payer", uscc, Standing.SUSPENDED, Standing.ACTIVE)
        return Outcome([told("PayerResumed", uscc=uscc)])

    def revoke_payer(self, caller: str, uscc: bytes) -> Outcome:
        self._revoke(caller, self.payers, "payer", uscc)
        return Outcome([told("PayerRevoked", uscc=uscc)])

    # --- rules ---

    def standing(self, of: dict[bytes, Institution], uscc: bytes) -> Standing:
        return of[uscc].standing if uscc in of else Standing.NONE

    def issuer_is_active(self, uscc: bytes) -> bool:
        return self.standing(self.issuers, uscc) is Standing.ACTIVE

    def payer_is_active(self, uscc: bytes) -> bool:
        return self.standing(self.payers, uscc) is Standing.ACTIVE

    def not_revoked(self, checks: Checks, whose: str, uscc: bytes) -> None:
        of = self.issuers if whose == "issuer" else self.payers
        standing = self.standing(of, uscc)
        checks(standing is not Standing.NONE, f"{whose}: not admitted")
        checks(standing is not Standing.REVOKED, f"{whose}: revoked")

    def _admit(
        self,
        checks: Checks,
        into: dict[bytes, Institution],
        whose: str,
        uscc: bytes,
        name: str,
        detail: int,
    ) -> None:
        checks(uscc != ZERO_CODE, f"{whose}: code missing")
        checks(name != "", f"{whose}: name missing")
        checks(uscc not in into, f"{whose}: already admitted")
        checks.done()
        into[uscc] = Institution(name, self._platform.now, detail)

    def _move(
        self,
        caller: str,
        of: dict[bytes, Institution],
        whose: str,
        uscc: bytes,
        before: Standing,
        after: Standing,
    ) -> None:
        checks = self._platform.office.by_supervisor(caller)
        checks(self.standing(of, uscc) is before, f"{whose}: not {before.name.lower()}")
        checks.done()
        of[uscc].standing = after

    def _revoke(self, caller: str, of: dict[bytes, Institution], whose: str, uscc: bytes) -> None:
        checks = self._platform.office.by_supervisor(caller)
        self.not_revoked(checks, whose, uscc)
        checks.done()
        of[uscc].standing = Standing.REVOKED

    # --- what the contract should answer ---

    def views(self) -> Views:
        views: Views = {}
        for function, of in (("issuer", self.issuers), ("payer", self.payers)):
            for uscc, one in of.items():
                told_of = (one.standing, one.detail, one.admitted_at, one.name)
                views["IssuerRegistry", function, uscc] = told_of
                is_active = one.standing is Standing.ACTIVE
                views["IssuerRegistry", f"is_active_{function}", uscc] = is_active
        return views
