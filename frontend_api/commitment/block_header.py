"""Block headers as the network hashes them: RLP members in the order of the Yellow Paper.

Later forks append members (base fee, withdrawals root, blob gas, beacon root, requests hash); all
that a header has are kept, since the hash covers them.
"""

from __future__ import annotations

from dataclasses import dataclass

from frontend_api.commitment import qbft
from frontend_api.commitment.eip712 import keccak
from frontend_api.commitment.rlp_form import from_rlp, rlp_of
from frontend_api.domain.errors import ProofRejected

STATE_ROOT, RECEIPTS_ROOT = 3, 5
NUMBER, TIME = 8, 11
_LEAST, _MOST = 15, 21  # members before London, and with Prague
_ROOTS = (0, 1, STATE_ROOT, 4, RECEIPTS_ROOT, qbft.MIX_HASH)
_NUMBERS = (7, NUMBER, 9, 10, TIME)
MAX_BYTES = 16 * 1024  # long extraData of QBFT: 65 bytes a validator's seal, 20 an address


@dataclass(frozen=True, slots=True)
class BlockHeader:
    """One header; ``members`` are its RLP strings, ``time`` in seconds, ``hash`` 32 bytes.

    On a QBFT network the hash leaves out round and seals, as Besu's does.
    """

    members: tuple[bytes, ...]

    @classmethod
    def from_rlp(cls, data: bytes) -> BlockHeader:
        """Read a header. Raises ProofRejected for bytes that are none, or in another encoding."""
        if len(data) > MAX_BYTES:
            raise ProofRejected(f"a block header has more than {MAX_BYTES} bytes")
        members = from_rlp(data, "a block header")
        header = cls(tuple(members) if isinstance(members, list) else ())
        header.require_form()
        return header

    def require_form(self) -> None:
        """Raises ProofRejected unless the members are those of a header."""
        members = self.members
        if not _LEAST <= len(members) <= _MOST or not all(type(m) is bytes for m in members):
            raise ProofRejected(f"a block header has {_LEAST} to {_MOST} members")
        if any(len(members[place]) != 32 for place in _ROOTS):
            raise ProofRejected("a block header's roots are not 32 bytes")
        if any(len(members[p]) > 32 or members[p][:1] == b"\0" for p in _NUMBERS):
            raise ProofRejected("a block header's numbers are not in their shortest form")

    def to_rlp(self) -> bytes:
        """The bytes that were read."""
        return rlp_of(list(self.members))

    @property
    def number(self) -> int:
        return int.from_bytes(self.members[NUMBER])

    @property
    def time(self) -> int:
        return int.from_bytes(self.members[TIME])

    @property
    def state_root(self) -> bytes:
        return self.members[STATE_ROOT]

    @property
    def receipts_root(self) -> bytes:
        return self.members[RECEIPTS_ROOT]

    @property
    def is_qbft(self) -> bool:
        """Whether its hash is QBFT's; the first block's is an ordinary one."""
        return self.number > 0 and qbft.is_marked(self.members)

    @property
    def hash(self) -> bytes:
        """The block hash. Raises ProofRejected for a QBFT header without its extra data."""
        if self.is_qbft:
            return keccak(rlp_of(qbft.without_seals(self.members, keep_round=False)))
        return keccak(self.to_rlp())

    def committers(self) -> list[bytes]:
        """Who sealed a QBFT block: 20 bytes each, in order. Raises ProofRejected."""
        sealed = keccak(rlp_of(qbft.without_seals(self.members, keep_round=True)))
        return qbft.signers(sealed, qbft.extra_of(self.members).seals)

    def validators(self) -> tuple[bytes, ...]:
        """The validators that a QBFT header names. Raises ProofRejected."""
        return qbft.extra_of(self.members).validators
