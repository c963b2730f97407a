"""Who signs a document: certificates and keys of issuers and of the supervisor (电子印章)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from frontend_api.documents.cms import CmsTemplate, template_of
from frontend_api.domain.errors import SignerUnavailable

SUPERVISOR = ""  # stands for the supervisor where an issuer has its USCC
_LONGEST_EC = 72  # bytes of an ECDSA signature over P-256 in DER


@dataclass(frozen=True)
class Seal:
    """One institution's certificate (first of ``chain``, DER, root last) and what its key does.

    ``not_before`` in seconds; ``longest`` is the most bytes of one signature.
    """

    name: str
    chain: tuple[bytes, ...]
    not_before: int
    longest: int
    sign: Callable[[bytes], bytes]

    @cached_property
    def template(self) -> CmsTemplate:
        """Made once: it takes milliseconds."""
        return template_of(self.chain)


class Seals(Protocol):
    """Where the seals are kept."""

    def of(self, uscc: str, name: str) -> Seal:
        """The seal of an issuer, or of SUPERVISOR. Raises SignerUnavailable."""
        ...


def signing_with(key: object) -> tuple[Callable[[bytes], bytes], int]:
    """What signs with a private key, and the most bytes it gives. Raises SignerUnavailable.

    ECDSA by RFC 6979: the same document is signed with the same bytes every time.
    """
    if isinstance(key, ec.EllipticCurvePrivateKey) and isinstance(key.curve, ec.SECP256R1):
        algorithm = ec.ECDSA(hashes.SHA256(), deterministic_signing=True)
        return lambda data: key.sign(data, algorithm), _LONGEST_EC
    if isinstance(key, rsa.RSAPrivateKey):
        scheme = padding.PKCS1v15()
        return lambda data: key.sign(data, scheme, hashes.SHA256()), key.key_size // 8
    raise SignerUnavailable("a document's key must be ECDSA P-256 or RSA")
