"""What the indexer projected from the chain's events."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from frontend_api.domain.grant import Grant
from frontend_api.domain.states import ClaimState, PayerKind
from frontend_api.ports.chain import ChainBlock, ChainIssuer, ChainLog


@dataclass(frozen=True, slots=True)
class ClaimRecord:
    """A claim as the chain's events tell it; amounts in fen, times in seconds."""

    bill_key: int
    payer: str
    claim_id: bytes
    state: ClaimState
    reserved_fen: int
    approved_fen: int
    expires_at: int
    statutory: bool


@dataclass(frozen=True, slots=True)
class PayerRecord:
    """A payer as the registry's events tell it."""

    uscc: str
    name: str
    kind: PayerKind
    status: str


@dataclass(frozen=True, slots=True)
class TrailEvent:
    """One thing that happened to a bill on the chain."""

    event: str
    args: Mapping[str, Any]
    block_number: int
    block_time: int
    transaction_hash: bytes


class Views(Protocol):
    """What the indexer projected from events (store/views.py)."""

    def issuer(self, uscc: str) -> ChainIssuer | None: ...

    def payer(self, uscc: str) -> PayerRecord | None: ...

    def key_known(self, address: str) -> bool: ...

    def series_kind(self, bill_code: str) -> str | None: ...

    def issuers_of_kind(self, kind: str) -> list[str]:
        """USCCs of the issuers that hold numbers for a kind of bill."""
        ...

    def segment_count(self) -> int: ...

    def claims(self, bill_key: int) -> list[ClaimRecord]: ...

    def claim(self, payer: str, bill_key: int, claim_id: bytes) -> ClaimRecord | None: ...

    def live_grants(self, bill_key: int, payer: str, holder: bytes) -> list[Grant]:
        """Grants by this holder; anyone may grant on the chain, and only the bill's may count."""
        ...

    def granted(self, bill_key: int, payer: str, holder: bytes) -> bool:
        """Whether this holder ever let the payer use the bill."""
        ...

    def field_sets(self, bill_key: int, payer: str, holder: bytes) -> frozenset[bytes]:
        """The field sets (32 bytes; zero for all fields) of the grants that ``granted`` counts."""
        ...

    def trail(self, bill_key: int) -> list[TrailEvent]: ...


class Projections(Protocol):
    """Where the indexer writes; every table can be rebuilt from the stored events."""

    def cursor(self) -> ChainBlock | None:
        """The last block whose events are in."""
        ...

    def apply(self, entries: Sequence[tuple[ChainLog, int]], upto: ChainBlock) -> None:
        """Events with their block times (seconds), in order, and the new cursor, together."""
        ...

    def event_blocks(self) -> Iterator[ChainBlock]:
        """Blocks with stored events, newest first."""
        ...

    def rewind(self, to: ChainBlock | None) -> None:
        """Forget all events after a block (all of them for None) and rebuild the rest."""
        ...
