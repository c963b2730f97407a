"""QBFT's extra data and committed seals, by Besu's rules.

``extraData = RLP([vanity, [validators], vote or [], round, [seals]])``. The block's own hash is
over the header with round 0 and no seals, since both differ between the nodes' copies; a committed
seal signs the header with its round and no seals.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from coincurve import PublicKey

from frontend_api.commitment.eip712 import SIGNATURE_BYTES, keccak
from frontend_api.commitment.rlp_form import from_rlp, rlp_of
from frontend_api.domain.errors import ProofRejected

EXTRA_DATA, MIX_HASH = 12, 13  # places in a header
# Keccak of "Istanbul practical byzantine fault tolerance": what IBFT and QBFT blocks bear.
MARK = bytes.fromhex("63746963616c2062797a616e74696e65206661756c7420746f6c6572616e6365")
_ADDRESS_BYTES = 20


@dataclass(frozen=True, slots=True)
class ExtraData:
    """What QBFT keeps in a header; ``vote`` is an RLP list as it was read, seals 65 bytes each."""

    vanity: bytes
    validators: tuple[bytes, ...]
    vote: tuple[bytes, ...]
    round: bytes
    seals: tuple[bytes, ...]

    @classmethod
    def from_rlp(cls, data: bytes) -> ExtraData:
        """Raises ProofRejected for bytes that are not QBFT's."""
        parts = from_rlp(data, "the extra data of a QBFT block")
        if not _is_shaped(parts):
            raise ProofRejected("the extra data of a QBFT block has other parts than QBFT's")
        vanity, validators, vote, round_, seals = parts
        if any(len(address) != _ADDRESS_BYTES for address in validators):
            raise ProofRejected("a QBFT block names a validator that is no address")
        return cls(vanity, tuple(validators), tuple(vote), round_, tuple(seals))

    def to_rlp(self) -> bytes:
        vanity, validators, vote = self.vanity, list(self.validators), list(self.vote)
        return rlp_of([vanity, validators, vote, self.round, list(self.seals)])


def _is_shaped(parts: Any) -> bool:
    return (
        isinstance(parts, list)
        and [type(part) for part in parts] == [bytes, list, list, bytes, list]
        and all(type(item) is bytes for part in (parts[1], parts[2], parts[4]) for item in part)
    )


def is_marked(members: Sequence[bytes]) -> bool:
    """Whether a header's members bear the mark of IBFT and QBFT."""
    return members[MIX_HASH] == MARK


def extra_of(members: Sequence[bytes]) -> ExtraData:
    """The extra data of a header. Raises ProofRejected."""
    return ExtraData.from_rlp(members[EXTRA_DATA])


def without_seals(members: Sequence[bytes], *, keep_round: bool) -> list[bytes]:
    """The members with an empty list of seals, and round 0 unless it is kept.

    Raises ProofRejected.
    """
    extra = extra_of(members)
    bare = ExtraData(
        extra.vanity, extra.validators, extra.vote, extra.round if keep_round else b"", ()
    )
    return [*members[:EXTRA_DATA], bare.to_rlp(), *members[EXTRA_DATA + 1 :]]


def signers(digest: bytes, seals: Collection[bytes]) -> list[bytes]:
    """The address behind each seal (``r || s || 0 or 1``). Raises ProofRejected."""
    return [_signer(digest, seal) for seal in seals]


def quorum(validators: int) -> int:
    """How many validators must have sealed a block: two thirds, rounded up."""
    return -(-2 * validators // 3)


def _signer(digest: bytes, seal: bytes) -> bytes:
    if len(seal) != SIGNATURE_BYTES or seal[-1] > 1:
        raise ProofRejected("a committed seal is not 65 bytes that end in 0 or 1")
    try:
        key = PublicKey.from_signature_and_message(seal, digest, hasher=None)
    except ValueError as e:
        raise ProofRejected(f"a committed seal is no signature: {e}") from e
    return keccak(key.format(compressed=False)[1:])[12:]
