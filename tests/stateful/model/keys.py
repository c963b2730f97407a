"""Signing keys and the times in which they are to be trusted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .office import WHOLE
from .rules import ZERO_ADDRESS, Checks, Outcome, Role, Views, told

if TYPE_CHECKING:
    from . import Platform


@dataclass
class Key:
    owner: bytes
    role: Role
    valid_from: int
    revoked_at: int = 0
    compromised_since: int = 0

    def trusted_at(self, at: int) -> bool:
        ends = [end for end in (self.revoked_at, self.compromised_since) if end]
        return self.valid_from <= at and all(at < end for end in ends)


class Keys:
    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self.by_address: dict[str, Key] = {}

    def register_key(self, caller: str, key: str, owner: bytes, role: int) -> Outcome:
        whose = "issuer" if role == Role.ISSUER else "payer"
        region = self._platform.institutions.region(whose, owner)
        checks = self._platform.office.by_officer(caller, region)
        checks(key != ZERO_ADDRESS, "key: zero address")
        checks(key not in self.by_address, "key: already registered")
        if checks(role in set(Role), "key: not exactly one role"):
            self._platform.institutions.not_revoked(checks, whose, owner)
        act = ("register_key", key, owner, role)
        return self._platform.office.agree(
            checks, caller, region, act, lambda: self.enter(key, owner, Role(role))
        )

    def enter(self, key: str, owner: bytes, role: Role) -> Outcome:
        self.by_address[key] = Key(owner, role, self._platform.now)
        return Outcome([told("KeyRegistered", key=key, owner=owner, role=role)])

    def revoke_key(self, caller: str, key: str) -> Outcome:
        checks = self._platform.office.by_officer(caller, self._region(key))
        if checks(key in self.by_address, "key: not registered"):
            checks(self.by_address[key].revoked_at == 0, "key: already revoked")
        checks.done()
        self.by_address[key].revoked_at = self._platform.now
        return Outcome([told("KeyRevoked", key=key)])

    def disown_key(self, caller: str, key: str, compromised_since: int) -> Outcome:
        checks = self._platform.office.by_officer(caller, self._region(key))
        checks(compromised_since <= self._platform.now, "key: compromised in the future")
        if checks(key in self.by_address, "key: not registered"):
            known = self.by_address[key]
            checks(compromised_since >= known.valid_from, "key: compromised before its time")
            earlier = known.compromised_since
            checks(earlier == 0 or compromised_since < earlier, "key: window only widens")
        checks.done()
        known.compromised_since = compromised_since
        known.revoked_at = known.revoked_at or self._platform.now
        return Outcome([told("KeyDisowned", key=key, compromised_since=compromised_since)])

    def _region(self, key: str) -> int:
        known = self.by_address.get(key)
        if known is None:
            return WHOLE
        whose = "issuer" if known.role is Role.ISSUER else "payer"
        return self._platform.institutions.region(whose, known.owner)

    # --- rules ---

    def speaks_for(self, checks: Checks, key: str, role: Role) -> bytes:
        """The active institution of a live key; what is broken otherwise."""
        known = self.by_address.get(key)
        if known is None:
            checks(False, "key: not registered")
            return b""
        if checks(known.role is role, "key: wrong role"):
            institutions = self._platform.institutions
            if role is Role.ISSUER:
                checks(institutions.issuer_is_active(known.owner), "issuer: not active")
            else:
                checks(institutions.payer_is_active(known.owner), "payer: not active")
        checks(known.revoked_at == 0, "key: revoked")
        return known.owner

    def trusted_at(self, key: str, at: int) -> bool:
        return key in self.by_address and self.by_address[key].trusted_at(at)

    def live(self, role: Role) -> list[str]:
        """Keys that may act now."""
        found = []
        for address in self.by_address:
            checks = Checks()
            self.speaks_for(checks, address, role)
            if checks.kept:
                found.append(address)
        return found

    # --- what the contract should answer ---

    def views(self) -> Views:
        views: Views = {}
        registry = "IssuerRegistry"
        for address, key in self.by_address.items():
            epoch = (key.owner, key.role, key.valid_from, key.revoked_at, key.compromised_since)
            views[registry, "key", address] = epoch
            for role in Role:
                live = key.role is role and key.revoked_at == 0
                views[registry, "key_is_live", address, role] = live
            if key.revoked_at == 0:
                views[registry, "owner_of_live_key", address, key.role] = key.owner
            ends = {key.valid_from, key.revoked_at, key.compromised_since} - {0}
            for at in sorted({end + step for end in ends for step in (-1, 0, 1)}):
                views[registry, "key_trusted_at", address, at] = key.trusted_at(at)
        for address in self.live(Role.ISSUER):
            views[registry, "authorised_issuer", address] = self.by_address[address].owner
        for address in self.live(Role.PAYER):
            owner = self.by_address[address].owner
            kind = self._platform.institutions.payers[owner].kind
            views[registry, "authorised_payer", address] = (owner, kind)
        return views
