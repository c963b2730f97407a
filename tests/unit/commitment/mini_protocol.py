"""docs/protocol.md once more, in the standard library alone: shares no line with the platform."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import Any

from mini_keccak import keccak256

P = 2**256 - 2**32 - 977
GENERATOR = (
    0x79BE667EF9DCBBAC55A06295CE870B07029BFCDB2DCE28D959F2815B16F81798,
    0x483ADA7726A3C4655DA4FBFC0E1108A8FD17B448A68554199C47D08FFB10D4B8,
)
ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
GRANT_TYPE = (
    "Grant(bytes32 holder,uint64 billKey,bytes18 payer,bytes32 purpose,bytes32 fieldSet,"
    "uint128 capFen,uint64 expiresAt,bool noStatutory,uint256 nonce)"
)
RECEIPT_TYPE = "Receipt(uint64 billKey,bytes32 leaf,uint64 acceptedAt,uint64 anchorBy)"
DOMAIN_TYPE = (
    "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract,"
    "bytes32 salt)"
)


def canonical(value: Any) -> bytes:
    """Canonical JSON, with the writer of the standard library."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def sha(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def derived(seed: bytes, purpose: str) -> bytes:
    return hmac.new(seed, purpose.encode(), hashlib.sha256).digest()


def check_code(seed: bytes) -> str:
    number = int.from_bytes(derived(seed, "check-code"), "big")
    digits = "0123456789abcdefghijklmnopqrstuvwxyz"
    return "".join(digits[number // 36**i % 36] for i in range(6))


def token(seed: bytes) -> str:
    return b64(derived(seed, "token")[:16])


def flat(content: dict[str, Any], prefix: str = "") -> list[tuple[str, Any]]:
    """Path and value of every field, in any order."""
    out: list[tuple[str, Any]] = []
    for name, value in content.items():
        path = prefix + "/" + name.replace("~", "~0").replace("/", "~1")
        if isinstance(value, dict):
            out += flat(value, path)
        elif isinstance(value, list):
            out += [(f"{path}/{i}", element) for i, element in enumerate(value)]
        else:
            out.append((path, value))
    return out


def fields(content: dict[str, Any], seed: bytes) -> list[list[Any]]:
    """[salt, path, value] of every field in canonical order."""
    ordered = sorted(flat(content), key=lambda item: item[0].encode())
    return [[b64(derived(seed, path)[:16]), path, value] for path, value in ordered]


def disclosure(field: list[Any]) -> str:
    return b64(canonical(field))


def digest(field: list[Any]) -> bytes:
    return sha(disclosure(field).encode())


def root(hashes: list[bytes]) -> bytes:
    """RFC 6962, section 2.1, as it is written there: split at the largest power of two."""
    if not hashes:
        return sha(b"")
    if len(hashes) == 1:
        return hashes[0]
    k = 1 << (len(hashes) - 1).bit_length() - 1
    return sha(b"\x01" + root(hashes[:k]) + root(hashes[k:]))


def path_of(index: int, hashes: list[bytes]) -> list[bytes]:
    """RFC 6962, section 2.1.1: PATH(m, D[n])."""
    if len(hashes) <= 1:
        return []
    k = 1 << (len(hashes) - 1).bit_length() - 1
    if index < k:
        return [*path_of(index, hashes[:k]), root(hashes[k:])]
    return [*path_of(index - k, hashes[k:]), root(hashes[:k])]


def content_root(all_fields: list[list[Any]]) -> bytes:
    return root([sha(b"\x00" + digest(field)) for field in all_fields])


def word(value: int | bytes, *, left: bool = False) -> bytes:
    """One ABI word: numbers and addresses padded on the left, fixed bytes on the right."""
    if isinstance(value, int):
        return value.to_bytes(32, "big")
    return value.rjust(32, b"\0") if left else value.ljust(32, b"\0")


def header_bytes(header: dict[str, Any], instance: bytes) -> bytes:
    return b"".join(
        [
            word(b"piaolian/bill-header/1"),
            instance,
            word(int(header["bill_code"])),
            word(int(header["bill_no"])),
            word(header["amount_fen"]),
            word(header["at_source_fen"]),
            word(header["currency"].encode()),
            bytes.fromhex(header["holder"][2:]),
            bytes.fromhex(header["content_root"][2:]),
            word(header["issued_at"]),
        ]
    )


def leaf(header: dict[str, Any], instance: bytes) -> bytes:
    return sha(b"\x00" + header_bytes(header, instance))


def separator(domain: dict[str, Any]) -> bytes:
    return keccak256(
        keccak256(DOMAIN_TYPE.encode())
        + keccak256(domain["name"].encode())
        + keccak256(domain["version"].encode())
        + word(domain["chain_id"])
        + word(bytes.fromhex(domain["verifying_contract"][2:]), left=True)
        + bytes.fromhex(domain["salt"][2:])
    )


def receipt_digest(receipt: dict[str, Any], domain: dict[str, Any]) -> bytes:
    struct = keccak256(
        keccak256(RECEIPT_TYPE.encode())
        + word(receipt["bill_key"])
        + bytes.fromhex(receipt["leaf"][2:])
        + word(receipt["accepted_at"])
        + word(receipt["anchor_by"])
    )
    return keccak256(b"\x19\x01" + separator(domain) + struct)


def grant_digest(grant: dict[str, Any], domain: dict[str, Any]) -> bytes:
    struct = keccak256(
        keccak256(GRANT_TYPE.encode())
        + bytes.fromhex(grant["holder"][2:])
        + word(grant["bill_key"])
        + word(grant["payer"].encode())
        + word(grant["purpose"].encode())
        + bytes.fromhex(grant["field_set"][2:])
        + word(grant["cap_fen"])
        + word(grant["expires_at"])
        + word(int(grant["no_statutory"]))
        + word(grant["nonce"])
    )
    return keccak256(b"\x19\x01" + separator(domain) + struct)


def _add(a: tuple[int, int] | None, b: tuple[int, int] | None) -> tuple[int, int] | None:
    if a is None or b is None:
        return a or b
    if a[0] == b[0] and (a[1] + b[1]) % P == 0:
        return None
    slope = (
        3 * a[0] * a[0] * pow(2 * a[1], -1, P)
        if a == b
        else (b[1] - a[1]) * pow(b[0] - a[0], -1, P)
    )
    x = (slope * slope - a[0] - b[0]) % P
    return x, (slope * (a[0] - x) - a[1]) % P


def _times(scalar: int) -> tuple[int, int]:
    point, addend = None, GENERATOR
    while scalar:
        if scalar & 1:
            point = _add(point, addend)
        addend, scalar = _add(addend, addend), scalar >> 1
    assert point is not None
    return point


def address(private_key: bytes) -> bytes:
    """The last 20 bytes of Keccak-256 over the public key on secp256k1."""
    point = _times(int.from_bytes(private_key, "big"))
    return keccak256(word(point[0]) + word(point[1]))[-20:]


def sign(private_key: bytes, digest: bytes) -> bytes:
    """``r || s || v`` with the nonce of RFC 6979 (section 3.2) and low ``s``."""

    def mac(key: bytes, data: bytes) -> bytes:
        return hmac.new(key, data, "sha256").digest()

    order_digest = (int.from_bytes(digest, "big") % ORDER).to_bytes(32, "big")
    key, value = bytes(32), b"\x01" * 32
    for mark in (b"\x00", b"\x01"):
        key = mac(key, value + mark + private_key + order_digest)
        value = mac(key, value)
    value = mac(key, value)
    nonce = int.from_bytes(value, "big")
    assert 0 < nonce < ORDER  # the chance of another draw is 2^-128
    x, y = _times(nonce)
    r, parity = x % ORDER, y & 1
    secret = int.from_bytes(private_key, "big")
    s = pow(nonce, -1, ORDER) * (int.from_bytes(digest, "big") + r * secret) % ORDER
    if s > ORDER // 2:
        s, parity = ORDER - s, parity ^ 1
    return r.to_bytes(32, "big") + s.to_bytes(32, "big") + bytes((27 + parity,))
