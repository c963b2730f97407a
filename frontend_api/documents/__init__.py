"""The bill as a document: the page (PDF, PNG), its QR code, and the bill file inside the PDF."""

from frontend_api.documents.attachment import extract_bill_file, extract_bundle
from frontend_api.documents.maker import LAYOUT_VERSION, DocumentMaker, carried_bundle
from frontend_api.documents.ofd import OfdMaker, extract_from_ofd
from frontend_api.documents.photo import photo_codes
from frontend_api.documents.signatures import read_signatures
from frontend_api.documents.verification_report import CheckedFile, ReportMaker

__all__ = [
    "LAYOUT_VERSION",
    "CheckedFile",
    "DocumentMaker",
    "OfdMaker",
    "ReportMaker",
    "carried_bundle",
    "extract_bill_file",
    "extract_bundle",
    "extract_from_ofd",
    "photo_codes",
    "read_signatures",
]
