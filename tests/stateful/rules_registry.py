"""Actions about the office, institutions and keys."""

from __future__ import annotations

from .machine import Draft, Machine, action
from .model.institutions import Institution
from .model.rules import ZERO_ADDRESS, ZERO_CODE, PayerKind, Role, Standing
from .stage import CODES


def _standing(of: dict[bytes, Institution], *standings: Standing) -> list[bytes]:
    return [uscc for uscc, one in of.items() if one.standing in standings]


NOT_REVOKED = (Standing.ACTIVE, Standing.SUSPENDED)


class OfficeRules(Machine):
    @action("caller")
    def transfer_supervisor(self, draft: Draft) -> None:
        caller = self.supervisor(draft)
        to = draft.pick("to", [*self.stage.actors[:4], ZERO_ADDRESS])
        self.do("transfer_supervisor", caller, to)

    @action("caller", possible=lambda self: self.model.office.offered_to != ZERO_ADDRESS)
    def accept_supervisor(self, draft: Draft) -> None:
        self.do("accept_supervisor", self.caller(draft, [self.model.office.offered_to]))

    @action("caller")
    def pause(self, draft: Draft) -> None:
        self.do("pause", self.supervisor(draft))

    @action("caller")
    def unpause(self, draft: Draft) -> None:
        self.do("unpause", self.supervisor(draft))


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

    @action(
        "caller", "uscc", "name", "region",
        possible=lambda self: self._new_codes(self.model.institutions.issuers),
    )  # fmt: skip
    def admit_issuer(self, draft: Draft) -> None:
        issuers = self.model.institutions.issuers
        uscc = draft.pick("uscc", self._new_codes(issuers), [*issuers, ZERO_CODE])
        name = draft.pick("name", ["示例医院", "n" * 160], [""])
        region = draft.pick("region", [100_000, 110_101, 999_999], [0, 99_999, 1_000_000])
        self.do("admit_issuer", self.supervisor(draft), uscc, name, region)

    @action(
        "caller", "uscc",
        possible=lambda self: len(_standing(self.model.institutions.issuers, Standing.ACTIVE)) > 1,
    )  # fmt: skip
    def suspend_issuer(self, draft: Draft) -> None:
        uscc = self._some(draft, self.model.institutions.issuers, Standing.ACTIVE)
        self.do("suspend_issuer", self.supervisor(draft), uscc)

    @action(
        "caller", "uscc",
        possible=lambda self: _standing(self.model.institutions.issuers, Standing.SUSPENDED),
    )  # fmt: skip
    def resume_issuer(self, draft: Draft) -> None:
        uscc = self._some(draft, self.model.institutions.issuers, Standing.SUSPENDED)
        self.do("resume_issuer", self.supervisor(draft), uscc)

    @action(
        "caller", "uscc",
        possible=lambda self: len(_standing(self.model.institutions.issuers, *NOT_REVOKED)) > 1,
    )  # fmt: skip
    def revoke_issuer(self, draft: Draft) -> None:
        uscc = self._some(draft, self.model.institutions.issuers, *NOT_REVOKED)
        self.do("revoke_issuer", self.supervisor(draft), uscc)

    @action(
        "caller", "uscc", "name", "kind",
        possible=lambda self: self._new_codes(self.model.institutions.payers),
    )  # fmt: skip
    def admit_payer(self, draft: Draft) -> None:
        payers = self.model.institutions.payers
        uscc = draft.pick("uscc", self._new_codes(payers), [*payers, ZERO_CODE])
        name = draft.pick("name", ["示例保险"], [""])
        kind = draft.pick("kind", list(PayerKind), [0, 3, 15])
        self.do("admit_payer", self.supervisor(draft), uscc, name, kind)

    @action(
        "caller", "uscc",
        possible=lambda self: len(_standing(self.model.institutions.payers, Standing.ACTIVE)) > 1,
    )  # fmt: skip
    def suspend_payer(self, draft: Draft) -> None:
        uscc = self._some(draft, self.model.institutions.payers, Standing.ACTIVE)
        self.do("suspend_payer", self.supervisor(draft), uscc)

    @action(
        "caller", "uscc",
        possible=lambda self: _standing(self.model.institutions.payers, Standing.SUSPENDED),
    )  # fmt: skip
    def resume_payer(self, draft: Draft) -> None:
        uscc = self._some(draft, self.model.institutions.payers, Standing.SUSPENDED)
        self.do("resume_payer", self.supervisor(draft), uscc)

    @action(
        "caller", "uscc",
        possible=lambda self: len(_standing(self.model.institutions.payers, *NOT_REVOKED)) > 1,
    )  # fmt: skip
    def revoke_payer(self, draft: Draft) -> None:
        uscc = self._some(draft, self.model.institutions.payers, *NOT_REVOKED)
        self.do("revoke_payer", self.supervisor(draft), uscc)


class KeyRules(Machine):
    def _new_keys(self) -> list[str]:
        """Accounts that may still become keys; the supervisor and a holder among them."""
        people = [self.model.office.supervisor, *self.stage.signers, self.stage.holders[0].address]
        return [one for one in people if one not in self.model.keys.by_address]

    def _known(self, *, live: bool) -> list[str]:
        """Registered keys, those that only tests use first."""
        keys = self.model.keys.by_address
        known = [key for key in keys if not (live and keys[key].revoked_at)]
        spare = [key for key in known if key in self._spare()]
        return spare or known

    def _spare(self) -> list[str]:
        return list(self.stage.signers)[2:]

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
        self.do("register_key", self.supervisor(draft), key, owner, role)

    @action("caller", "key", possible=lambda self: self._known(live=True))
    def revoke_key(self, draft: Draft) -> None:
        keys = self.model.keys.by_address
        wrong = [key for key in (*keys, *self.stage.actors) if key not in keys]
        wrong += [key for key in keys if keys[key].revoked_at]
        key = draft.pick("key", self._known(live=True), wrong)
        self.do("revoke_key", self.supervisor(draft), key)

    def _windows(self) -> dict[str, tuple[int, int]]:
        """Key → first and last time from which it may be disowned."""
        keys = self.model.keys.by_address
        last = {key: (one.compromised_since or self.now + 1) - 1 for key, one in keys.items()}
        return {
            key: (keys[key].valid_from, last[key])
            for key in self._known(live=False) if keys[key].valid_from <= last[key]
        }  # fmt: skip

    @action("caller", "key", "since", possible=_windows)
    def disown_key(self, draft: Draft) -> None:
        windows = self._windows()
        keys = self.model.keys.by_address
        strangers = [one for one in self.stage.actors if one not in keys]
        key = draft.pick("key", list(windows), strangers)
        first, last = windows.get(key, (self.now, self.now))
        anchored = [b.anchored_at for b in self.model.bills.batches.values() if b.signer == key]
        times = {at + step for at in anchored for step in (-1, 0, 1)} | {first, last}
        valid = sorted(at for at in times if first <= at <= last)
        since = draft.pick("since", valid, [first - 1, last + 1, self.now + 1, 0])
        self.do("disown_key", self.supervisor(draft), key, since)
