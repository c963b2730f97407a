"""QBFT headers built and sealed by Besu's rules, for tests: written from those rules alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import rlp
from coincurve import PrivateKey
from eth_utils.crypto import keccak

MIX = bytes.fromhex("63746963616c2062797a616e74696e65206661756c7420746f6c6572616e6365")


@dataclass(frozen=True)
class Validator:
    """A validator's key."""

    number: int

    @property
    def key(self) -> PrivateKey:
        return PrivateKey(bytes(31) + bytes((self.number,)))

    @property
    def address(self) -> bytes:
        return keccak(self.key.public_key.format(compressed=False)[1:])[12:]

    def seal(self, digest: bytes) -> bytes:
        return self.key.sign_recoverable(digest, hasher=None)


@dataclass(frozen=True)
class Block:
    """A header in the making; ``round`` as RLP writes numbers."""

    validators: tuple[bytes, ...]
    members: tuple[bytes, ...]
    round: bytes = b""
    vote: tuple[bytes, ...] = ()
    seals: tuple[bytes, ...] = ()

    def extra(self, round_: bytes, seals: Sequence[bytes]) -> bytes:
        return rlp.encode([bytes(32), list(self.validators), list(self.vote), round_, list(seals)])

    def rlp(self, round_: bytes | None = None, seals: Sequence[bytes] | None = None) -> bytes:
        extra = self.extra(
            self.round if round_ is None else round_, self.seals if seals is None else seals
        )
        return rlp.encode([*self.members[:12], extra, MIX, *self.members[14:]])

    @property
    def sealing_digest(self) -> bytes:
        return keccak(self.rlp(seals=()))

    @property
    def hash(self) -> bytes:
        return keccak(self.rlp(b"", ()))

    def sealed_by(self, *validators: Validator) -> Block:
        return replace(self, seals=tuple(v.seal(self.sealing_digest) for v in validators))


def block_like(members: Sequence[bytes], validators: Sequence[Validator], **more: object) -> Block:
    """A block with these members, but of a QBFT network of these validators."""
    addresses = tuple(sorted(v.address for v in validators))
    return Block(addresses, tuple(members), **more)


def some_members(number: int = 41) -> list[bytes]:
    """Members of a header that nothing is known of."""
    small = [b"", bytes((number,)), b"\xff\xff\xff", b"", b"\x6a\x00\x00\x01"]
    roots = [bytes((i,)) * 32 for i in range(6)]
    return [
        roots[0], roots[1], bytes(20), *roots[2:5], bytes(256), *small, b"", MIX, bytes(8),
        b"", roots[5], b"", b"", bytes(32),
    ]  # fmt: skip
