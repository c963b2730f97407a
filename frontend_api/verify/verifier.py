"""A whole bill's checks; the numbers are those of the package's docstring."""

from __future__ import annotations

from frontend_api.commitment.bill_file import BillFile
from frontend_api.ports import FaceComparer, TrustedDeployments
from frontend_api.verify.checks import on_chain_checks
from frontend_api.verify.face import check_face
from frontend_api.verify.facts import BillReader
from frontend_api.verify.integrity import check_integrity
from frontend_api.verify.paper import paper_of
from frontend_api.verify.report import Check, VerificationReport
from frontend_api.verify.signature import SignatureTrust, check_signature


def verify(
    bill_file: BillFile | bytes,
    reader: BillReader,
    trusted: TrustedDeployments,
    now: int,
    *,
    pdf: bytes | None = None,
    face: FaceComparer | None = None,
    signatures: SignatureTrust | None = None,
) -> VerificationReport:
    """Check one bill against a chain and the pinned deployments; ``now`` in seconds.

    Raises MalformedInput, InvalidFields or TooLarge if ``bill_file`` is bytes that are no bill
    file (``unreadable_report`` makes a report of that), and what ``trusted`` raises for a broken
    record. Trouble with the chain is never raised: it is UNKNOWN in the checks concerned.
    """
    file = _read(bill_file)
    # (1) integrity: nothing but the file.
    integrity = check_integrity(file)
    # (7) face: only with a PDF; needs the intact content of (1).
    further: list[Check] = []
    if pdf is not None:
        further.append(Check(7, "face", check_face(pdf, bill_file, integrity, face)))
    # (8) signature: only with a PDF that is signed or should be.
    if pdf is not None and signatures is not None:
        signature = check_signature(pdf, file, integrity, signatures)
        further += [Check(8, "signature", signature)] if signature else []
    # (2) to (6): what else there is to say about it.
    compare = paper_of(file, integrity)
    return on_chain_checks(
        file, integrity, reader, trusted, now, compare=compare, further=tuple(further)
    )


def _read(bill_file: BillFile | bytes) -> BillFile:
    if isinstance(bill_file, BillFile):
        return bill_file
    return BillFile.from_bytes(bill_file)
