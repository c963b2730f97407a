"""Actions of holders, and of the ledger upon grants."""

from __future__ import annotations

from typing import Any

from contracts.support.world import Grant, word_of
from eth_account.signers.local import LocalAccount
from eth_utils import keccak

from .machine import Draft, Machine, action
from .model.rules import DAY, GrantStatus
from .stage import REIMBURSEMENT, SIGHT

ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141


class GrantRules(Machine):
    def _holder(self, grant: Grant) -> LocalAccount:
        return next(one for one in self.stage.holders if word_of(one.address) == grant.holder)

    def _new(self, draft: Draft) -> Grant:
        """A grant that was never given; spoiled: one that is over, or was given before."""
        headers = self.model.bills.headers()
        header = headers[draft.pick("bill", list(headers))]
        payers = [*self.model.institutions.payers]
        grant = Grant(
            holder=header.holder,
            bill_key=header.key,
            payer=draft.pick("payer", payers),
            purpose=draft.pick("purpose", [REIMBURSEMENT, REIMBURSEMENT, SIGHT]),
            field_set=keccak(text="all fields"),
            cap_fen=draft.pick("cap", [1, 5_000, 2**96, 2**128 - 1], [0]),
            expires_at=draft.pick(
                "expires",
                [self.now + time for time in (1, DAY, 300 * DAY, 300 * DAY)],
                [self.now, self.now - 1, 0],
            ),
            no_statutory=draft.pick("no statutory", [True, True, False]),
            nonce=self.fresh(),
        )
        return Grant(*draft.pick("grant", [grant], list(self.model.consents.given) or [grant]))

    def _live_grants(self) -> list[Grant]:
        given = self.model.consents.given
        return [grant for grant in given if given[grant].status is GrantStatus.LIVE]

    def _withdrawn(self, draft: Draft) -> Grant:
        """A grant that lives, or was never relayed; spoiled: one that is revoked."""
        given = self.model.consents.given
        revoked = [grant for grant in given if given[grant].status is GrantStatus.REVOKED]
        never = self._live_grants()[0]._replace(nonce=1_000_000 + self.fresh())
        return Grant(*draft.pick("grant", [*self._live_grants(), never], revoked))

    def _forged(
        self, what: str, grant: Grant, holder: LocalAccount, signature: bytes
    ) -> list[bytes]:
        """Signatures that are not the holder's word: by others, about others, malformed."""
        other = next(one for one in self.stage.holders if one != holder)
        opposite = "revoke" if what == "grant" else "grant"
        upper = ORDER - int.from_bytes(signature[32:64])
        flipped = bytes([55 - signature[64]])
        return [
            getattr(self.stage, f"sign_{what}")(self.bench, other, grant),
            getattr(self.stage, f"sign_{opposite}")(self.bench, holder, grant),
            getattr(self.stage, f"sign_{what}")(
                self.bench, holder, grant._replace(cap_fen=grant.cap_fen ^ 1)
            ),
            signature[:32] + upper.to_bytes(32) + flipped,
            signature[:64],
            b"",
        ]

    def _relay(self, draft: Draft, what: str, grant: Grant) -> None:
        holder = self._holder(grant)
        signature = getattr(self.stage, f"sign_{what}")(self.bench, holder, grant)
        wrong = self._forged(what, grant, holder, signature) if draft.spoiled == "signature" else ()
        carrier = draft.pick("carrier", self.stage.actors)
        self.do(f"{what}_signed", carrier, grant, draft.pick("signature", [signature], wrong))

    @action("caller", "cap", "expires", "grant")
    def grant(self, draft: Draft) -> None:
        grant = self._new(draft)
        self.send(draft, "grant", [self._holder(grant).address], grant)

    @action("signature", "cap", "expires", "grant")
    def grant_signed(self, draft: Draft) -> None:
        self._relay(draft, "grant", self._new(draft))

    @action("caller", "grant", possible=_live_grants)
    def revoke(self, draft: Draft) -> None:
        grant = self._withdrawn(draft)
        self.send(draft, "revoke", [self._holder(grant).address], grant)

    @action("signature", "grant", possible=_live_grants)
    def revoke_signed(self, draft: Draft) -> None:
        self._relay(draft, "revoke", self._withdrawn(draft))


class LedgerOnlyRules(Machine):
    """The ledger uses grants by itself, whenever it takes something; here it asks for nothing,
    and everybody else for anything."""

    def _ledger(self) -> list[str]:
        return [self.model.addresses["ReimbursementLedger"]]

    def _usable(self) -> list[Any]:
        ledger = self._ledger()[0]
        given = self.model.consents.given
        return [grant for grant in given if self.model.allows("use", ledger, grant, 0)]

    @action("caller", "grant", "amount", possible=_usable)
    def use(self, draft: Draft) -> None:
        valid = self._usable()
        never = valid[0]._replace(nonce=10**9)
        wrong = [grant for grant in self.model.consents.given if grant not in valid]
        grant = draft.pick("grant", valid, [*wrong, never])
        room = grant.cap_fen - self.model.consents.state(grant).used_fen
        amount = draft.pick("amount", [0], [min(room + 1, 2**128 - 1)] if room < 2**97 else [])
        self.send(draft, "use", self._ledger(), grant, amount)

    @action("caller", "amount", possible=lambda self: self.model.consents.given)
    def release(self, draft: Draft) -> None:
        known = list(self.model.consents.given)
        grant = draft.pick("grant", [*known, known[0]._replace(nonce=10**9)])
        grant_id = self.stage.world.grant_id(grant)
        used = self.model.consents.state(grant).used_fen
        amount = draft.pick("amount", [0], [used + 1, 2**128 - 1])
        self.send(draft, "release", self._ledger(), grant_id, amount)
