"""Institutions and keys."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ..world import ACTIVE, ISSUER, PAYER, REVOKED, SUSPENDED
from .applications import Applications
from .offices import Offices
from .part import UNKNOWN_ADDRESS, Expected, Part, Refused

UNKNOWN_USCC = b"0" * 18
NO_ISSUER = (0, 0, 0, "")
NO_PAYER = (0, 0, 0, 0, "")
NO_KEY = (bytes(18), 0, 0, 0, 0)


@dataclass
class Institution:
    details: tuple[int, ...]  # region of an issuer, kind and region of a payer
    admitted_at: int
    name: str
    status: int = ACTIVE

    @property
    def record(self) -> tuple:
        return self.status, *self.details, self.admitted_at, self.name


@dataclass
class Key:
    owner: bytes
    role: int
    valid_from: int
    revoked_at: int = 0
    compromised_since: int = 0

    @property
    def record(self) -> tuple:
        return (
            self.owner, self.role, self.valid_from, self.revoked_at, self.compromised_since,
        )  # fmt: skip

    def trusted_at(self, at: int) -> bool:
        before_end = self.revoked_at == 0 or at < self.revoked_at
        before_theft = self.compromised_since == 0 or at < self.compromised_since
        return at >= self.valid_from and before_end and before_theft


@dataclass
class Registry(Part):
    offices: Offices
    applications: Applications
    contract = "IssuerRegistry"
    issuers: dict[bytes, Institution] = field(default_factory=dict)
    payers: dict[bytes, Institution] = field(default_factory=dict)
    keys: dict[str, Key] = field(default_factory=dict)

    # --- events ---

    def on_issuer_admitted(self, at: int, *, uscc: bytes, name: str, region: int) -> None:
        self.issuers[uscc] = Institution((region,), at, name)
        if uscc in self.applications.being_admitted:
            self.applications.being_admitted.remove(uscc)
        else:
            self.offices.done("admit_issuer", uscc, name, region)

    def on_issuer_suspended(self, _at: int, *, uscc: bytes) -> None:
        self.issuers[uscc].status = SUSPENDED

    def on_issuer_resumed(self, _at: int, *, uscc: bytes) -> None:
        self.issuers[uscc].status = ACTIVE

    def on_issuer_revoked(self, _at: int, *, uscc: bytes) -> None:
        self.issuers[uscc].status = REVOKED
        self.offices.done("revoke_issuer", uscc)

    def on_payer_admitted(
        self, at: int, *, uscc: bytes, name: str, payer_kind: int, region: int
    ) -> None:
        self.payers[uscc] = Institution((payer_kind, region), at, name)
        self.offices.done("admit_payer", uscc, name, payer_kind, region)

    def on_payer_suspended(self, _at: int, *, uscc: bytes) -> None:
        self.payers[uscc].status = SUSPENDED

    def on_payer_resumed(self, _at: int, *, uscc: bytes) -> None:
        self.payers[uscc].status = ACTIVE

    def on_payer_revoked(self, _at: int, *, uscc: bytes) -> None:
        self.payers[uscc].status = REVOKED
        self.offices.done("revoke_payer", uscc)

    def on_key_registered(self, at: int, *, key: str, owner: bytes, role: int) -> None:
        assert key not in self.keys
        self.keys[key] = Key(owner, role, at)
        self.offices.done("register_key", key, owner, role)

    def on_key_revoked(self, at: int, *, key: str) -> None:
        self.keys[key].revoked_at = at

    def on_key_disowned(self, at: int, *, key: str, compromised_since: int) -> None:
        known = self.keys[key]
        known.revoked_at = known.revoked_at or at
        known.compromised_since = compromised_since

    # --- views ---

    def trusted(self, key: str, at: int) -> bool:
        return key in self.keys and self.keys[key].trusted_at(at)

    def views(self) -> Iterator[Expected]:
        for uscc in (*self.issuers, UNKNOWN_USCC):
            known = self.issuers.get(uscc)
            yield "issuer", (uscc,), known.record if known else NO_ISSUER
            yield "is_active_issuer", (uscc,), self._active(self.issuers, uscc)
        for uscc in (*self.payers, UNKNOWN_USCC):
            known = self.payers.get(uscc)
            yield "payer", (uscc,), known.record if known else NO_PAYER
            yield "is_active_payer", (uscc,), self._active(self.payers, uscc)
        for key in (*self.keys, UNKNOWN_ADDRESS):
            yield from self._views_of_key(key)

    def _views_of_key(self, key: str) -> Iterator[Expected]:
        known = self.keys.get(key)
        yield "key", (key,), known.record if known else NO_KEY
        for role in (ISSUER, PAYER):
            live = known is not None and known.role == role and known.revoked_at == 0
            yield "key_is_live", (key, role), live
            yield "owner_of_live_key", (key, role), known.owner if live else Refused
        if known:
            for time in (known.valid_from, known.revoked_at, known.compromised_since):
                for at in (max(time - 1, 0), time, time + 1):
                    yield "key_trusted_at", (key, at), known.trusted_at(at)
        yield "authorised_issuer", (key,), self._authorised(self.issuers, ISSUER, key)
        payer = self._authorised(self.payers, PAYER, key)
        known_payer = payer if payer is Refused else (payer, self.payers[payer].details[0])
        yield "authorised_payer", (key,), known_payer

    def _active(self, institutions: dict[bytes, Institution], uscc: bytes) -> bool:
        return uscc in institutions and institutions[uscc].status == ACTIVE

    def _authorised(self, institutions: dict[bytes, Institution], role: int, key: str) -> Any:
        known = self.keys.get(key)
        if known is None or known.role != role or known.revoked_at:
            return Refused
        return known.owner if self._active(institutions, known.owner) else Refused
