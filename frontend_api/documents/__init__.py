"""The bill as a document: the page (PDF, PNG), its QR code, and the bill file inside the PDF."""

from frontend_api.documents.attachment import extract_bill_file
from frontend_api.documents.maker import LAYOUT_VERSION, DocumentMaker
from frontend_api.documents.verification_report import CheckedFile, ReportMaker

__all__ = [
    "LAYOUT_VERSION",
    "CheckedFile",
    "DocumentMaker",
    "ReportMaker",
    "extract_bill_file",
]
