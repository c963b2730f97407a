"""Where a bill stands on the chain: deployment, batch, anchor, inclusion proof."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Deployment:
    """One set of contracts on one chain; addresses are checksummed ``0x`` texts.

    ``instance`` is 32 random bytes given to the constructors: two chains started alike would
    otherwise share addresses and hashes.
    """

    chain_id: int
    instance: bytes
    issuer_registry: str
    bill_registry: str
    consent_registry: str
    reimbursement_ledger: str


@dataclass(frozen=True, slots=True)
class Inclusion:
    """Where a bill's leaf sits: the batch (named by its first bill key) and the audit path."""

    batch_id: int
    index: int
    size: int
    path: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Anchor:
    """The block that carries the batch: number, hash (32 bytes), time (seconds), transaction."""

    block_number: int
    block_hash: bytes
    block_time: int
    transaction: bytes
