"""What the chain says: facts read from the contracts, and the reader that fetches them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from frontend_api.domain.anchor import Deployment
from frontend_api.domain.states import Role


@dataclass(frozen=True, slots=True)
class ChainHead:
    """The newest block: number, hash (32 bytes), time (seconds)."""

    number: int
    hash: bytes
    time: int


@dataclass(frozen=True, slots=True)
class ChainBatch:
    """A batch as BillRegistry holds it (批次)."""

    batch_id: int
    root: bytes
    count: int
    sum_fen: int
    segment_id: int
    issuer: str
    signer: str
    anchored_at: int


@dataclass(frozen=True, slots=True)
class ChainKey:
    """A signing key's epoch; times in seconds, 0 for "never"."""

    owner: str
    role: Role
    valid_from: int
    revoked_at: int
    compromised_since: int

    def trusted_at(self, time: int) -> bool:
        """Whether what it signed at ``time`` (block time) counts."""
        return (
            self.valid_from <= time
            and (not self.revoked_at or time < self.revoked_at)
            and (not self.compromised_since or time < self.compromised_since)
        )


@dataclass(frozen=True, slots=True)
class ChainIssuer:
    """An issuer as IssuerRegistry holds it; ``status`` is ACTIVE, SUSPENDED or REVOKED."""

    uscc: str
    name: str
    region: int
    status: str


@dataclass(frozen=True, slots=True)
class ChainBillState:
    """What happened to one bill on the chain; times in seconds, 0 for "never".

    ``reversed_at`` is set for a bill that a red-letter bill took back, ``red`` for the red-letter
    bill itself; ``on_paper`` while the printed bill is the live one; ``attested`` once the
    supervisor vouched for this bill of a disputed batch.
    """

    voided: bool
    voided_at: int
    reason: int
    reversed_at: int = 0
    red: bool = False
    on_paper: bool = False
    attested: bool = False


@dataclass(frozen=True, slots=True)
class ChainAmounts:
    """The amount ledger of one bill, in fen."""

    settled_fen: int
    reserved_fen: int
    statutory_decided: bool


@dataclass(frozen=True, slots=True)
class ChainBlock:
    """A block's identity: number, hash (32 bytes), time (seconds)."""

    number: int
    hash: bytes
    time: int


class ChainReader(Protocol):
    """Reads of one chain; every method raises ChainUnreachable when the RPC does not answer."""

    def chain_id(self) -> int: ...

    def head(self) -> ChainHead: ...

    def block(self, number: int) -> ChainBlock | None: ...

    def instance(self, deployment: Deployment) -> bytes | None:
        """The instance that the contracts report; None if there is no such contract."""
        ...

    def batch(self, deployment: Deployment, batch_id: int) -> ChainBatch | None: ...

    def key(self, deployment: Deployment, address: str) -> ChainKey | None: ...

    def issuer(self, deployment: Deployment, uscc: str) -> ChainIssuer | None: ...

    def bill_state(self, deployment: Deployment, bill_key: int) -> ChainBillState: ...

    def disputed(self, deployment: Deployment, batch_id: int) -> bool:
        """Whether the batch falls into a compromised window and nobody has vouched for it."""
        ...

    def amounts(self, deployment: Deployment, bill_key: int) -> ChainAmounts: ...


@dataclass(frozen=True, slots=True)
class ChainLog:
    """One decoded event; ``args`` by name as the ABI has them (bytes stay bytes)."""

    contract: str
    event: str
    args: Mapping[str, Any]
    block_number: int
    block_hash: bytes
    transaction_hash: bytes
    log_index: int


class LogReader(Protocol):
    """Reads of the chain's history; raises ChainUnreachable."""

    def head(self) -> ChainHead: ...

    def block(self, number: int) -> ChainBlock | None: ...

    def logs(self, deployment: Deployment, from_block: int, to_block: int) -> list[ChainLog]: ...
