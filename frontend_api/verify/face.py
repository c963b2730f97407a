"""(7) face: the page shows what the data says. Made only when a PDF was given."""

from __future__ import annotations

from frontend_api.commitment.bill_file import BillFile
from frontend_api.domain.errors import PiaolianError
from frontend_api.domain.mark import Mark
from frontend_api.ports import FaceComparer
from frontend_api.verify.report import Finding, Verdict, invalid, skipped, unknown, valid


def check_face(
    pdf: bytes, bill_file: BillFile | bytes, integrity: Finding, compare: FaceComparer | None
) -> Finding:
    """Have the page made again and compared."""
    if integrity.verdict is not Verdict.VALID:
        return skipped("needs-integrity")
    if compare is None:
        return unknown("layout-unknown")
    try:
        data = bill_file if isinstance(bill_file, bytes) else bill_file.to_bytes()
        same = compare(pdf, data)
    except PiaolianError as e:
        return unknown("face-not-compared", detail=str(e))
    if same is None:
        return unknown("layout-unknown")
    if isinstance(same, Mark):
        # The mark may be newer or older than the chain is now: check (5) says what counts.
        return unknown(f"marked-{same.ending.lower()}", time=same.at)
    return valid("face-same") if same else invalid("face-differs")
