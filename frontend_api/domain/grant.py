"""A holder's grant (授权): who may use the bill, for what, up to how much, until when."""

from __future__ import annotations

from dataclasses import dataclass

from frontend_api.domain.money import require_fen


@dataclass(frozen=True, slots=True)
class Grant:
    """A grant as the holder signs it and the contract checks it.

    ``holder`` as in the bill's header; ``payer`` a USCC; ``purpose`` and ``field_set`` 32 bytes;
    ``expires_at`` in seconds; ``no_statutory`` states that no statutory payer covers the bill.
    """

    holder: bytes
    bill_key: int
    payer: str
    purpose: bytes
    field_set: bytes
    cap_fen: int
    expires_at: int
    no_statutory: bool
    nonce: int

    def __post_init__(self) -> None:
        require_fen(self.cap_fen, positive=True)
        if not all(len(b) == 32 for b in (self.holder, self.purpose, self.field_set)):
            raise ValueError("holder, purpose and field_set must be 32 bytes")
        if len(self.payer) != 18:
            raise ValueError("payer must be a USCC of 18 characters")
