"""EIP-712 by hand: digests of fixed structs and deterministic signatures over them.

eth_account's general encoder takes half a millisecond a message; a struct of fixed words is one
concatenation. Tests compare both, and recover with eth_account.
"""

from __future__ import annotations

from coincurve import PrivateKey, PublicKey
from eth_utils.address import to_checksum_address
from sha3 import keccak_256  # type: ignore[import-untyped]

SIGNATURE_BYTES = 65  # r, s, v
_HALF_ORDER = 0x7FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF5D576E7357A4501DDFE92F46681B20A0
_VERSION = "1"


def keccak(data: bytes) -> bytes:
    """Keccak-256, 32 bytes."""
    return bytes(keccak_256(data).digest())


_DOMAIN_TYPE = keccak(
    b"EIP712Domain(string name,string version,uint256 chainId,address verifyingContract,"
    b"bytes32 salt)"
)


def domain_separator(name: str, chain_id: int, contract: str, instance: bytes) -> bytes:
    """Of the domains that all our messages have: version 1, the instance as salt."""
    return keccak(
        _DOMAIN_TYPE
        + keccak(name.encode())
        + keccak(_VERSION.encode())
        + chain_id.to_bytes(32)
        + bytes.fromhex(contract.removeprefix("0x")).rjust(32, b"\0")
        + instance
    )


def digest_of(separator: bytes, struct: bytes) -> bytes:
    """What is signed: ``struct`` is the type's hash and the members, encoded, 32 bytes each."""
    return keccak(b"\x19\x01" + separator + keccak(struct))


class DigestSigner:
    """Signs digests with one secp256k1 key: the same digest, the same 65 bytes (RFC 6979)."""

    def __init__(self, private_key: bytes) -> None:
        self._key = PrivateKey(private_key)
        self.address = _address(self._key.public_key)

    def sign(self, digest: bytes) -> bytes:
        """``r || s || v``: low ``s``, ``v`` 27 or 28."""
        signature = self._key.sign_recoverable(digest, hasher=None)
        return signature[:64] + bytes((signature[64] + 27,))


def signer_of(digest: bytes, signature: bytes) -> str | None:
    """The checksummed address that signed ``digest``; None for bytes that are no signature."""
    if len(signature) != SIGNATURE_BYTES or signature[64] not in (27, 28):
        return None
    if int.from_bytes(signature[32:64]) > _HALF_ORDER:  # the same signature, written otherwise
        return None
    try:
        compact = signature[:64] + bytes((signature[64] - 27,))
        return _address(PublicKey.from_signature_and_message(compact, digest, hasher=None))
    except ValueError:
        return None


def _address(key: PublicKey) -> str:
    return str(to_checksum_address(keccak(key.format(compressed=False)[1:])[12:]))
