"""Which blocks a verifier without a chain believes: by their hash, or by the seals they bear."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from frontend_api.commitment.block_header import BlockHeader
from frontend_api.commitment.qbft import quorum
from frontend_api.domain.errors import ProofRejected


class Standing(Enum):
    """What a trusted set says of one block; each value is a reason."""

    BY_HASH = "block-trusted"
    BY_SEALS = "block-sealed"
    UNTRUSTED = "block-not-trusted"
    OTHER_VALIDATORS = "validators-differ"
    SEALS_MALFORMED = "seals-malformed"
    SEALED_TWICE = "seals-repeated"
    SEALED_BY_STRANGERS = "seals-of-strangers"
    TOO_FEW_SEALS = "seals-too-few"

    @property
    def trusted(self) -> bool:
        return self in (Standing.BY_HASH, Standing.BY_SEALS)

    @property
    def broken(self) -> bool:
        """Whether the block says of itself what is not so."""
        return self in _BROKEN


_BROKEN = (
    Standing.SEALS_MALFORMED,
    Standing.SEALED_TWICE,
    Standing.SEALED_BY_STRANGERS,
    Standing.TOO_FEW_SEALS,
)


@dataclass(frozen=True, slots=True)
class TrustedBlocks:
    """Block hashes (32 bytes) and validators (20 bytes) that the verifier trusts.

    Validators are those of one time: a block that names others is not judged by them.
    """

    hashes: frozenset[bytes] = frozenset()
    validators: frozenset[bytes] = frozenset()

    def standing(self, block: BlockHeader) -> Standing:
        """What is to be said of a block. Raises ProofRejected if it has no hash."""
        if block.hash in self.hashes:
            return Standing.BY_HASH
        if not self.validators or not block.is_qbft:
            return Standing.UNTRUSTED
        if frozenset(block.validators()) != self.validators:
            return Standing.OTHER_VALIDATORS
        return self._sealed(block)

    def _sealed(self, block: BlockHeader) -> Standing:
        try:
            committers = block.committers()
        except ProofRejected:
            return Standing.SEALS_MALFORMED
        distinct = frozenset(committers)
        if len(distinct) != len(committers):
            return Standing.SEALED_TWICE
        if not distinct <= self.validators:
            return Standing.SEALED_BY_STRANGERS
        if len(distinct) < quorum(len(self.validators)):
            return Standing.TOO_FEW_SEALS
        return Standing.BY_SEALS
