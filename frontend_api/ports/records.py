"""The stored rows as they are, for whoever checks them: nothing here is taken to be right.

A value may be of any type that the database holds, whatever its column says.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class BillRow:
    """A row of ``bills``."""

    bill_key: int
    segment_id: Any
    issuer: Any
    kind: Any
    business_no: Any
    amount_fen: Any
    at_source_fen: Any
    currency: Any
    holder: Any
    content_root: Any
    issued_at: Any
    leaf: Any
    sealed_seed: Any
    sealed_content: Any


@dataclass(frozen=True, slots=True)
class BatchRow:
    """A batch: sealed here, or as the chain's event tells it; ``size`` counts its bills."""

    batch_id: int
    segment_id: int
    issuer: str
    size: int
    root: Any
    sum_fen: Any


@dataclass(frozen=True, slots=True)
class SegmentRow:
    """A segment of numbers: its first key, and how many there are."""

    segment_id: int
    issuer: str
    first_key: int
    size: int

    @property
    def end_key(self) -> int:
        """The key after the last one."""
        return self.first_key + self.size


@dataclass(frozen=True, slots=True)
class SignedRow:
    """A transaction that was signed: its bytes and the hash that it is followed by."""

    tx_id: int
    raw: Any
    hash: Any


@dataclass(frozen=True, slots=True)
class LooseEnd:
    """A row that points nowhere, or that another should point to. ``reason`` says which."""

    reason: str
    subject: str


@dataclass(frozen=True, slots=True)
class RowDifference:
    """Two databases that should agree do not.

    ``field`` is a column, and ``*`` when one of them lacks the whole row: then the value of that
    side is None. ``bill_key`` is the bill that the row is about, if it is about one.
    """

    table: str
    row: str
    bill_key: int | None
    field: str
    stored: Any
    found: Any


class Records(Protocol):
    """One consistent view of a database, read as a stream (store/records.py)."""

    def bill_count(self) -> int: ...

    def bills(self) -> Iterator[BillRow]:
        """Every bill by its key."""
        ...

    def keys(self, first_key: int, end_key: int) -> Iterator[int]:
        """Keys of the bills from ``first_key`` up to, but not with, ``end_key``."""
        ...

    def leaves(self, first_key: int, end_key: int) -> Iterator[tuple[int, Any, Any]]:
        """Key, leaf and amount of the same bills."""
        ...

    def sealed(self) -> Iterator[BatchRow]:
        """Batches sealed here, by id."""
        ...

    def anchors(self) -> Iterator[BatchRow]:
        """Batches of the chain, by id."""
        ...

    def segments(self) -> Iterator[SegmentRow]:
        """Segments by their first key."""
        ...

    def next_key(self, segment_id: int) -> int | None:
        """The next number to hand out; None if there is no counter."""
        ...

    def issuers_here(self) -> frozenset[str]:
        """USCCs of the issuers whose keys are kept here: others have platforms of their own."""
        ...

    def signed(self) -> Iterator[SignedRow]: ...

    def loose_ends(self) -> Iterator[LooseEnd]: ...
