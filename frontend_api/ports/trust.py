"""What a verifier brings along besides the chain."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from frontend_api.domain.anchor import Deployment
from frontend_api.domain.mark import Mark


class TrustedDeployments(Protocol):
    """The deployments that the verifier trusts, by instance: never taken from the document."""

    def find(self, instance: bytes) -> Deployment | None: ...


class TrustedReceipts(TrustedDeployments, Protocol):
    """Whose signatures under receipts the verifier trusts."""

    def receipt_signer(self, instance: bytes) -> str | None:
        """The address of a deployment's receipt key; None if its record names none."""
        ...


class TrustedCode(TrustedDeployments, Protocol):
    """Which code the verifier trusts at the contracts' addresses."""

    def registry_code(self, instance: bytes) -> bytes | None:
        """Keccak-256 of the bill registry's code; None for an unknown instance."""
        ...


class FaceComparer(Protocol):
    """Makes the page again and compares it; None if another layout version made it.

    A page that is the same, but says across it what happened to the bill, gives that mark.
    """

    def __call__(self, pdf: bytes, bill_file: bytes, /) -> bool | Mark | None: ...


@dataclass(frozen=True, slots=True)
class DocumentSignature:
    """An intact signature of a document; who made it counts only under a trusted root.

    ``names`` and ``numbers`` (USCC) are those of the certificate's subject, ``root`` the SHA-256 of
    the certificate at the end of its path; ``path_good`` if the path led there at ``signed_at``
    (seconds, as the signer states it).
    """

    names: frozenset[str]
    numbers: frozenset[str]
    root: bytes
    path_good: bool
    signed_at: int


class SignatureReader(Protocol):
    """The signatures of a document; None if one is broken or anything else was added to it."""

    def __call__(self, pdf: bytes) -> tuple[DocumentSignature, ...] | None: ...
