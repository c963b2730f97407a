"""What is sent to the chain: calls, transactions and their outbox."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from frontend_api.domain.anchor import Inclusion
from frontend_api.domain.bill import BillHeader
from frontend_api.domain.grant import Grant
from frontend_api.domain.states import PayerKind, Role


@dataclass(frozen=True, slots=True)
class Call:
    """A call of one contract function, encoded: address, calldata, gas limit."""

    to: str
    data: bytes
    gas: int


@dataclass(frozen=True, slots=True)
class SignedBatch:
    """A batch with its issuer's signature (65 bytes), good until ``deadline`` (seconds)."""

    segment_id: int
    first_key: int
    count: int
    root: bytes
    sum_fen: int
    deadline: int
    signature: bytes


class Calls(Protocol):
    """Encodes the contract calls that the flow makes (chain/calls.py)."""

    def anchor(
        self, segment_id: int, first_key: int, count: int, root: bytes, sum_fen: int
    ) -> Call: ...

    def anchor_signed(self, batches: Sequence[SignedBatch]) -> Call:
        """All of them, or none."""
        ...

    def void(self, bill_key: int, batch_id: int, reason: int) -> Call: ...

    def grant_signed(self, grant: Grant, signature: bytes) -> Call: ...

    def lock(
        self,
        header: BillHeader,
        inclusion: Inclusion,
        grant: Grant,
        claim_id: bytes,
        amount_fen: int,
        expires_at: int,
    ) -> Call: ...

    def settle(
        self, bill_key: int, batch_id: int, claim_id: bytes, approved_fen: int, voucher: bytes
    ) -> Call: ...

    def reject(self, bill_key: int, claim_id: bytes, reason: int) -> Call: ...

    def admit_issuer(self, uscc: str, name: str, region: int) -> Call: ...

    def suspend_issuer(self, uscc: str) -> Call: ...

    def resume_issuer(self, uscc: str) -> Call: ...

    def admit_payer(self, uscc: str, name: str, kind: PayerKind, region: int) -> Call: ...

    def register_key(self, address: str, owner: str, role: Role) -> Call: ...

    def open_series(self, bill_code: str, kind: str, region: int) -> Call: ...

    def grant_numbers(self, issuer: str, bill_code: str, count: int) -> Call: ...


class TxState(StrEnum):
    """A transaction's way; the bill's own state never depends on a failed one."""

    QUEUED = "QUEUED"
    SIGNED = "SIGNED"
    MINED = "MINED"
    REFUSED = "REFUSED"
    REVERTED = "REVERTED"

    @property
    def final(self) -> bool:
        return self not in (TxState.QUEUED, TxState.SIGNED)


class Purpose(StrEnum):
    """Why a transaction is sent."""

    ANCHOR = "ANCHOR"
    ANCHOR_SIGNED = "ANCHOR_SIGNED"
    VOID = "VOID"
    GRANT = "GRANT"
    LOCK = "LOCK"
    SETTLE = "SETTLE"
    REJECT = "REJECT"
    SUPERVISE = "SUPERVISE"


@dataclass(frozen=True, slots=True)
class NewTransaction:
    """A call to be sent with ``sender``'s key; ``subject`` says what it is about."""

    sender: str
    purpose: Purpose
    subject: str
    call: Call


@dataclass(frozen=True, slots=True)
class Transaction:
    """A stored transaction. ``raw`` are the signed bytes, stored before they are first sent."""

    tx_id: int
    sender: str
    purpose: Purpose
    subject: str
    call: Call
    state: TxState
    nonce: int | None
    raw: bytes | None
    hash: bytes | None
    error: str | None
    updated_at: int


@dataclass(frozen=True, slots=True)
class Receipt:
    """The chain's word that a transaction is in a block, and whether it went through.

    ``events`` counts what contracts logged in it: every change of ours logs at least one.
    """

    succeeded: bool
    block_number: int
    events: int


class ChainSender(Protocol):
    """Sending and following transactions; every method raises ChainUnreachable."""

    def chain_id(self) -> int: ...

    def transaction_count(self, address: str) -> int:
        """How many of the address's transactions are in blocks: its next nonce."""
        ...

    def simulate(self, sender: str, call: Call) -> None:
        """Raises RefusedByContract if the call would revert now."""
        ...

    def send_raw(self, raw: bytes) -> None:
        """Hand over signed bytes; harmless when the node has them already."""
        ...

    def receipt(self, tx_hash: bytes) -> Receipt | None: ...


class Outbox(Protocol):
    """Transactions on their way, one lane a sender, in order (store/outbox.py)."""

    def senders_with_work(self) -> list[str]: ...

    def open(self, sender: str) -> Transaction | None:
        """The sender's signed transaction that is not final, else the oldest queued one."""
        ...

    def get(self, tx_id: int) -> Transaction: ...

    def signed(self, tx_id: int, nonce: int, raw: bytes, tx_hash: bytes) -> None: ...

    def finished(
        self, tx_id: int, state: TxState, error: str | None, block: int | None
    ) -> None: ...

    def requeue(self, tx_id: int) -> None:
        """Sign it anew: its nonce was used by another, or is another chain's."""
        ...

    def reopen(self, sender: str, nonce: int) -> int:
        """Finished transactions from ``nonce`` on are unknown to the chain: send them again."""
        ...

    def senders(self) -> list[str]: ...


class Commands(Protocol):
    """Idempotency of every write but issuing (store/outbox.py)."""

    def submit(
        self, owner: str, idempotency_key: str, body_hash: bytes, transaction: NewTransaction
    ) -> int:
        """Store the transaction once; the same key and body give the same id.

        Raises IdempotencyKeyReused for the same key with another body.
        """
        ...

    def submitted(self, owner: str, idempotency_key: str, body_hash: bytes) -> int | None: ...
