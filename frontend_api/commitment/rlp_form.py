"""RLP, the one form in which everything of a block is written."""

from __future__ import annotations

from typing import Any

import rlp  # type: ignore[import-untyped]
from rlp.exceptions import RLPException  # type: ignore[import-untyped]

from frontend_api.domain.errors import ProofRejected


def rlp_of(value: Any) -> bytes:
    """The RLP of bytes, or of nested lists of them."""
    return bytes(rlp.encode(value))


def from_rlp(data: bytes, what: str) -> Any:
    """Bytes, or nested lists of them. Raises ProofRejected unless ``data`` is exactly their RLP."""
    try:
        return rlp.decode(data)
    except (RLPException, RecursionError) as e:  # lists within lists within lists
        raise ProofRejected(f"{what} is not RLP: {e}") from e
