"""Actions about institutions and keys."""

from __future__ import annotations

from contracts.support.world import PLATFORM

from .machine import Draft, Machine, action
from .model.institutions import Institution
from .model.rules import ZERO_ADDRESS, ZERO_CODE, PayerKind, Role, Standing
from .stage import CODES, NO_REGIONS, REGIONS


def _standing(of: dict[bytes, Institution], *standings: Standing) -> list[bytes]:
    return [uscc for uscc, one in of.items() if one.standing in standings]


NOT_REVOKED = (Standing.ACTIVE, Standing.SUSPENDED)


class InstitutionRules(Machine):
    def _new_codes(self, of: dict[bytes, Institution]) -> list[bytes]:
        return [uscc for uscc in CODES if uscc not in of]

    def _some(self, draft: Draft, of: dict[bytes, Institution], *standings: Standing) -> bytes:
        """One of these standings; the first institution, which does most, seldom."""
        valid = _standing(of, *standings)
        others = [uscc for uscc in valid if uscc != next(iter(of))]
        wrong = [uscc for uscc in of if uscc not in valid]
        rarely = not others or draft.chance(8)
        return bytes(draft.pick("uscc", valid if rarely else others, [*wrong, ZERO_CODE, *CODES]))

    def _on_issuer(self, draft: Draft, function: str, uscc: bytes) -> None:
        self.act(draft, function, self.model.institutions.region("issuer", uscc), uscc)

    def _on_payer(self, draft: Draft, function: str, uscc: bytes) -> None:
        self.act(draft, function, self.model.institutions.region("payer", uscc), uscc)

    @action(
        "caller", "uscc", "name", "region",
        possible=lambda self: self._new_codes(self.model.institutions.issuers),
    )  # fmt: skip
    def admit_issuer(self, draft: Draft) -> None:
        issuers = self.model.institutions.issuers
        uscc = draft.pick("uscc", self._new_codes(issuers), [*issuers, ZERO_CODE])
        name = draft.pick("name", ["示例医院", "n" * 160], [""])
        region = draft.pick("region", REGIONS, NO_REGIONS)
        self.act(draft, "admit_issuer", region, uscc, name, region)

    @action(
        "caller", "uscc",
        possible=lambda self: len(_standing(self.model.institutions.issuers, Standing.ACTIVE)) > 1,
    )  # fmt: skip
    def suspend_issuer(self, draft: Draft) -> None:
        uscc = self._some(draft, self.model.institutions.issuers, Standing.ACTIVE)
        self._on_issuer(draft, "suspend_issuer", uscc)

    @action(
        "caller", "uscc",
        possible=lambda self: _standing(self.model.institutions.issuers, Standing.SUSPENDED),
    )  # fmt: skip
    def resume_issuer(self, draft: Draft) -> None:
        uscc = self._some(draft, self.model.institutions.issuers, Standing.SUSPENDED)
        self._on_issuer(draft, "resume_issuer", uscc)

    @action(
        "caller", "uscc",
        possible=lambda self: len(_standing(self.model.institutions.issuers, *NOT_REVOKED)) > 1,
    )  # fmt: skip
    def revoke_issuer(self, draft: Draft) -> None:
        uscc = self._some(draft, self.model.institutions.issuers, *NOT_REVOKED)
        self._on_issuer(draft, "revoke_issuer", uscc)

    @action(
        "caller", "uscc", "name", "kind", "region",
        possible=lambda self: self._new_codes(self.model.institutions.payers),
    )  # fmt: skip
    def admit_payer(self, draft: Draft) -> None:
        payers = self.model.institutions.payers
        uscc = draft.pick("uscc", self._new_codes(payers), [*payers, ZERO_CODE])
        name = draft.pick("name", ["示例保险"], [""])
        kind = draft.pick("kind", list(PayerKind), [0, 3, 15])
        region = draft.pick("region", [PLATFORM, *REGIONS], NO_REGIONS)
        self.act(draft, "admit_payer", region, uscc, name, kind, region)

    @action(
        "caller", "uscc",
        possible=lambda self: len(_standing(self.model.institutions.payers, Standing.ACTIVE)) > 1,
    )  # fmt: skip
    def suspend_payer(self, draft: Draft) -> None:
        uscc = self._some(draft, self.model.institutions.payers, Standing.ACTIVE)
        self._on_payer(draft, "suspend_payer", uscc)

    @action(
        "caller", "uscc",
        possible=lambda self: _standing(self.model.institutions.payers, Standing.SUSPENDED),
    )  # fmt: skip
    def resume_payer(self, draft: Draft) -> None:
        uscc = self._some(draft, self.model.institutions.payers, Standing.SUSPENDED)
        self._on_payer(draft, "resume_payer", uscc)

    @action(
        "caller", "uscc",
        possible=lambda self: len(_standing(self.model.institutions.payers, *NOT_REVOKED)) > 1,
    )  # fmt: skip
    def revoke_payer(self, draft: Draft) -> None:
        uscc = self._some(draft, self.model.institutions.payers, *NOT_REVOKED)
        self._on_payer(draft, "revoke_payer", uscc)


class KeyRules(Machine):
    def _new_keys(self) -> list[str]:
        """Accounts that may still become keys; an officer and a holder among them."""
        people = [self.stage.actors[0], *self.stage.signers, self.stage.holders[0].address]
        return [one for one in people if one not in self.model.keys.by_address]

    def _not_ended(self) -> list[str]:
        """Keys that were not revoked; those that do most of the work only for want of others."""
        keys = self.model.keys.by_address
        found = [key for key in keys if not keys[key].revoked_at]
        return [key for key in found if key in self._spare()] or found

    def _spare(self) -> list[str]:
        return list(self.stage.signers)[2:]

    def _region_of(self, key: str) -> int:
        known = self.model.keys.by_address.get(key)
        whose = "issuer" if known and known.role is Role.ISSUER else "payer"
        return self.model.institutions.region(whose, known.owner) if known else PLATFORM

    def _owners(self, role: Role) -> list[bytes]:
        institutions = self.model.institutions
        of = institutions.issuers if role is Role.ISSUER else institutions.payers
        return _standing(of, *NOT_REVOKED)

    @action("caller", "key", "owner", "role", possible=_new_keys)
    def register_key(self, draft: Draft) -> None:
        key = draft.pick("key", self._new_keys(), [*self.model.keys.by_address, ZERO_ADDRESS])
        role = draft.pick("role", list(Role), [0, 3])
        every = self.model.institutions.issuers | self.model.institutions.payers
        valid = self._owners(role) if role in set(Role) else list(every)
        wrong = [uscc for uscc in (*every, *CODES, ZERO_CODE) if uscc not in valid]
        owner = draft.pick("owner", valid, wrong)
        whose = "issuer" if role == Role.ISSUER else "payer"
        region = self.model.institutions.region(whose, owner)
        self.act(draft, "register_key", region, key, owner, role)

    @action("caller", "key", possible=_not_ended)
    def revoke_key(self, draft: Draft) -> None:
        keys = self.model.keys.by_address
        first = self.officer()
        wrong = self.one_of_each(
            (*keys, *self.stage.actors), lambda one: self.model.refusals("revoke_key", first, one)
        )
        key = draft.pick("key", self._not_ended(), wrong)
        self.act(draft, "revoke_key", self._region_of(key), key)

    def _windows(self) -> dict[str, tuple[int, int]]:
        """Key → first and last time from which it may be disowned."""
        keys = self.model.keys.by_address
        last = {key: (one.compromised_since or self.now + 1) - 1 for key, one in keys.items()}
        found = {
            key: (one.valid_from, last[key])
            for key, one in keys.items() if one.valid_from <= last[key]
        }  # fmt: skip
        spare = {key: window for key, window in found.items() if key in self._spare()}
        again = {key: window for key, window in found.items() if keys[key].compromised_since}
        return again | spare or found

    @action("caller", "key", "since", "since", possible=_windows)
    def disown_key(self, draft: Draft) -> None:
        windows = self._windows()
        keys = self.model.keys.by_address
        strangers = [one for one in self.stage.actors if one not in keys]
        key = draft.pick("key", list(windows), strangers)
        first, last = windows.get(key, (self.now, self.now))
        anchored = [b.anchored_at for b in self.model.bills.batches.values() if b.signer == key]
        times = {at + step for at in anchored for step in (-1, 0, 1)} | {first, last}
        valid = sorted(at for at in times if first <= at <= last)
        since = draft.pick("since", valid, [first - 1, last + 1, last + 1, self.now + 1, 0])
        self.act(draft, "disown_key", self._region_of(key), key, since)
