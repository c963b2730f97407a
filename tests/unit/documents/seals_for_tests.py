"""A certificate authority and seals for tests; nothing of it leaves the test."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from frontend_api.documents.authority import OwnAuthority
from frontend_api.store.vault import AesVault

MADE = int(datetime(2026, 11, 1, tzinfo=UTC).timestamp())
USCC = "12460000DEM0000012"
Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


def own_authority(home: Path) -> OwnAuthority:
    return OwnAuthority.create(home / "document-ca", AesVault.at(home / "master.key"), MADE)


def certificate(
    key: Key,
    name: str,
    number: str | None = None,
    above: tuple[x509.Certificate, Key] | None = None,
    days: int = 3650,
) -> x509.Certificate:
    """A certificate as an outside authority gives it; a root without ``above``."""
    parts = [x509.NameAttribute(x509.NameOID.COMMON_NAME, name)]
    if number:
        parts.append(x509.NameAttribute(x509.NameOID.SERIAL_NUMBER, number))
    start = datetime.fromtimestamp(MADE, UTC)
    root = above is None
    return (
        x509.CertificateBuilder()
        .subject_name(x509.Name(parts))
        .issuer_name(above[0].subject if above else x509.Name(parts))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days))
        .add_extension(x509.BasicConstraints(ca=root, path_length=None), critical=True)
        .add_extension(
            x509.KeyUsage(not root, False, False, False, False, root, root, False, False),
            critical=True,
        )
        .sign(above[1] if above else key, hashes.SHA256())
    )
