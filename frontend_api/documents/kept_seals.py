"""Seals that an outside certificate authority issued, kept as files beside the platform."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key, pkcs12

from frontend_api.commitment.canonical import read_json
from frontend_api.documents.seals import SUPERVISOR, Seal, Seals, signing_with
from frontend_api.domain.errors import MalformedInput, SignerUnavailable

_SUPERVISOR_NAME = "supervisor"  # in the file, where issuers have their USCC


class KeptSeals:
    """Implements ``Seals``: those that a file lists, all others from ``others``.

    The file is a JSON object: USCC, or ``supervisor``, to ``{"pkcs12": …}`` or ``{"key": …,
    "chain": …}`` (PEM; the chain from the institution's certificate to the root), each a path
    beside the file, and ``password_file`` if the key has a password.
    """

    def __init__(self, file: Path, others: Seals | None) -> None:
        self._others = others
        self._kept = {
            SUPERVISOR if who == _SUPERVISOR_NAME else who: _seal(file.parent, who, entry)
            for who, entry in _entries(file).items()
        }

    def of(self, uscc: str, name: str) -> Seal:
        """See ``Seals.of``."""
        kept = self._kept.get(uscc)
        if kept:
            return kept
        if self._others is None:
            raise SignerUnavailable(f"no certificate of {name} is kept here: add it to the list")
        return self._others.of(uscc, name)

    @property
    def roots(self) -> frozenset[bytes]:
        """SHA-256 of the root certificates: what a deployment record has to name."""
        return frozenset(
            x509.load_der_x509_certificate(seal.chain[-1]).fingerprint(hashes.SHA256())
            for seal in self._kept.values()
        )


def _entries(file: Path) -> Mapping[str, Any]:
    try:
        value = read_json(file.read_bytes())
    except (OSError, MalformedInput) as e:
        raise SignerUnavailable(f"the list of seals cannot be read: {e}") from e
    if not isinstance(value, dict) or not all(isinstance(entry, dict) for entry in value.values()):
        raise SignerUnavailable(f"{file.name} must be an object of objects, one an institution")
    return value


def _seal(folder: Path, who: str, entry: Mapping[str, str]) -> Seal:
    try:
        key, chain = _loaded(folder, entry)
        sign, longest = signing_with(key)
    except (OSError, ValueError, TypeError, KeyError) as e:
        raise SignerUnavailable(f"the seal of {who} cannot be read: {e}") from e
    return Seal(
        name=_name(chain[0]),
        chain=tuple(certificate.public_bytes(Encoding.DER) for certificate in chain),
        not_before=int(chain[0].not_valid_before_utc.timestamp()),
        longest=longest,
        sign=sign,
    )


def _loaded(folder: Path, entry: Mapping[str, str]) -> tuple[object, list[x509.Certificate]]:
    password = None
    if "password_file" in entry:
        password = (folder / entry["password_file"]).read_bytes().strip()
    if "pkcs12" in entry:
        found = pkcs12.load_pkcs12((folder / entry["pkcs12"]).read_bytes(), password)
        if found.key is None or found.cert is None:
            raise ValueError("holds no key with its certificate")
        return found.key, _ordered(
            found.cert.certificate, [extra.certificate for extra in found.additional_certs]
        )
    key = load_pem_private_key((folder / entry["key"]).read_bytes(), password)
    first, *others = x509.load_pem_x509_certificates((folder / entry["chain"]).read_bytes())
    return key, _ordered(first, others)


def _ordered(first: x509.Certificate, others: list[x509.Certificate]) -> list[x509.Certificate]:
    """From the institution's certificate to its root. Raises ValueError if one is missing."""
    chain = [first]
    while chain[-1].issuer != chain[-1].subject:
        above = [c for c in others if c.subject == chain[-1].issuer and c not in chain]
        if not above:
            raise ValueError("lacks the certificate of the authority above; add it, up to the root")
        chain.append(above[0])
    return chain


def _name(certificate: x509.Certificate) -> str:
    for kind in (x509.NameOID.ORGANIZATION_NAME, x509.NameOID.COMMON_NAME):
        found = certificate.subject.get_attributes_for_oid(kind)
        if found:
            return str(found[0].value)
    raise ValueError("its certificate carries no name")
