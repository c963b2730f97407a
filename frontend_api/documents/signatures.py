"""Reading the signatures of a document that a stranger sent: pyhanko judges, nothing is trusted."""

from __future__ import annotations

import hashlib
import logging
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from asn1crypto import cms, x509

from frontend_api.documents.awaiting import finished
from frontend_api.documents.cms import read_cms
from frontend_api.documents.revision import NotSignable, Signature, split
from frontend_api.ports import DocumentSignature

if TYPE_CHECKING:
    from pyhanko.sign.validation.status import StandardCMSSignatureStatus

_NUMBERS = ("organization_identifier", "serial_number")  # where a subject carries its USCC


def read_signatures(pdf: bytes) -> tuple[DocumentSignature, ...] | None:
    """The signatures in their order, none for an unsigned document.

    None if anything that follows the unsigned document is not an intact signature: a signature
    that does not fit what it covers, a changed byte of it, any other update.
    """
    try:
        _, found = split(pdf)
        return tuple(_judged(signature) for signature in found)
    except NotSignable:
        return None


def _judged(found: Signature) -> DocumentSignature:
    digest = hashlib.sha256(found.covered).digest()
    try:
        chain = [x509.Certificate.load(der) for der in read_cms(found.cms, digest).chain]
        status = finished(_status(found, chain))
        subject, root = chain[0].subject.native, chain[-1]
    except Exception as e:  # a stranger's certificate may raise anything in three libraries
        raise NotSignable("has a signature that cannot be read") from e
    if not (status.intact and status.valid):
        raise NotSignable("has a signature that does not fit")
    return DocumentSignature(
        names=frozenset(_values(subject, ("common_name", "organization_name"))),
        numbers=frozenset(_values(subject, _NUMBERS)),
        root=root.sha256,
        path_good=status.trusted,
        signed_at=found.slot.at,
    )


async def _status(found: Signature, chain: list[x509.Certificate]) -> StandardCMSSignatureStatus:
    # Half a second to import: not for those who check no signatures.
    from pyhanko.sign.validation import async_validate_detached_cms
    from pyhanko.sign.validation.settings import KeyUsageConstraints
    from pyhanko_certvalidator import ValidationContext

    # What is wrong with a stranger's certificate is a finding, not news for the log.
    logging.getLogger("pyhanko").setLevel(logging.CRITICAL + 1)
    # The last certificate is taken as root here; whether it is trusted, the verifier decides.
    context = ValidationContext(
        trust_roots=[chain[-1]],
        other_certs=chain[1:],
        allow_fetching=False,
        moment=datetime.fromtimestamp(found.slot.at, UTC),
    )
    return await async_validate_detached_cms(
        found.covered,
        cms.ContentInfo.load(found.cms)["content"],
        signer_validation_context=context,
        key_usage_settings=KeyUsageConstraints(
            key_usage={"digital_signature", "non_repudiation"}, match_all_key_usages=False
        ),
    )


def _values(subject: dict[str, object], kinds: tuple[str, ...]) -> list[str]:
    found: list[str] = []
    for kind in kinds:
        value = subject.get(kind, [])
        found.extend(str(v) for v in (value if isinstance(value, list) else [value]))
    return found
