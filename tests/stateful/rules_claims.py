"""Actions of payers upon bills, and the expiry that anybody may record."""

from __future__ import annotations

from typing import Any

from eth_utils import keccak

from contracts.support.world import VOUCHER, Grant

from .machine import Draft, Machine, action
from .model.claims import GRACE, LONGEST, ClaimKey
from .model.rules import DAY, LARGEST, ZERO_WORD, ClaimStatus, Role
from .spoil import spoilt_headers, spoilt_paths

Case = tuple[str, Grant, tuple[int, int]]  # payer's key, grant, bill
UNUSED = keccak(text="a claim id that nobody has used")
NOBODY = "0x" + "11" * 20


class TakingRules(Machine):
    def _parts(self, bill: tuple[int, int]) -> tuple[Any, int, list[bytes]]:
        bills = self.model.bills
        return bills.headers()[bill], bill[1], bills.path(*bill)

    def _takings(self) -> list[Case]:
        """Every grant with the bill it names and a key of its payer."""
        bills = {key: (key, batch_id) for key, batch_id in self.model.bills.headers()}
        return [
            ((self.keys_of(grant.payer, Role.PAYER) or [NOBODY])[0], grant, bills[grant.bill_key])
            for grant in self.model.consents.given if grant.bill_key in bills
        ]  # fmt: skip

    def _lockable(self) -> list[Case]:
        rest = (UNUSED, 1, self.now + DAY)
        return [c for c in self._takings() if self._taking_allows("lock", c, *rest)]

    def _accountable(self) -> list[Case]:
        rest = (UNUSED, VOUCHER, self.now)
        return [c for c in self._takings() if self._taking_allows("account", c, *rest)]

    def _loggable(self) -> list[Case]:
        return [c for c in self._takings() if self._taking_allows("log_use", c)]

    def _taking_allows(self, function: str, case: Case, *rest: Any) -> bool:
        key, grant, bill = case
        return self.model.allows(function, key, *self._parts(bill), grant, *rest)

    def _taking(self, draft: Draft, valid: list[Case]) -> tuple[str, Grant, tuple[Any, ...]]:
        """Caller, grant and proof; spoiled: another case, or one part of a good one."""
        wrong = [case for case in self._takings() if case not in valid]
        key, grant, bill = draft.pick("case", valid, wrong)
        if draft.spoiled == "grant over":
            self.bench.wait_until(grant.expires_at)
        elif grant.expires_at - 1 > self.now and draft.chance(10):
            self.bench.wait_until(min(grant.expires_at - 1, self.now + 30 * DAY))
        header, batch_id, path = self._parts(bill)
        batches = [one for one in self.model.bills.batches if one != batch_id]
        proof = (
            draft.pick("header", [header], spoilt_headers(header)),
            draft.pick("batch", [batch_id], [*batches, 0]),
            draft.pick("path", [path], spoilt_paths(path)),
        )
        used = Grant(*draft.pick("grant", [grant], self._other_grants(grant)))
        keys = self.keys_of(grant.payer, Role.PAYER) or [NOBODY]
        return self.caller(draft, keys), used, proof

    def _other_grants(self, grant: Grant) -> list[Grant]:
        """Other grants that were given, and the same one with something changed."""
        given = [other for other in self.model.consents.given if other != grant]
        return [
            *given,
            grant._replace(cap_fen=grant.cap_fen ^ 1),
            grant._replace(no_statutory=not grant.no_statutory),
            grant._replace(nonce=10**9),
        ]

    def _claim_id(self, draft: Draft, grant: Grant) -> bytes:
        used = [c for (payer, key, c) in self.model.claims.claims
                if (payer, key) == (grant.payer, grant.bill_key)]  # fmt: skip
        new = keccak(text=f"claim {self.fresh()}")
        return bytes(draft.pick("claim id", [new], used))

    @action(
        "caller", "case", "header", "batch", "path", "grant", "claim id", "amount", "expires",
        "grant over", possible=_lockable,
    )  # fmt: skip
    def lock(self, draft: Draft) -> None:
        caller, grant, proof = self._taking(draft, self._lockable())
        room = grant.cap_fen - self.model.consents.state(grant).used_fen
        left = self.model.claims.left(proof[0])
        amount = draft.amount("amount", max(1, min(left, room)), [left + 1, 2**96])
        expires = draft.pick(
            "expires",
            [self.now + time for time in (1, 3_600, DAY, LONGEST)],
            [0, self.now, self.now + LONGEST + 1, LARGEST],
        )
        self.do("lock", caller, *proof, grant, self._claim_id(draft, grant), amount, expires)

    @action(
        "caller", "case", "header", "batch", "path", "grant", "claim id", "voucher", "date",
        "grant over", possible=_accountable,
    )  # fmt: skip
    def account(self, draft: Draft) -> None:
        caller, grant, proof = self._taking(draft, self._accountable())
        voucher = draft.pick("voucher", [VOUCHER], [ZERO_WORD])
        first, last = proof[0].issued_at - GRACE, self.now + GRACE
        date = draft.pick("date", [first, self.now, last], [first - 1, last + 1, 0, LARGEST])
        claim_id = self._claim_id(draft, grant)
        self.do("account", caller, *proof, grant, claim_id, voucher, date)

    @action(
        "caller", "case", "header", "batch", "path", "grant", "grant over", possible=_loggable
    )
    def log_use(self, draft: Draft) -> None:
        caller, grant, proof = self._taking(draft, self._loggable())
        self.do("log_use", caller, *proof, grant)


class DecidingRules(Machine):
    def _claims_in(self, status: ClaimStatus) -> list[ClaimKey]:
        claims = self.model.claims.claims
        return [key for key in claims if claims[key].status is status]

    def _batch_of(self, bill_key: int) -> int:
        return next(batch for key, batch in self.model.bills.headers() if key == bill_key)

    def _decidable(self) -> list[ClaimKey]:
        """Claims that their payer can still decide."""
        claims = self.model.claims.claims
        return [
            key for key in self._claims_in(ClaimStatus.RESERVED)
            if claims[key].expires_at >= self.now and self.keys_of(key[0], Role.PAYER)
        ]  # fmt: skip

    def _payable(self) -> list[ClaimKey]:
        bills = self.model.bills
        return [k for k in self._decidable() if bills.payability(k[1], self._batch_of(k[1])) == 1]

    def _claim(self, draft: Draft, valid: list[ClaimKey]) -> tuple[str, ClaimKey]:
        """A payer's key and a claim of it; at times in its last second, spoiled: after it."""
        claims = self.model.claims.claims
        wrong = [key for key in claims if key not in valid]
        payer, bill, claim_id = draft.pick("claim", valid, wrong)
        claim_id = draft.pick("claim id", [claim_id], [UNUSED])
        claim = claims.get((payer, bill, claim_id))
        if claim and draft.spoiled == "time":
            self.bench.wait_until(claim.expires_at + 1)
        elif claim and claim.expires_at < self.now + 2 * DAY and draft.chance(4):
            self.bench.wait_until(claim.expires_at)
        keys = self.keys_of(payer, Role.PAYER) or [NOBODY]
        return self.caller(draft, keys), (payer, bill, claim_id)

    @action(
        "caller", "claim", "claim id", "time", "batch", "approved", possible=_payable
    )
    def settle(self, draft: Draft) -> None:
        caller, key = self._claim(draft, self._payable())
        _, bill, claim_id = key
        claim = self.model.claims.claims.get(key)
        batches = list(self.model.bills.batches)
        batch_id = draft.pick("batch", [self._batch_of(bill)], [*batches, 0])
        most = claim.reserved_fen if claim else 1
        approved = draft.amount("approved", most, [2**96, 2**128 - 1])
        self.do("settle", caller, bill, batch_id, claim_id, approved, VOUCHER)

    @action("caller", "claim", "claim id", "time", "reason", possible=_decidable)
    def reject(self, draft: Draft) -> None:
        caller, (_, bill, claim_id) = self._claim(draft, self._decidable())
        self.do("reject", caller, bill, claim_id, draft.pick("reason", [1, 255], [0]))

    def _due(self) -> list[ClaimKey]:
        claims = self.model.claims
        return [key for key in claims.claims if claims.due_of_claim(key)
                and self.keys_of(key[0], Role.PAYER)]  # fmt: skip

    @action("caller", "claim", "claim id", "voucher", possible=_due)
    def recover(self, draft: Draft) -> None:
        caller, (_, bill, claim_id) = self._claim(draft, self._due())
        voucher = draft.pick("voucher", [VOUCHER], [ZERO_WORD])
        self.do("recover", caller, bill, claim_id, voucher)

    def _reserved(self) -> list[ClaimKey]:
        """The three that end first: so that not all of time passes for one of them."""
        claims = self.model.claims.claims
        found = self._claims_in(ClaimStatus.RESERVED)
        return sorted(found, key=lambda key: claims[key].expires_at)[:3]

    @action("claim", "time", "payer", "claim id", possible=_reserved)
    def expire(self, draft: Draft) -> None:
        claims = self.model.claims.claims
        closed = [key for key in claims if claims[key].status is not ClaimStatus.RESERVED]
        payer, bill, claim_id = draft.pick("claim", self._reserved(), closed)
        end = claims[payer, bill, claim_id].expires_at
        self.bench.wait_until(end + (draft.spoiled != "time"))
        payers = [other for other in self.model.institutions.payers if other != payer]
        payer = draft.pick("payer", [payer], payers)
        claim_id = draft.pick("claim id", [claim_id], [UNUSED])
        caller = draft.pick("caller", self.stage.actors)
        self.do("expire", caller, bill, payer, claim_id)
