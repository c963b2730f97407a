"""Encryption at rest under one master key, and per-bill keys that can be destroyed alone."""

from __future__ import annotations

import os
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from frontend_api.domain.errors import SignerUnavailable

_NONCE_BYTES = 12


class AesVault:
    """AES-256-GCM; the context is authenticated, so a ciphertext cannot be moved elsewhere."""

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(key)

    @classmethod
    def at(cls, path: Path) -> AesVault:
        """The vault whose master key (32 bytes) lies in ``path``; made there at first use."""
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            _create(path)
        key = path.read_bytes()
        if len(key) != 32:
            raise SignerUnavailable(f"{path.name} must hold 32 bytes: restore it from the backup")
        return cls(key)

    def under(self, key: bytes) -> AesVault:
        """See ``ports.Vault.under``."""
        return AesVault(key)

    def seal(self, plain: bytes, context: str) -> bytes:
        """Nonce and ciphertext."""
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, plain, context.encode())

    def open(self, sealed: bytes, context: str) -> bytes:
        """The plain bytes. Raises SignerUnavailable under another key or for another context."""
        try:
            return self._cipher.decrypt(
                sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], context.encode()
            )
        except (InvalidTag, ValueError) as e:  # ValueError: cut off
            raise SignerUnavailable(
                f"{context} cannot be decrypted: the master key is another, or the row was altered"
            ) from e


def _create(path: Path) -> None:
    temporary = path.with_name(f"{path.name}.{os.getpid()}")
    with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as f:
        f.write(os.urandom(32))
        f.flush()
        os.fsync(f.fileno())
    try:
        os.link(temporary, path)  # never replaces the key another process just made
    except FileExistsError:
        pass
    finally:
        temporary.unlink()
