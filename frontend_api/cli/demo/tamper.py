"""A forger's hand, for the demonstration: one digit of the amount inside a PDF."""

from __future__ import annotations

import io
import re

import pikepdf

from frontend_api.bootstrap import extract_bill_file

_AMOUNT = re.compile(rb'("amount_fen":)([0-9])')


def with_altered_amount(pdf: bytes) -> bytes:
    """The PDF with the first digit of the bill file's amount changed; the page stays as it is."""
    original = extract_bill_file(pdf)
    altered = _AMOUNT.sub(lambda m: m[1] + (b"9" if m[2] != b"9" else b"8"), original, count=1)
    assert altered != original
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf)) as document:
        for name, attachment in document.attachments.items():
            attached = attachment.get_file()
            stream = attached.obj
            assert isinstance(stream, pikepdf.Stream), name
            if attached.read_bytes() == original:
                stream.write(altered)
        document.save(out)
    return out.getvalue()
