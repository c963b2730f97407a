"""What is derived from a bill's seed: one secret to store, and one to destroy."""

from __future__ import annotations

from coincurve import PublicKey
from sha3 import keccak_256  # type: ignore[import-untyped]

from frontend_api.commitment.fields import base64url, derive

_BASE36 = "0123456789abcdefghijklmnopqrstuvwxyz"
CHECK_CODE_LENGTH = 6
TOKEN_BYTES = 16  # the QR's token: 128 bits, not to be guessed


def check_code(seed: bytes) -> str:
    """The check code on the face (校验码): a secret of six characters, not a checksum."""
    number = int.from_bytes(derive(seed, "check-code")) % 36**CHECK_CODE_LENGTH
    code = ""
    for _ in range(CHECK_CODE_LENGTH):
        number, digit = divmod(number, 36)
        code += _BASE36[digit]
    return code


def token(seed: bytes) -> str:
    """The token in the QR's address: 22 characters of base64url."""
    return base64url(derive(seed, "token")[:TOKEN_BYTES]).decode()


def content_key(seed: bytes) -> bytes:
    """The key (32 bytes) under which the bill's content is encrypted at rest."""
    return derive(seed, "content-key")


def custodial_holder_key(seed: bytes) -> bytes:
    """The private key kept for a holder without a wallet: another one for every bill.

    Bills of one person cannot be linked through it.
    """
    return derive(seed, "holder-key")


def account_of(private_key: bytes) -> bytes:
    """The account of a private key: the last 20 bytes of its public key's Keccak-256."""
    public = PublicKey.from_secret(private_key).format(compressed=False)[1:]
    return bytes(keccak_256(public).digest()[12:])


def address_of(private_key: bytes) -> str:
    """Checksummed address (EIP-55) of a private key."""
    plain = account_of(private_key).hex()
    marks = keccak_256(plain.encode()).hexdigest()
    return "0x" + "".join(
        c.upper() if mark > "7" else c for c, mark in zip(plain, marks, strict=False)
    )


def holder_of(account: bytes) -> bytes:
    """An account (20 bytes) as the header's 32-byte holder."""
    return account.rjust(32, b"\0")
