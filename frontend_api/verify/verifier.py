"""The eight checks in their order; the numbers are those of the package's docstring."""

from __future__ import annotations

from frontend_api.commitment.bill_file import BillFile
from frontend_api.ports import FaceComparer, TrustedDeployments
from frontend_api.verify.amount import check_amount
from frontend_api.verify.anchored import check_anchored, gate
from frontend_api.verify.authority import check_authority
from frontend_api.verify.face import check_face
from frontend_api.verify.facts import BillReader, fetch_facts
from frontend_api.verify.inclusion import check_inclusion
from frontend_api.verify.integrity import check_integrity
from frontend_api.verify.live import check_live
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
    pinned = trusted.find(file.deployment.instance)
    answer = fetch_facts(file, pinned, reader)

    # (1) integrity, (2) inclusion: nothing but the file and the pinned instance.
    integrity = check_integrity(file)
    inclusion, root = check_inclusion(file, pinned)
    # (3) anchored: needs the root of (2).
    anchored = check_anchored(file, inclusion, root, answer)
    # (4) authority, (5) live, (6) amount: need a bill that the chain holds; (6) a live one.
    gated = gate(file, inclusion, root, answer)
    authority = check_authority(file, pinned, gated)
    live = check_live(gated)
    amount = check_amount(file.header, live, gated)

    verdicts = [
        Check(1, "integrity", integrity),
        Check(2, "inclusion", inclusion),
        Check(3, "anchored", anchored),
        Check(4, "authority", authority),
        Check(5, "live", live),
        Check(6, "amount", amount),
    ]
    # (7) face: only with a PDF; needs the intact content of (1).
    if pdf is not None:
        verdicts.append(Check(7, "face", check_face(pdf, bill_file, integrity, face)))
    # (8) signature: only with a PDF that is signed or should be.
    if pdf is not None and signatures is not None:
        signature = check_signature(pdf, file, integrity, signatures)
        verdicts += [Check(8, "signature", signature)] if signature else []
    head = getattr(answer, "head", None)
    return VerificationReport(
        checked_at=now,
        bill_code=file.header.number.code,
        bill_no=file.header.number.number,
        chain_id=answer.chain_id,
        height=head.number if head else None,
        verdicts=tuple(verdicts),
        compare=paper_of(file, integrity),
    )


def _read(bill_file: BillFile | bytes) -> BillFile:
    if isinstance(bill_file, BillFile):
        return bill_file
    return BillFile.from_bytes(bill_file)
