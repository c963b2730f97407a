"""A document as it was handed out: its page and its signatures, whatever proves its bill."""

from __future__ import annotations

from dataclasses import dataclass

from frontend_api.commitment.bill_file import BillFile
from frontend_api.ports import FaceComparer
from frontend_api.verify.face import check_face
from frontend_api.verify.report import Finding
from frontend_api.verify.signature import SignatureTrust, check_signature


@dataclass(frozen=True, slots=True)
class Document:
    """A PDF with the bill file in it, and how its page and signatures are judged."""

    pdf: bytes
    bill_file: bytes
    face: FaceComparer
    signatures: SignatureTrust

    def findings(self, file: BillFile, integrity: Finding) -> dict[str, Finding]:
        """``face``, and ``signature`` if there are or should be any; ``file`` is the one in it."""
        face = check_face(self.pdf, self.bill_file, integrity, self.face)
        signature = check_signature(self.pdf, file, integrity, self.signatures)
        return {"face": face} | ({"signature": signature} if signature else {})
