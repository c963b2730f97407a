"""The bill on its way: request, header, bill.

``content`` is always the whole nested JSON object of the bill, plain and unchanged once accepted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from frontend_api.domain.money import require_fen
from frontend_api.domain.numbers import BillNumber

Content = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class IssueRequest:
    """A checked request to issue one bill: its fields obey every rule that needs no database.

    ``content`` is the normalised request; ``issued_at`` is in seconds since the epoch.
    """

    kind: str
    business_no: str
    content: Content
    total_fen: int
    at_source_fen: int
    currency: str
    issued_at: int
    year: int
    outlet: str
    holder_address: str | None
    bill_code: str | None


@dataclass(frozen=True, slots=True)
class BillHeader:
    """What a claim shows to the chain: public to whoever claims, without the content.

    ``holder`` is 32 bytes: an address padded on the left, or the hash of another public key.
    ``content_root`` is the RFC 6962 root over the field digests. ``issued_at`` is in seconds.
    """

    number: BillNumber
    amount_fen: int
    at_source_fen: int
    currency: str
    holder: bytes
    content_root: bytes
    issued_at: int

    def __post_init__(self) -> None:
        require_fen(self.amount_fen, positive=True)
        require_fen(self.at_source_fen)
        if self.at_source_fen > self.amount_fen:
            raise ValueError("settled at source must not be more than the amount")
        if len(self.currency) != 3 or not self.currency.isascii() or not self.currency.isupper():
            raise ValueError("currency must be three capital letters (ISO 4217)")
        if len(self.holder) != 32 or len(self.content_root) != 32:
            raise ValueError("holder and content_root must be 32 bytes")
        if not 0 < self.issued_at < 2**63:
            raise ValueError("issued_at must be seconds since the epoch")
