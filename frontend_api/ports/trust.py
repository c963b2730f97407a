"""What a verifier brings along besides the chain."""

from __future__ import annotations

from typing import Protocol

from frontend_api.domain.anchor import Deployment


class TrustedDeployments(Protocol):
    """The deployments that the verifier trusts, by instance: never taken from the document."""

    def find(self, instance: bytes) -> Deployment | None: ...


class TrustedReceipts(TrustedDeployments, Protocol):
    """Whose signatures under receipts the verifier trusts."""

    def receipt_signer(self, instance: bytes) -> str | None:
        """The address of a deployment's receipt key; None if its record names none."""
        ...


class FaceComparer(Protocol):
    """Makes the page again and compares it; None if another layout version made it."""

    def __call__(self, pdf: bytes, bill_file: bytes, /) -> bool | None: ...
