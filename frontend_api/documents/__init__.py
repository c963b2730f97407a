"""The bill as a document: the page (PDF, PNG), its QR code, and the bill file inside the PDF."""

from frontend_api.documents.attachment import extract_bill_file
from frontend_api.documents.maker import LAYOUT_VERSION, DocumentMaker
from frontend_api.documents.photo import photo_codes
from frontend_api.documents.signatures import read_signatures

__all__ = [
    "LAYOUT_VERSION",
    "DocumentMaker",
    "extract_bill_file",
    "photo_codes",
    "read_signatures",
]
