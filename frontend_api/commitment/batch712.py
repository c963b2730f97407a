"""The EIP-712 form of a batch that its issuer signs and a relayer carries (ISignedBatches.vyi)."""

from __future__ import annotations

from frontend_api.commitment.eip712 import digest_of, domain_separator, keccak
from frontend_api.domain.anchor import Deployment

DOMAIN_NAME = "Piaolian Bills"
BATCH_FIELDS = (
    ("segmentId", "uint64"),
    ("firstKey", "uint64"),
    ("count", "uint32"),
    ("root", "bytes32"),
    ("sumFen", "uint128"),
    ("deadline", "uint64"),
)
_TYPE_HASH = keccak(f"Batch({','.join(f'{kind} {name}' for name, kind in BATCH_FIELDS)})".encode())


def batch_digest(
    deployment: Deployment,
    segment_id: int,
    first_key: int,
    count: int,
    root: bytes,
    sum_fen: int,
    deadline: int,
) -> bytes:
    """What the issuer's key signs: 32 bytes; ``deadline`` in seconds, amounts in fen."""
    separator = domain_separator(
        DOMAIN_NAME, deployment.chain_id, deployment.bill_registry, deployment.instance
    )
    words = segment_id, first_key, count, int.from_bytes(root), sum_fen, deadline
    return digest_of(separator, _TYPE_HASH + b"".join(word.to_bytes(32) for word in words))
