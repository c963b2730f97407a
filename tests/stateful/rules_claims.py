"""Actions of payers upon bills, and the expiry that anybody may record."""

from __future__ import annotations

from typing import Any

from contracts.support.world import VOUCHER, Grant
from eth_utils import keccak

from .machine import NOBODY, Draft, Machine, action
from .model.claims import GRACE, LONGEST, ClaimKey
from .model.rules import DAY, LARGEST, ZERO_WORD, ClaimStatus, Role
from .spoil import spoilt_headers, spoilt_paths

Case = tuple[str, Grant, tuple[int, int]]  # payer's key, grant, bill
UNUSED = keccak(text="a claim id that nobody has used")


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

    def _broken(self, function: str, case: Case, *rest: Any) -> frozenset[str]:
        key, grant, bill = case
        return self.model.refusals(function, key, *self._parts(bill), grant, *rest)

    def _takeable(self, function: str) -> list[Case]:
        return [c for c in self._takings() if not self._broken(function, c, *self._rest(function))]

    def _rest(self, function: str) -> tuple[Any, ...]:
        """Good arguments for whatever is no part of the case."""
        return {
            "lock": (UNUSED, 1, self.now + DAY),
            "account": (UNUSED, VOUCHER, self.now),
            "log_use": (),
        }[function]

    def _taking(self, draft: Draft, function: str) -> tuple[list[str], Grant, tuple[Any, ...]]:
        """Callers, grant and proof; spoiled: another case, or one part of a good one."""
        valid, rest = self._takeable(function), self._rest(function)
        wrong = self.one_of_each(self._takings(), lambda case: self._broken(function, case, *rest))
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
        others = self.one_of_each(
            self._other_grants(grant),
            lambda other: self._broken(function, (key, other, bill), *rest),
        )
        used = Grant(*draft.pick("grant", [grant], others))
        return self.keys_of(grant.payer, Role.PAYER), used, proof

    def _other_grants(self, grant: Grant) -> list[Grant]:
        """Other grants that were given, and the same one with something changed."""
        given = [other for other in self.model.consents.given if other != grant]
        return [
            *given,
            grant._replace(cap_fen=grant.cap_fen ^ 1),
            grant._replace(no_statutory=not grant.no_statutory),
            grant._replace(nonce=10**9),
            grant._replace(expires_at=self.now),
        ]

    def _claim_id(self, draft: Draft, grant: Grant) -> bytes:
        used = [c for (payer, key, c) in self.model.claims.claims
                if (payer, key) == (grant.payer, grant.bill_key)]  # fmt: skip
        new = keccak(text=f"claim {self.fresh()}")
        return bytes(draft.pick("claim id", [new], used))

    @action(
        "caller", "case", "case", "header", "batch", "path", "grant", "grant", "claim id", "amount",
        "expires",
        "grant over", possible=lambda self: self._takeable("lock"),
    )  # fmt: skip
    def lock(self, draft: Draft) -> None:
        callers, grant, proof = self._taking(draft, "lock")
        room = grant.cap_fen - self.model.consents.state(grant).used_fen
        left = self.model.claims.left(proof[0])
        amount = draft.amount("amount", max(1, min(left, room)), [left + 1, 2**96])
        expires = draft.pick(
            "expires",
            [self.now + time for time in (1, 3_600, DAY, LONGEST)],
            [0, self.now, self.now + LONGEST + 1, LARGEST],
        )
        claim_id = self._claim_id(draft, grant)
        self.send(draft, "lock", callers, *proof, grant, claim_id, amount, expires)

    @action(
        "caller", "case", "case", "header", "batch", "path", "grant", "claim id", "voucher",
        "date",
        "grant over", possible=lambda self: self._takeable("account"),
    )  # fmt: skip
    def account(self, draft: Draft) -> None:
        callers, grant, proof = self._taking(draft, "account")
        voucher = draft.pick("voucher", [VOUCHER], [ZERO_WORD])
        first, last = proof[0].issued_at - GRACE, self.now + GRACE
        date = draft.pick("date", [first, self.now, last], [first - 1, last + 1, 0, LARGEST])
        claim_id = self._claim_id(draft, grant)
        self.send(draft, "account", callers, *proof, grant, claim_id, voucher, date)

    @action(
        "caller", "case", "header", "batch", "path", "grant", "grant over",
        possible=lambda self: self._takeable("log_use"),
    )  # fmt: skip
    def log_use(self, draft: Draft) -> None:
        callers, grant, proof = self._taking(draft, "log_use")
        self.send(draft, "log_use", callers, *proof, grant)


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

    def _claim(self, draft: Draft, valid: list[ClaimKey]) -> tuple[list[str], ClaimKey]:
        """A payer's keys and a claim of it; at times in its last second, spoiled: after it."""
        claims = self.model.claims.claims
        wrong = [key for key in claims if key not in valid]
        payer, bill, claim_id = draft.pick("claim", valid, wrong)
        claim_id = draft.pick("claim id", [claim_id], [UNUSED])
        claim = claims.get((payer, bill, claim_id))
        if claim and draft.spoiled == "time":
            self.bench.wait_until(claim.expires_at + 1)
        elif claim and claim.expires_at < self.now + 2 * DAY and draft.chance(4):
            self.bench.wait_until(claim.expires_at)
        return self.keys_of(payer, Role.PAYER), (payer, bill, claim_id)

    @action("caller", "claim", "claim", "claim id", "time", "batch", "approved", possible=_payable)
    def settle(self, draft: Draft) -> None:
        callers, key = self._claim(draft, self._payable())
        _, bill, claim_id = key
        claim = self.model.claims.claims.get(key)
        batches = list(self.model.bills.batches)
        batch_id = draft.pick("batch", [self._batch_of(bill)], [*batches, 0])
        most = claim.reserved_fen if claim else 1
        approved = draft.amount("approved", most, [2**96, 2**128 - 1])
        self.send(draft, "settle", callers, bill, batch_id, claim_id, approved, VOUCHER)

    @action("caller", "claim", "claim id", "time", "reason", possible=_decidable)
    def reject(self, draft: Draft) -> None:
        callers, (_, bill, claim_id) = self._claim(draft, self._decidable())
        self.send(draft, "reject", callers, bill, claim_id, draft.pick("reason", [1, 255], [0]))

    def _due(self) -> list[ClaimKey]:
        claims = self.model.claims
        return [key for key in claims.claims if claims.due_of_claim(key)
                and self.keys_of(key[0], Role.PAYER)]  # fmt: skip

    @action("caller", "claim", "claim id", "voucher", possible=_due)
    def recover(self, draft: Draft) -> None:
        callers, (_, bill, claim_id) = self._claim(draft, self._due())
        voucher = draft.pick("voucher", [VOUCHER], [ZERO_WORD])
        self.send(draft, "recover", callers, bill, claim_id, voucher)

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
