"""One warm typesetter for all documents that are typeset: bills and reports."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any, Literal, cast

import typst

from frontend_api.documents.fonts import font_folders
from frontend_api.domain.errors import MalformedInput

Form = Literal["pdf", "png", "svg"]
Standard = Literal["a-2u", "a-3u"]

# Data come as a file, not as `sys.inputs`, which would be another standard library each time: so
# the typesetter remembers, from one document to the next, what it has read and laid out. It parses
# every file as if it were Typst, a comment fastest.
_COMMENT = b"//"
_MAIN = """#import "%s": sheet
#sheet(json(bytes(read("data.txt").slice(2))))
"""


class Typesetter:
    """Keeps the compiler and its fonts between documents. Safe to share between threads."""

    def __init__(self, packages: Path | None = None) -> None:
        self._packages = packages
        self._lock = threading.Lock()
        self._compiler: typst.Compiler | None = None

    def pdf(self, source: Path, data: bytes, standard: Standard, timestamp: int) -> bytes:
        """A PDF of the given part of PDF/A: ``source``'s function ``sheet`` called with ``data``
        (JSON). The same bytes for the same data and ``timestamp`` (seconds).

        Raises MalformedInput if the data cannot be set.
        """
        (made,) = self._set(source, data, "pdf", timestamp, standard=standard)
        return made

    def pictures(
        self, source: Path, data: bytes, form: Form, timestamp: int, ppi: float
    ) -> list[bytes]:
        """One picture a page; a PNG has ``ppi`` pixels per inch. Raises as :meth:`pdf`."""
        return self._set(source, data, form, timestamp, ppi=ppi)

    def _set(
        self,
        source: Path,
        data: bytes,
        form: Form,
        timestamp: int,
        *,
        standard: Standard | None = None,
        ppi: float | None = None,
    ) -> list[bytes]:
        main = (_MAIN % source.name).encode()
        with self._lock:
            self._compiler = self._compiler or self._opened()
            try:
                # Its stub does not know that files may be given as bytes by name.
                made = cast(Any, self._compiler).compile(
                    {"main.typ": main, "data.txt": _COMMENT + data},
                    root=source.parent,
                    format=form,
                    ppi=ppi,
                    pdf_standards=standard or [],
                    timestamp=timestamp,
                    pdf_tags=False,
                )
            except (typst.TypstError, ValueError, OverflowError) as e:
                raise MalformedInput(f"its content cannot be set on a page: {e}") from e
        return [made] if isinstance(made, bytes) else list(made or ())

    def _opened(self) -> typst.Compiler:
        fonts = typst.Fonts(
            include_system_fonts=False, include_embedded_fonts=False, font_paths=font_folders()
        )
        return typst.Compiler(
            font_paths=fonts, ignore_system_fonts=True, package_path=self._packages
        )
