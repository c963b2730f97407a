"""Claims, and what is settled and reserved of each bill."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..world import EXPIRED, RECOVERED, REJECTED, RESERVED, SETTLED, Header, proved
from .bills import UNKNOWN_KEY, Bills
from .part import Expected, Part, Proof

Name = tuple[bytes, int, bytes]  # payer, bill, claim id
NO_CLAIM = (0, 0, 0, 0, False, bytes(32))


@dataclass
class Claim:
    status: int
    reserved_fen: int
    expires_at: int
    statutory: bool
    grant_id: bytes
    approved_fen: int = 0

    @property
    def record(self) -> tuple:
        amounts = (self.reserved_fen, self.approved_fen)
        return self.status, *amounts, self.expires_at, self.statutory, self.grant_id


@dataclass
class Ledger(Part):
    bills: Bills
    proofs: Sequence[Proof]
    contract = "ReimbursementLedger"
    claims: dict[Name, Claim] = field(default_factory=dict)
    settled: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    reserved: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    decided: set[int] = field(default_factory=set)

    # --- events ---

    def on_locked(
        self,
        _at: int,
        *,
        bill_key: int,
        payer: bytes,
        claim_id: bytes,
        grant_id: bytes,
        amount_fen: int,
        expires_at: int,
        statutory: bool,
        **_: Any,
    ) -> None:
        claim = Claim(RESERVED, amount_fen, expires_at, statutory, grant_id)
        self._new((payer, bill_key, claim_id), claim)
        self.reserved[bill_key] += amount_fen

    def on_settled(
        self,
        _at: int,
        *,
        bill_key: int,
        payer: bytes,
        claim_id: bytes,
        approved_fen: int,
        deducted_fen: int,
        **_: Any,
    ) -> None:
        name = (payer, bill_key, claim_id)
        self._close(name, SETTLED, approved_fen + deducted_fen)
        self.claims[name].approved_fen = approved_fen
        self.settled[bill_key] += approved_fen

    def on_rejected(
        self, _at: int, *, bill_key: int, payer: bytes, claim_id: bytes, released_fen: int, **_: Any
    ) -> None:
        self._close((payer, bill_key, claim_id), REJECTED, released_fen)

    def on_expired(
        self, _at: int, *, bill_key: int, payer: bytes, claim_id: bytes, released_fen: int
    ) -> None:
        self._close((payer, bill_key, claim_id), EXPIRED, released_fen)

    def on_accounted(
        self,
        at: int,
        *,
        bill_key: int,
        payer: bytes,
        claim_id: bytes,
        grant_id: bytes,
        amount_fen: int,
        **_: Any,
    ) -> None:
        claim = Claim(SETTLED, amount_fen, at, False, grant_id, amount_fen)
        self._new((payer, bill_key, claim_id), claim)
        self.settled[bill_key] += amount_fen

    def on_use_logged(self, _at: int, **_: Any) -> None:
        """Takes nothing, and so leaves nothing."""

    def on_recovered(
        self, _at: int, *, bill_key: int, payer: bytes, claim_id: bytes, amount_fen: int, **_: Any
    ) -> None:
        claim = self.claims[payer, bill_key, claim_id]
        assert (claim.status, claim.approved_fen) == (SETTLED, amount_fen)
        claim.status = RECOVERED
        self.settled[bill_key] -= amount_fen

    def _new(self, name: Name, claim: Claim) -> None:
        assert name not in self.claims
        self.claims[name] = claim

    def _close(self, name: Name, status: int, reserved_fen: int) -> None:
        claim = self.claims[name]
        assert (claim.status, claim.reserved_fen) == (RESERVED, reserved_fen)
        claim.status = status
        self.reserved[name[1]] -= reserved_fen
        if claim.statutory and status != EXPIRED:
            self.decided.add(name[1])

    # --- views ---

    def left(self, header: Header) -> int:
        taken = self.settled.get(header.key, 0) + self.reserved.get(header.key, 0)
        free = header.amount_fen - header.at_source_fen - taken
        original = self.bills.original_of(header.key)
        return max(0, free - self.settled.get(original, 0))

    def views(self) -> Iterator[Expected]:
        for bill_key in {key for _, key, _ in self.claims} | {UNKNOWN_KEY}:
            settled, reserved = self.settled.get(bill_key, 0), self.reserved.get(bill_key, 0)
            yield "amounts", (bill_key,), (settled, reserved, bill_key in self.decided)
            yield "has_open_or_settled", (bill_key,), settled + reserved > 0
            due = settled if self.bills.is_reversed(bill_key) else 0
            yield "recoveries_due", (bill_key,), due
        for name, claim in self.claims.items():
            yield "claim", name, claim.record
            due = claim.status == SETTLED and self.bills.is_reversed(name[1])
            yield "recovery_due", name, claim.approved_fen if due else 0
        yield "claim", (bytes(18), UNKNOWN_KEY, bytes(32)), NO_CLAIM
        for batch, index in self.proofs:
            yield "amount_left", proved(batch, index), self.left(batch.headers[index])
