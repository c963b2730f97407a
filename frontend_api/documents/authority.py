"""The platform's own certificate authority, for platforms that have no other (演示 CA).

One secret of 32 bytes, sealed like the institutions' other keys; the keys of all institutions and
their certificates follow from it, so that every process of a home makes the same ones.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from frontend_api.documents.seals import SUPERVISOR, Seal, signing_with
from frontend_api.ports import Vault

CERTIFICATE = "ca.pem"
_SECRET = "ca.sealed"
_CONTEXT = "document-ca"
_YEARS = 30  # the term for which accounting records are kept (会计档案管理办法)
_EARLIER = timedelta(days=1)  # clocks of those who check may be behind
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551  # of P-256
_LONGEST_NAME = 64  # X.520's limit for the names in a certificate
_SEALS_KEPT = 1024


class OwnAuthority:
    """Implements ``Seals``: gives every institution a certificate that carries name and USCC."""

    def __init__(self, secret: bytes, certificate: x509.Certificate) -> None:
        self._secret = secret
        self._root = certificate
        self._root_key = _key(secret, "root")
        self._seal = lru_cache(maxsize=_SEALS_KEPT)(self._made)

    @classmethod
    def open(cls, folder: Path, vault: Vault) -> OwnAuthority | None:
        """The authority kept in ``folder``; None if there is none. Raises SignerUnavailable."""
        if not (folder / CERTIFICATE).exists():
            return None
        secret = vault.open((folder / _SECRET).read_bytes(), _CONTEXT)
        return cls(secret, x509.load_pem_x509_certificate((folder / CERTIFICATE).read_bytes()))

    @classmethod
    def create(cls, folder: Path, vault: Vault, now: int) -> OwnAuthority:
        """The authority in ``folder``, made there now (seconds) if there is none."""
        known = cls.open(folder, vault)
        if known:
            return known
        folder.mkdir(parents=True, exist_ok=True)
        secret = os.urandom(32)
        start = datetime.fromtimestamp(now, UTC) - _EARLIER
        root = _root_certificate(_key(secret, "root"), start)
        # The certificate last: where it is, the secret is too.
        _write(folder / _SECRET, vault.seal(secret, _CONTEXT))
        _write(folder / CERTIFICATE, root.public_bytes(Encoding.PEM))
        return cls(secret, root)

    @property
    def fingerprint(self) -> bytes:
        """SHA-256 of the root certificate: what deployment records name."""
        return self._root.fingerprint(hashes.SHA256())

    def of(self, uscc: str, name: str) -> Seal:
        """See ``Seals.of``."""
        return self._seal(uscc, name)

    def _made(self, uscc: str, name: str) -> Seal:
        key = _key(self._secret, f"supervisor/{name}" if uscc == SUPERVISOR else f"issuer/{uscc}")
        certificate = self._certificate(key.public_key(), uscc, name[:_LONGEST_NAME])
        sign, longest = signing_with(key)
        return Seal(
            name=name,
            chain=(certificate.public_bytes(Encoding.DER), self._root.public_bytes(Encoding.DER)),
            not_before=int(certificate.not_valid_before_utc.timestamp()),
            longest=longest,
            sign=sign,
        )

    def _certificate(
        self, public_key: ec.EllipticCurvePublicKey, uscc: str, name: str
    ) -> x509.Certificate:
        subject = [(NameOID.ORGANIZATION_NAME, name), (NameOID.COMMON_NAME, name)]
        if uscc != SUPERVISOR:
            subject.insert(1, (NameOID.ORGANIZATION_IDENTIFIER, uscc))
        builder = _builder(subject, public_key, self._root).issuer_name(self._root.subject)
        serial = hashlib.sha256(f"{uscc}/{name}".encode()).digest()[:16]
        return _signed(
            builder.serial_number(int.from_bytes(serial, "big") | 1)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_usage(authority=False), critical=True)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(self._root_key.public_key()),
                critical=False,
            ),
            self._root_key,
        )


def _root_certificate(key: ec.EllipticCurvePrivateKey, start: datetime) -> x509.Certificate:
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "CN"),
            x509.NameAttribute(NameOID.COMMON_NAME, "Piaolian 票链 demonstration CA"),
        ]
    )
    return _signed(
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start.replace(year=start.year + _YEARS, day=min(start.day, 28)))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(authority=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False),
        key,
    )


def _builder(
    subject: list[tuple[x509.ObjectIdentifier, str]],
    public_key: ec.EllipticCurvePublicKey,
    root: x509.Certificate,
) -> x509.CertificateBuilder:
    names = [(NameOID.COUNTRY_NAME, "CN"), *subject]
    return (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(kind, value) for kind, value in names]))
        .public_key(public_key)
        .not_valid_before(root.not_valid_before_utc)
        .not_valid_after(root.not_valid_after_utc)
    )


def _signed(builder: x509.CertificateBuilder, key: ec.EllipticCurvePrivateKey) -> x509.Certificate:
    return builder.sign(key, hashes.SHA256(), ecdsa_deterministic=True)


def _usage(*, authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not authority,
        content_commitment=not authority,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=authority,
        crl_sign=authority,
        encipher_only=False,
        decipher_only=False,
    )


def _key(secret: bytes, purpose: str) -> ec.EllipticCurvePrivateKey:
    """The key for a purpose: 64 derived bytes, so that no number is likelier than another."""
    seed = hmac.digest(secret, f"document-key/{purpose}".encode(), "sha512")
    return ec.derive_private_key(int.from_bytes(seed, "big") % (_ORDER - 1) + 1, ec.SECP256R1())


def _write(path: Path, data: bytes) -> None:
    temporary = path.with_name(f"{path.name}.{os.getpid()}")
    with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
