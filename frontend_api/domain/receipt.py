"""The receipt: what a platform promises when it accepts a bill."""

from __future__ import annotations

from dataclasses import dataclass

from frontend_api.domain.numbers import BillNumber


@dataclass(frozen=True, slots=True)
class Receipt:
    """The bill with this number and leaf (32 bytes) will be on the chain at ``anchor_by``.

    Times are seconds since the epoch.
    """

    number: BillNumber
    leaf: bytes
    accepted_at: int
    anchor_by: int

    def __post_init__(self) -> None:
        if len(self.leaf) != 32:
            raise ValueError("leaf must be 32 bytes")
        if not 0 < self.accepted_at < self.anchor_by < 2**63:
            raise ValueError("anchor_by must be after accepted_at, in seconds since the epoch")
