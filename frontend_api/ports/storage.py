"""Bills and batches in the database."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from frontend_api.domain.anchor import Anchor
from frontend_api.domain.bill import BillHeader, IssueRequest
from frontend_api.domain.errors import PiaolianError
from frontend_api.domain.numbers import BillNumber
from frontend_api.domain.states import Anchoring
from frontend_api.ports.sending import NewTransaction, Transaction


@dataclass(frozen=True, slots=True)
class NewBill:
    """A bill with its number and commitment, ready to be stored; secrets are sealed."""

    number: BillNumber
    header: BillHeader
    leaf: bytes
    sealed_seed: bytes
    sealed_content: bytes


@dataclass(frozen=True, slots=True)
class Anchored:
    """A batch as the indexer saw it on the chain."""

    batch_id: int
    count: int
    root: bytes
    sum_fen: int
    segment_id: int
    issuer: str
    signer: str
    anchor: Anchor


@dataclass(frozen=True, slots=True)
class StoredBill:
    """An accepted bill; ``anchored`` is None until the chain has it. Times in seconds.

    ``anchor_by`` is what its receipt promises; None if none was promised.
    """

    bill: NewBill
    issuer: str
    kind: str
    business_no: str
    segment_id: int
    accepted_at: int
    anchored: Anchored | None
    voided_at: int | None
    anchor_by: int | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """A checked request that asks to be accepted; times are in seconds."""

    issuer: str
    idempotency_key: str
    body_hash: bytes
    request: IssueRequest
    accepted_at: int
    anchor_by: int | None


# Bills for the numbers that orders get, by the order's place; may be asked again for other numbers.
MakeBills = Callable[[Mapping[int, BillNumber]], Mapping[int, NewBill]]


@dataclass(frozen=True, slots=True)
class Acceptance:
    """What ``accept`` made (``bill``), or found for a repeated request (``replayed``)."""

    number: BillNumber
    replayed: bool
    bill: NewBill | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class BillQuery:
    """A page of an issuer's bills, highest number first; ``before``: key of the last one seen."""

    issuer: str
    limit: int
    before: int | None = None
    kind: str | None = None
    anchoring: Anchoring | None = None


class BillStore(Protocol):
    """Accepted bills (store/bills.py)."""

    def known(self, issuer: str, idempotency_key: str, body_hash: bytes) -> BillNumber | None:
        """The bill that a repeated request already made. Raises IdempotencyKeyReused."""
        ...

    def accept(
        self,
        issuer: str,
        idempotency_key: str,
        body_hash: bytes,
        request: IssueRequest,
        accepted_at: int,
        make: Callable[[BillNumber], NewBill],
    ) -> Acceptance:
        """One database transaction: idempotency row, number, bill.

        Raises IdempotencyKeyReused, NumbersExhausted, StateConflict (business number used).
        """
        ...

    def accept_many(
        self, orders: Sequence[Order], make: MakeBills
    ) -> list[Acceptance | PiaolianError]:
        """One database transaction for all orders; an answer for each, in their order.

        What ``accept`` would raise for an order is its answer and touches no other. Numbers of a
        segment follow each other without a gap.
        """
        ...

    def find(self, bill_key: int) -> StoredBill | None: ...

    def page(self, query: BillQuery) -> list[StoredBill]: ...

    def leaves(self, batch_id: int, count: int) -> list[bytes]: ...


@dataclass(frozen=True, slots=True)
class WaitingSegment:
    """A segment that has something to anchor: its next key and the issuer it belongs to."""

    segment_id: int
    issuer: str
    next_key: int


@dataclass(frozen=True, slots=True)
class SealedBatch:
    """A batch whose content is fixed, but which the chain does not have yet."""

    batch_id: int
    segment_id: int
    issuer: str
    count: int
    root: bytes
    sum_fen: int
    last_attempt: Transaction | None


class BatchStore(Protocol):
    """Batches on their way to the chain (store/batches.py)."""

    def waiting(self) -> list[WaitingSegment]:
        """Segments with accepted bills and no batch on its way."""
        ...

    def unanchored(self) -> list[SealedBatch]: ...

    def refused(self) -> list[SealedBatch]:
        """Those of them whose last attempt a contract refused."""
        ...

    def bills_from(self, segment: WaitingSegment, limit: int) -> list[tuple[bytes, int]]:
        """Leaf and amount (fen) of the next bills, in the order of their numbers."""
        ...

    def seal(self, batches: Sequence[SealedBatch], transaction: NewTransaction) -> None:
        """Store batches and the one transaction that carries them, together."""
        ...

    def retry(self, batch_id: int, transaction: NewTransaction) -> None:
        """Another attempt at a sealed batch whose last one was refused."""
        ...
