"""Secrets and credentials."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from frontend_api.domain.states import Role


class Vault(Protocol):
    """Encryption at rest; ``context`` binds a ciphertext to its place."""

    def seal(self, plain: bytes, context: str) -> bytes: ...

    def open(self, sealed: bytes, context: str) -> bytes: ...

    def under(self, key: bytes) -> Vault:
        """The same, under another 32-byte key: a bill's own, which can be destroyed alone."""
        ...


class Keys(Protocol):
    """The signing keys that the platform holds for institutions."""

    def address_of(self, owner: str, role: Role) -> str:
        """The address that signs for an institution now. Raises SignerUnavailable."""
        ...

    def private_key(self, address: str) -> bytes: ...

    def document_secret(self, owner: str) -> bytes:
        """The secret (32 bytes) of the institution's document key, made at first use."""
        ...

    def document_secrets(self, owner: str) -> list[bytes]:
        """Of all its document keys, the newest first; none if none was made."""
        ...


@dataclass(frozen=True, slots=True)
class Caller:
    """Who holds a credential: role and USCC (empty for the supervisor)."""

    role: Role
    owner: str
    name: str
