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


def crossed(pdf: bytes, mark: str) -> set[str]:
    """Characters whose shape overlaps the shape of a ``mark`` on the same page."""
    found = set()
    for page in pypdfium2.PdfDocument(pdf):
        text = page.get_textpage()
        boxes = [
            (text.get_text_range(index, 1), text.get_charbox(index))
            for index in range(text.count_chars())
        ]
        marks = [box for character, box in boxes if character == mark]
        for index, (character, box) in enumerate(boxes):
            others = (m for m in marks if m != box)
            if not character.isspace() and any(_overlap(box, other) for other in others):
                found.add(f"{index} {character}")
    return found


def _overlap(a: tuple[float, ...], b: tuple[float, ...]) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
