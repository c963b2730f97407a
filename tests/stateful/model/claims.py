"""Who was paid how much of which bill. Every amount is the sum over claims, none is stored."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .rules import (
    DAY,
    ZERO_WORD,
    Checks,
    ClaimStatus,
    Outcome,
    Payability,
    PayerKind,
    Role,
    Validity,
    Views,
    key_of,
    told,
)

if TYPE_CHECKING:
    from . import Platform

LARGEST_AMOUNT = 2**96 - 1
PURPOSE = b"reimbursement".ljust(32, b"\0")
DELAY = 31 * DAY  # from a bill's declared time to its batch
GRACE = DAY  # of clocks and time zones
LONGEST = 180 * DAY  # of a reservation
NOT_PAID = {
    Payability.NOT_IN_BATCH: "bill: not in batch",
    Payability.VOIDED: "bill: voided",
    Payability.DISPUTED: "bill: disputed",
    Payability.REVERSED: "bill: reversed",
    Payability.RED: "bill: red-letter",
    Payability.SWAPPED: "bill: on paper",
}

ClaimKey = tuple[bytes, int, bytes]  # payer, bill, claim id


@dataclass
class Claim:
    status: ClaimStatus
    reserved_fen: int
    approved_fen: int
    expires_at: int
    statutory: bool
    grant: Any


class Claims:
    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self.claims: dict[ClaimKey, Claim] = {}

    # --- payers: taking ---

    def lock(
        self,
        caller: str,
        header: Any,
        batch_id: int,
        path: list[bytes],
        grant: Any,
        claim_id: bytes,
        amount_fen: int,
        expires_at: int,
    ) -> Outcome:
        checks, payer = self._by_payer(caller)
        now = self._platform.now
        checks(amount_fen > 0, "claim: amount is zero")
        checks(expires_at > now, "claim: expiry not in the future")
        checks(expires_at <= now + LONGEST, "claim: expiry too far")
        statutory = self._kind(payer) == PayerKind.STATUTORY
        key = self._claimable(checks, payer, header, batch_id, path, grant, claim_id, statutory)
        left = self._left(checks, header)
        checks(amount_fen <= left, "claim: exceeds what is left")
        self._platform.consents.usable(checks, grant, amount_fen)
        checks.done()
        used = self._platform.consents.take(grant, amount_fen)
        self.claims[key] = Claim(ClaimStatus.RESERVED, amount_fen, 0, expires_at, statutory, grant)
        event = self._told(
            "Locked",
            key,
            batch_id=batch_id,
            grant_id=used.args["grant_id"],
            amount_fen=amount_fen,
            expires_at=expires_at,
            statutory=statutory,
        )
        return Outcome([used, event])

    def account(
        self,
        caller: str,
        header: Any,
        batch_id: int,
        path: list[bytes],
        grant: Any,
        claim_id: bytes,
        voucher: bytes,
        accounted_at: int,
    ) -> Outcome:
        checks, payer = self._by_payer(caller)
        now = self._platform.now
        checks(self._kind(payer) == PayerKind.EMPLOYER, "payer: not an employer")
        checks(voucher != ZERO_WORD, "account: voucher missing")
        checks(accounted_at <= now + GRACE, "account: date in the future")
        checks(accounted_at >= header.issued_at - GRACE, "account: date before the bill")
        key = self._claimable(checks, payer, header, batch_id, path, grant, claim_id, False)
        checks(self.amounts(key[1])[1] == 0, "bill: reserved")
        amount_fen = self._left(checks, header)
        checks(amount_fen > 0, "bill: nothing left")
        self._platform.consents.usable(checks, grant, amount_fen)
        checks.done()
        used = self._platform.consents.take(grant, amount_fen)
        self.claims[key] = Claim(ClaimStatus.SETTLED, amount_fen, amount_fen, now, False, grant)
        event = self._told(
            "Accounted",
            key,
            batch_id=batch_id,
            grant_id=used.args["grant_id"],
            amount_fen=amount_fen,
            voucher=voucher,
            accounted_at=accounted_at,
        )
        return Outcome([used, event])

    def log_use(
        self, caller: str, header: Any, batch_id: int, path: list[bytes], grant: Any
    ) -> Outcome:
        checks, payer = self._by_payer(caller)
        bill_key = self._good(checks, payer, header, batch_id, path, grant)
        checks(grant.purpose != PURPOSE, "grant: for reimbursement")
        self._platform.consents.usable(checks, grant, 0)
        checks.done()
        used = self._platform.consents.take(grant, 0)
        event = told(
            "UseLogged",
            bill_key=bill_key,
            payer=payer,
            grant_id=used.args["grant_id"],
            purpose=grant.purpose,
            field_set=grant.field_set,
        )
        return Outcome([used, event])

    # --- payers: deciding ---

    def settle(
        self,
        caller: str,
        bill_key: int,
        batch_id: int,
        claim_id: bytes,
        approved_fen: int,
        voucher: bytes,
    ) -> Outcome:
        checks, payer = self._by_payer(caller)
        key = (payer, bill_key, claim_id)
        self._payable(checks, bill_key, batch_id)
        checks(approved_fen > 0, "claim: approved is zero")
        if claim := self._reserved(checks, key):
            checks(self._platform.now <= claim.expires_at, "claim: expired")
            checks(approved_fen <= claim.reserved_fen, "claim: approved exceeds reserved")
        checks.done()
        freed = self._close(key, ClaimStatus.SETTLED, approved_fen)
        event = self._told(
            "Settled",
            key,
            approved_fen=approved_fen,
            deducted_fen=self.claims[key].reserved_fen - approved_fen,
            voucher=voucher,
        )
        return Outcome([*freed, event])

    def reject(self, caller: str, bill_key: int, claim_id: bytes, reason: int) -> Outcome:
        checks, payer = self._by_payer(caller)
        key = (payer, bill_key, claim_id)
        checks(reason != 0, "claim: reason missing")
        if claim := self._reserved(checks, key):
            checks(self._platform.now <= claim.expires_at, "claim: expired")
        checks.done()
        freed = self._close(key, ClaimStatus.REJECTED, 0)
        released = self.claims[key].reserved_fen
        event = self._told("Rejected", key, released_fen=released, reason=reason)
        return Outcome([*freed, event])

    def recover(self, caller: str, bill_key: int, claim_id: bytes, voucher: bytes) -> Outcome:
        checks, payer = self._by_payer(caller)
        key = (payer, bill_key, claim_id)
        checks(voucher != ZERO_WORD, "recovery: voucher missing")
        due = self.due_of_claim(key)
        checks(due > 0, "claim: nothing due")
        checks.done()
        self.claims[key].status = ClaimStatus.RECOVERED
        return Outcome([self._told("Recovered", key, amount_fen=due, voucher=voucher)])

    # --- anyone ---

    def expire(self, caller: str, bill_key: int, payer: bytes, claim_id: bytes) -> Outcome:  # noqa: ARG002
        checks = Checks()
        self._platform.office.running(checks)
        key = (payer, bill_key, claim_id)
        if claim := self._reserved(checks, key):
            checks(self._platform.now > claim.expires_at, "claim: not expired")
        checks.done()
        freed = self._close(key, ClaimStatus.EXPIRED, 0)
        released = self.claims[key].reserved_fen
        return Outcome([*freed, self._told("Expired", key, released_fen=released)])

    # --- sums over claims ---

    def of_bill(self, bill_key: int) -> list[Claim]:
        return [claim for (_, key, _), claim in self.claims.items() if key == bill_key]

    def amounts(self, bill_key: int) -> tuple[int, int, bool]:
        """Settled and not recovered, reserved, and whether a statutory payer decided."""
        claims = self.of_bill(bill_key)
        settled = sum(c.approved_fen for c in claims if c.status is ClaimStatus.SETTLED)
        reserved = sum(c.reserved_fen for c in claims if c.status is ClaimStatus.RESERVED)
        undecided = (ClaimStatus.RESERVED, ClaimStatus.EXPIRED)
        decided = any(c.statutory and c.status not in undecided for c in claims)
        return settled, reserved, decided

    def has_claims(self, bill_key: int) -> bool:
        settled, reserved, _ = self.amounts(bill_key)
        return settled + reserved > 0

    def is_reversed(self, bill_key: int) -> bool:
        return self._platform.bills.life(bill_key).validity is Validity.REVERSED

    def due_of_claim(self, key: ClaimKey) -> int:
        claim = self.claims.get(key)
        due = claim and claim.status is ClaimStatus.SETTLED and self.is_reversed(key[1])
        return claim.approved_fen if claim and due else 0

    def due_of_bill(self, bill_key: int) -> int:
        return sum(self.due_of_claim(key) for key in self.claims if key[1] == bill_key)

    def left(self, header: Any) -> int:
        """What could still be reserved of a bill with sane amounts."""
        bill_key = key_of(header.bill_code, header.bill_no)
        settled, reserved, _ = self.amounts(bill_key)
        original = self._platform.bills.linked(bill_key).original
        taken = header.at_source_fen + settled + reserved + self.due_of_bill(original)
        return max(0, header.amount_fen - taken)

    # --- rules ---

    def _by_payer(self, caller: str) -> tuple[Checks, bytes]:
        checks = Checks()
        self._platform.office.running(checks)
        return checks, self._platform.keys.speaks_for(checks, caller, Role.PAYER)

    def _kind(self, payer: bytes) -> int:
        known = self._platform.institutions.payers.get(payer)
        return known.kind if known else 0

    def _payable(self, checks: Checks, bill_key: int, batch_id: int) -> None:
        state = self._platform.bills.payability(bill_key, batch_id)
        checks(state is Payability.GOOD, NOT_PAID.get(state, ""))

    def _good(
        self, checks: Checks, payer: bytes, header: Any, batch_id: int, path: Any, grant: Any
    ) -> int:
        """A good bill that is proved, and a grant that is for it and for this payer."""
        self._platform.bills.held(checks, header, batch_id, path)
        bill_key = key_of(header.bill_code, header.bill_no)
        self._payable(checks, bill_key, batch_id)
        checks(grant.holder == header.holder, "grant: of another holder")
        checks(grant.bill_key == bill_key, "grant: for another bill")
        checks(grant.payer == payer, "grant: for another payer")
        return bill_key

    def _claimable(
        self,
        checks: Checks,
        payer: bytes,
        header: Any,
        batch_id: int,
        path: Any,
        grant: Any,
        claim_id: bytes,
        statutory: bool,
    ) -> ClaimKey:
        bill_key = self._good(checks, payer, header, batch_id, path, grant)
        checks(grant.purpose == PURPOSE, "grant: for another purpose")
        checks((payer, bill_key, claim_id) not in self.claims, "claim: id already used")
        batch = self._platform.bills.batches.get(batch_id)
        if batch:
            ahead = header.issued_at - batch.anchored_at
            checks(ahead <= GRACE, "bill: issued after its batch")
            checks(-ahead <= DELAY, "bill: issued too long ago")
        decided = self.amounts(bill_key)[2]
        turn = statutory or decided or header.at_source_fen > 0 or grant.no_statutory
        checks(turn, "claim: statutory payer first")
        return payer, bill_key, claim_id

    def _left(self, checks: Checks, header: Any) -> int:
        checks(header.amount_fen <= LARGEST_AMOUNT, "bill: amount out of range")
        checks(header.at_source_fen <= header.amount_fen, "bill: at source exceeds amount")
        return self.left(header)

    def _reserved(self, checks: Checks, key: ClaimKey) -> Claim | None:
        claim = self.claims.get(key)
        if checks(claim is not None, "claim: unknown") and claim:
            checks(claim.status is ClaimStatus.RESERVED, "claim: already closed")
        return claim

    def _close(self, key: ClaimKey, status: ClaimStatus, approved_fen: int) -> list[Any]:
        claim = self.claims[key]
        claim.status, claim.approved_fen = status, approved_fen
        freed = claim.reserved_fen - approved_fen
        return [self._platform.consents.give_back(claim.grant, freed)] if freed else []

    def _told(self, name: str, key: ClaimKey, **args: Any) -> Any:
        payer, bill_key, claim_id = key
        return told(name, bill_key=bill_key, payer=payer, claim_id=claim_id, **args)

    # --- what the contract should answer ---

    def views(self) -> Views:
        ledger = "ReimbursementLedger"
        views: Views = {}
        for (payer, bill_key, claim_id), claim in self.claims.items():
            views[ledger, "claim", payer, bill_key, claim_id] = (
                claim.status,
                claim.reserved_fen,
                claim.approved_fen,
                claim.expires_at,
                claim.statutory,
                self._platform.consents.digest(claim.grant),
            )
            due = self.due_of_claim((payer, bill_key, claim_id))
            views[ledger, "recovery_due", payer, bill_key, claim_id] = due
            views[ledger, "amounts", bill_key] = self.amounts(bill_key)
            views[ledger, "has_open_or_settled", bill_key] = self.has_claims(bill_key)
            views[ledger, "recoveries_due", bill_key] = self.due_of_bill(bill_key)
        return views | self._views_of_amounts(ledger)

    def _views_of_amounts(self, ledger: str) -> Views:
        """What is left of bills that are claimed or replace another."""
        bills = self._platform.bills
        views: Views = {}
        for (bill_key, batch_id), header in bills.headers().items():
            sane = header.at_source_fen <= header.amount_fen <= LARGEST_AMOUNT
            if sane and (self.of_bill(bill_key) or bill_key in bills.links):
                path = tuple(bills.path(bill_key, batch_id))
                views[ledger, "amount_left", header, batch_id, path] = self.left(header)
        return views
