"""Looking at a PDF as a reader does."""

from __future__ import annotations

import pypdfium2
import zxingcpp


def texts(pdf: bytes) -> list[str]:
    """The text of each page, without spaces and line breaks."""
    document = pypdfium2.PdfDocument(pdf)
    return ["".join(p.get_textpage().get_text_range().split()) for p in document]


def qr_texts(pdf: bytes, dpi: int = 100) -> list[list[str]]:
    """What the QR codes on each page say, read from pixels."""
    pages = (p.render(scale=dpi / 72).to_pil() for p in pypdfium2.PdfDocument(pdf))
    return [[code.text for code in zxingcpp.read_barcodes(page)] for page in pages]


def outside_the_page(pdf: bytes) -> list[str]:
    """Characters that stand (partly) outside of their page."""
    found = []
    for page in pypdfium2.PdfDocument(pdf):
        width, height = page.get_size()
        text = page.get_textpage()
        for index in range(text.count_chars()):
            left, bottom, right, top = text.get_charbox(index)
            if left < 0 or bottom < 0 or right > width or top > height:
                found.append(text.get_text_range(index, 1))
    return found
