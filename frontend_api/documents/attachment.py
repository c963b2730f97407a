"""Taking bill file and proof bundle out of a PDF that a stranger sent, within strict limits."""

from __future__ import annotations

import io
import zlib
from functools import cache

import pikepdf

from frontend_api.commitment.bill_file import MAX_BYTES
from frontend_api.commitment.proof_bundle import MAX_BYTES as MAX_BUNDLE_BYTES
from frontend_api.domain.errors import MalformedInput, TooLarge

ATTACHMENT_NAME = "piaolian-bill.json"
PROOF_NAME = "piaolian-proof.json"
MAX_PDF_BYTES = 16 * 1024 * 1024
MAX_RATIO = 100  # inflated to deflated size; JSON of salts and hashes stays below 10
_NOT_OURS = "download the bill again from the issuer or the holder's page"


def extract_bill_file(pdf: bytes) -> bytes:
    """The bytes of the one attachment ``piaolian-bill.json``.

    Raises TooLarge over 16 MiB of PDF, 4 MiB of attachment or a ratio of 100; MalformedInput for
    what is no PDF, is encrypted or damaged, or has no such attachment or more than one.
    """
    data = _extracted(pdf, ATTACHMENT_NAME, MAX_BYTES)
    if data is None:
        raise MalformedInput(f"the PDF has no attachment {ATTACHMENT_NAME}: {_NOT_OURS}")
    return data


def extract_bundle(pdf: bytes) -> bytes | None:
    """The bytes of the attachment ``piaolian-proof.json``; None if there is none.

    Raises as :func:`extract_bill_file`; a proof bundle has at most 8 MiB.
    """
    return _extracted(pdf, PROOF_NAME, MAX_BUNDLE_BYTES)


def _extracted(pdf: bytes, name: str, most: int) -> bytes | None:
    if len(pdf) > MAX_PDF_BYTES:
        raise TooLarge(f"the PDF is larger than {MAX_PDF_BYTES // 2**20} MiB")
    if not pdf.startswith(b"%PDF-"):
        raise MalformedInput("is not a PDF file")
    _limit_qpdf()
    try:
        with pikepdf.open(io.BytesIO(pdf), suppress_warnings=True) as document:
            if document.is_encrypted:
                raise MalformedInput(f"the PDF is encrypted: {_NOT_OURS}")
            return _only_attachment(document, name, most)
    except pikepdf.PasswordError as e:
        raise MalformedInput(f"the PDF is encrypted: {_NOT_OURS}") from e
    except (pikepdf.PdfError, RuntimeError, ValueError, TypeError, KeyError) as e:
        raise MalformedInput(f"the PDF is damaged: {_NOT_OURS}") from e


@cache
def _limit_qpdf() -> None:
    """Bound what qpdf may inflate on its own, such as object streams (process-wide, once)."""
    most = 2 * MAX_BYTES
    pikepdf.settings.set_qpdf_limits(
        flate_max_memory=most,
        png_max_memory=most,
        tiff_max_memory=most,
        run_length_max_memory=most,
        dct_max_memory=most,
        max_stream_filters=1,
        doc_max_warnings=100,
    )


def _only_attachment(document: pikepdf.Pdf, name: str, most: int) -> bytes | None:
    found = [spec for key, spec in document.attachments.items() if name in (key, spec.filename)]
    if len(found) > 1:
        raise MalformedInput(f"the PDF has {len(found)} attachments {name}: {_NOT_OURS}")
    return _inflated(found[0].get_file().obj, most) if found else None


def _inflated(stream: pikepdf.Object, most: int) -> bytes:
    raw = stream.read_raw_bytes()
    filters = stream.get("/Filter")
    if filters is None:
        return _within_limit(raw, most)
    names = list(filters) if isinstance(filters, pikepdf.Array) else [filters]
    if names != [pikepdf.Name.FlateDecode] or "/DecodeParms" in stream:
        raise MalformedInput(f"the attachment is packed in an unknown way: {_NOT_OURS}")
    most = min(most, MAX_RATIO * len(raw))
    inflater = zlib.decompressobj()
    try:
        data = inflater.decompress(raw, most + 1)
    except zlib.error as e:
        raise MalformedInput(f"the attachment is damaged: {_NOT_OURS}") from e
    if len(data) > most:
        raise TooLarge(f"the attachment inflates to more than {most} bytes")
    if not inflater.eof:
        raise MalformedInput(f"the attachment is cut off: {_NOT_OURS}")
    return data


def _within_limit(data: bytes, most: int) -> bytes:
    if len(data) > most:
        raise TooLarge(f"the attachment is larger than {most // 2**20} MiB")
    return data
