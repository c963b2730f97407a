"""(8) signature: issuer and supervisor signed the document, under a trusted certificate authority.

Made only when a PDF was given that is signed, or should be: the pinned deployment record names a
certificate authority. What the chain holds is proved without it; it binds the *document*, offline,
to the institutions named on it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from frontend_api.commitment.bill_file import BillFile
from frontend_api.ports import DocumentSignature, SignatureReader
from frontend_api.verify.report import Finding, Verdict, invalid, skipped, unknown, valid

_LONGEST_NAME = 64  # X.520's limit; certificates carry no more of a name


@dataclass(frozen=True, slots=True)
class SignatureTrust:
    """How to read signatures, and which roots a deployment's documents may have.

    ``roots`` takes an instance and gives the SHA-256 of the certificates that its record names.
    """

    read: SignatureReader
    roots: Callable[[bytes], frozenset[bytes]]


def check_signature(
    pdf: bytes, file: BillFile, integrity: Finding, trust: SignatureTrust
) -> Finding | None:
    """Judge the signatures; None if there are none and none are expected."""
    found, roots = trust.read(pdf), trust.roots(file.deployment.instance)
    if found == () and not roots:
        return None
    if found is None:
        return invalid("signature-broken")
    if integrity.verdict is not Verdict.VALID:
        return skipped("needs-integrity")
    if not found:
        return unknown("not-signed")
    return _fault(found, file, roots) or _complete(found)


def _complete(found: tuple[DocumentSignature, ...]) -> Finding:
    issuer, *others = found
    if not others:
        return unknown("supervisor-not-signed")
    (supervisor,) = others
    return valid(
        "signed",
        issuer_name=_shown(issuer),
        supervisor_name=_shown(supervisor),
        time=supervisor.signed_at,
    )


def _fault(
    found: tuple[DocumentSignature, ...], file: BillFile, roots: frozenset[bytes]
) -> Finding | None:
    # A stranger's authority can certify anything: what its certificates say is not even compared.
    if any(signature.root not in roots for signature in found):
        return unknown("ca-not-pinned")
    if not all(signature.path_good for signature in found):
        return invalid("certificate-not-good")
    stated = {field.path: field.value for field in file.fields}
    if stated.get("/issuer/uscc") not in found[0].numbers:
        return invalid("signer-differs", signer=_shown(found[0]))
    supervisor = str(stated.get("/supervisor/name", ""))[:_LONGEST_NAME]
    if len(found) > 1 and supervisor not in found[1].names:
        return invalid("signer-differs", signer=_shown(found[1]))
    return None


def _shown(signature: DocumentSignature) -> str:
    return " ".join(sorted(signature.names | signature.numbers))
