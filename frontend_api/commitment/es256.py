"""ES256 (ECDSA over P-256 with SHA-256) with deterministic signatures, and its keys as JWK.

Standard wallets and libraries take P-256; the secp256k1 keys that sign for the chain are others.
"""

from __future__ import annotations

import hashlib
import hmac
from base64 import urlsafe_b64decode
from collections.abc import Mapping
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from frontend_api.commitment.canonical import canonical_json
from frontend_api.commitment.fields import base64url

_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_PURPOSE = b"document-key/p256"
_JWK = ("crv", "kty", "x", "y")  # RFC 7638: the members of an EC key's thumbprint


class Es256Key:
    """An institution's document key, from a secret of 32 bytes: the same data, the same bytes."""

    def __init__(self, secret: bytes) -> None:
        # Not the secret itself: it may have been made for another curve.
        scalar = int.from_bytes(hmac.digest(secret, _PURPOSE, "sha256")) % (_ORDER - 1) + 1
        self._key = ec.derive_private_key(scalar, ec.SECP256R1())

    def sign(self, data: bytes) -> bytes:
        """``r || s``, 64 bytes (RFC 7518, section 3.4; nonce of RFC 6979)."""
        signature = self._key.sign(data, ec.ECDSA(hashes.SHA256(), deterministic_signing=True))
        r, s = decode_dss_signature(signature)
        return r.to_bytes(32) + s.to_bytes(32)

    def jwk(self) -> dict[str, str]:
        """The public key (RFC 7517) with its thumbprint as ``kid``."""
        numbers = self._key.public_key().public_numbers()
        public = {
            "kty": "EC",
            "crv": "P-256",
            "x": base64url(numbers.x.to_bytes(32)).decode(),
            "y": base64url(numbers.y.to_bytes(32)).decode(),
        }
        return {**public, "use": "sig", "alg": "ES256", "kid": thumbprint(public)}


def thumbprint(jwk: Mapping[str, Any]) -> str:
    """Of an EC key (RFC 7638), base64url of SHA-256."""
    digest = hashlib.sha256(canonical_json({name: jwk[name] for name in _JWK})).digest()
    return base64url(digest).decode()


def public_jwk(value: object) -> dict[str, str]:
    """A P-256 public key that somebody gave, with nothing but its members.

    Raises ValueError for another curve, a point that is not on it, or a private key.
    """
    if not isinstance(value, dict) or set(value) - {*_JWK, "kid", "use", "alg"}:
        raise ValueError("must be a public JWK: kty, crv, x, y")
    if (value.get("kty"), value.get("crv")) != ("EC", "P-256"):
        raise ValueError('must have "kty": "EC" and "crv": "P-256"')
    x, y = (_coordinate(value.get(name)) for name in ("x", "y"))
    ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()  # ValueError off the curve
    return {name: value[name] for name in _JWK}


def _coordinate(text: object) -> int:
    try:
        data = urlsafe_b64decode(f"{text}=") if isinstance(text, str) and len(text) == 43 else b""
    except ValueError:
        data = b""
    if len(data) != 32 or base64url(data).decode() != text:
        raise ValueError("x and y must be 32 bytes in base64url")
    return int.from_bytes(data)
