"""The bill's header as leaf data: what the contracts recompute from a claim."""

from __future__ import annotations

from frontend_api.commitment.tree import leaf_hash
from frontend_api.domain.bill import BillHeader
from frontend_api.domain.numbers import NUMBERS_PER_CODE

PURPOSE = b"piaolian/bill-header/1".ljust(32, b"\0")


def header_bytes(header: BillHeader, instance: bytes) -> bytes:
    """ABI encoding of ten 32-byte words; ``instance`` (32 bytes) binds it to one deployment."""
    if len(instance) != 32:
        raise ValueError("instance must be 32 bytes")
    code, number = divmod(header.number.key, NUMBERS_PER_CODE)
    return b"".join(
        (
            PURPOSE,
            instance,
            code.to_bytes(32),
            number.to_bytes(32),
            header.amount_fen.to_bytes(32),
            header.at_source_fen.to_bytes(32),
            header.currency.encode("ascii").ljust(32, b"\0"),
            header.holder,
            header.content_root,
            header.issued_at.to_bytes(32),
        )
    )


def bill_leaf(header: BillHeader, instance: bytes) -> bytes:
    """The bill's leaf in its batch: 32 bytes."""
    return leaf_hash(header_bytes(header, instance))
