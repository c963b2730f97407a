"""What a stranger does to a PDF with ordinary tools."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pikepdf


def changed(pdf: bytes, change: Callable[[pikepdf.Pdf], object], **save: Any) -> bytes:
    """The PDF written anew after ``change``."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf)) as document:
        change(document)
        document.save(out, **save)
    return out.getvalue()


def attached(document: pikepdf.Pdf, name: str) -> pikepdf.Object:
    """The stream of an attachment."""
    return document.attachments[name].get_file().obj
