"""What holders allow payers to do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from .rules import Checks, GrantStatus, Outcome, Views, told

if TYPE_CHECKING:
    from . import Platform


@dataclass
class Consent:
    status: GrantStatus = GrantStatus.NONE
    uses: list[int] = field(default_factory=list)  # what was used, and below zero, released

    @property
    def used_fen(self) -> int:
        return sum(self.uses)


class Consents:
    """A grant is named by itself here: its digest is only what the contract calls it."""

    def __init__(self, platform: Platform, digest: Callable[[Any], bytes]) -> None:
        self._platform = platform
        self.digest = digest
        self.given: dict[Any, Consent] = {}
        self.by_id: dict[bytes, Any] = {}
        self.signatures: dict[bytes, tuple[bytes, str, Any]] = {}  # holder, purpose, grant

    # --- holders ---

    def grant(self, caller: str, grant: Any) -> Outcome:
        checks = self._running()
        self._by_holder(checks, caller, grant)
        return self._give(checks, grant)

    def grant_signed(self, caller: str, grant: Any, signature: bytes) -> Outcome:  # noqa: ARG002
        checks = self._running()
        self._signed(checks, "grant", grant, signature)
        return self._give(checks, grant)

    def revoke(self, caller: str, grant: Any) -> Outcome:
        checks = self._running()
        self._by_holder(checks, caller, grant)
        return self._withdraw(checks, grant)

    def revoke_signed(self, caller: str, grant: Any, signature: bytes) -> Outcome:  # noqa: ARG002
        checks = self._running()
        self._signed(checks, "revoke", grant, signature)
        return self._withdraw(checks, grant)

    # --- the ledger ---

    def use(self, caller: str, grant: Any, amount_fen: int) -> Outcome:
        checks = self._by_ledger(caller)
        self.usable(checks, grant, amount_fen)
        checks.done()
        event = self.take(grant, amount_fen)
        return Outcome([event], (self.digest(grant),))

    def release(self, caller: str, grant_id: bytes, amount_fen: int) -> Outcome:
        checks = self._by_ledger(caller)
        grant = self.by_id.get(grant_id)
        used = self.state(grant).used_fen
        checks(amount_fen <= used, "grant: release exceeds use")
        checks.done()
        if grant is None:  # nothing taken back of nothing: said, and forgotten
            event = told("GrantReleased", grant_id=grant_id, amount_fen=0, used_fen=0)
            return Outcome([event])
        return Outcome([self.give_back(grant, amount_fen)])

    # --- rules ---

    def state(self, grant: Any) -> Consent:
        return self.given.get(grant, Consent())

    def usable(self, checks: Checks, grant: Any, amount_fen: int) -> None:
        state = self.state(grant)
        checks(state.status is not GrantStatus.NONE, "grant: not given")
        checks(state.status is not GrantStatus.REVOKED, "grant: revoked")
        checks(self._platform.now < grant.expires_at, "grant: expired")
        checks(state.used_fen + amount_fen <= grant.cap_fen, "grant: cap exceeded")

    def take(self, grant: Any, amount_fen: int) -> Any:
        self.given[grant].uses.append(amount_fen)
        return told(
            "GrantUsed",
            grant_id=self.digest(grant),
            bill_key=grant.bill_key,
            payer=grant.payer,
            amount_fen=amount_fen,
            used_fen=self.given[grant].used_fen,
        )

    def give_back(self, grant: Any, amount_fen: int) -> Any:
        self.given[grant].uses.append(-amount_fen)
        return told(
            "GrantReleased",
            grant_id=self.digest(grant),
            amount_fen=amount_fen,
            used_fen=self.given[grant].used_fen,
        )

    def _running(self) -> Checks:
        checks = Checks()
        self._platform.office.running(checks)
        return checks

    def _by_ledger(self, caller: str) -> Checks:
        checks = self._running()
        ledger = self._platform.addresses["ReimbursementLedger"]
        checks(caller == ledger, "consent: caller is not the ledger")
        return checks

    def _by_holder(self, checks: Checks, caller: str, grant: Any) -> None:
        own = grant.holder == bytes(12) + bytes.fromhex(caller[2:])
        checks(own, "grant: caller is not the holder")

    def _signed(self, checks: Checks, purpose: str, grant: Any, signature: bytes) -> None:
        good = self.signatures.get(signature) == (grant.holder, purpose, grant)
        checks(good, "signature: not the holder's")

    def _give(self, checks: Checks, grant: Any) -> Outcome:
        state = self.state(grant)
        checks(state.status is not GrantStatus.LIVE, "grant: already given")
        checks(state.status is not GrantStatus.REVOKED, "grant: revoked")
        checks(self._platform.now < grant.expires_at, "grant: expired")
        checks(grant.cap_fen > 0, "grant: cap is zero")
        checks.done()
        self._know(grant).status = GrantStatus.LIVE
        grant_id = self.digest(grant)
        return Outcome([told("Granted", grant_id=grant_id, **grant._asdict())], (grant_id,))

    def _withdraw(self, checks: Checks, grant: Any) -> Outcome:
        checks(self.state(grant).status is not GrantStatus.REVOKED, "grant: revoked")
        checks.done()
        self._know(grant).status = GrantStatus.REVOKED
        event = told(
            "GrantRevoked",
            grant_id=self.digest(grant),
            holder=grant.holder,
            bill_key=grant.bill_key,
        )
        return Outcome([event])

    def _know(self, grant: Any) -> Consent:
        self.by_id[self.digest(grant)] = grant
        return self.given.setdefault(grant, Consent())

    # --- what the contract should answer ---

    def views(self) -> Views:
        return {
            ("ConsentRegistry", "grant_state", self.digest(grant)): (state.status, state.used_fen)
            for grant, state in self.given.items()
        }
