"""Makes the documents: a pure function of bill file, kind, mark and proof bundle, the same bytes
every time.

What is made here is unsigned; signatures come after it, as updates (``signer.py``).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Literal

import orjson

from frontend_api.commitment.bill_file import BillFile
from frontend_api.commitment.proof_bundle import ProofBundle
from frontend_api.documents.attachment import ATTACHMENT_NAME, PROOF_NAME, extract_bundle
from frontend_api.documents.codes import code_texts
from frontend_api.documents.face import face_of
from frontend_api.documents.fiscal_xml import XML_NAME, fiscal_xml
from frontend_api.documents.fonts import fonts_version
from frontend_api.documents.kind_of import kind_of, shape_of_kind
from frontend_api.documents.marking import mark_in, stamp_of
from frontend_api.documents.qr import draw_qr
from frontend_api.documents.revision import NotSignable, split
from frontend_api.documents.typesetter import Typesetter
from frontend_api.domain.errors import InputError, MalformedInput
from frontend_api.domain.kind import Kind
from frontend_api.domain.mark import Mark

# Raise the number when amounts are written differently (domain/money.py); all else that shapes
# the page is covered by the digest in ``DocumentMaker.layout``.
LAYOUT_VERSION = f"1/typst-{version('typst')}"

_HERE = Path(__file__).parent
_PACKAGES = _HERE / "packages"
_SHAPING = (
    "codes.py",
    "detail.py",
    "face.py",
    "fiscal_fields.json",
    "fiscal_xml.py",
    "fitting.py",
    "fonts.py",
    "kind_of.py",
    "maker.py",
    "marking.py",
    "masking.py",
    "qr.py",
    "typesetter.py",
    "widths.py",
    "../commitment/offline_code.py",
)


class DocumentMaker:
    """Draws bills of the given kinds. Keeps one warm typesetter; safe to share between threads."""

    def __init__(self, kinds: Mapping[str, Kind]) -> None:
        self._kinds = dict(kinds)
        self._layouts = {name: _layout_id(kind) for name, kind in self._kinds.items()}
        self._typesetter = Typesetter(_PACKAGES)

    def layout(self, kind: str) -> str:
        """The layout version to write into a bill file of ``kind``. Raises KeyError."""
        return self._layouts[kind]

    def pdf(
        self, bill_file: BillFile, mark: Mark | None = None, bundle: ProofBundle | None = None
    ) -> bytes:
        """The PDF (A5 landscape, PDF/A-3u) with bill file and fiscal XML inside, unsigned.

        With a proof bundle that is inside as well. Raises MalformedInput when the content is not a
        bill of a known kind, or the bundle is not one of this very bill, in full.
        """
        kind = kind_of(bill_file, self._kinds)
        data = _data(bill_file, kind, mark, bundle)
        moment = bill_file.anchor.block_time
        # PDF/A-3: for archives, and the only part of PDF/A that may carry a JSON file. U: text can
        # be searched and copied as Unicode.
        return self._typesetter.pdf(kind.folder / "layout.typ", data, "a-3u", moment)

    def pictures(
        self,
        bill_file: BillFile,
        form: Literal["png", "svg"],
        mark: Mark | None = None,
        ppi: float = 110,
    ) -> list[bytes]:
        """One picture a page; a PNG has ``ppi`` pixels per inch. Raises as :meth:`pdf`."""
        kind = kind_of(bill_file, self._kinds)
        data = _data(bill_file, kind, mark)
        moment = bill_file.anchor.block_time
        source = kind.folder / "layout.typ"
        return self._typesetter.pictures(source, data, form, moment, ppi)

    def same_face(self, pdf: bytes, bill_file: bytes) -> bool | Mark | None:
        """Whether ``pdf`` is to the byte what this bill file makes: no page, no number altered.

        A proof bundle in it is taken as it is, if it is of this bill: what it proves is another
        check. Signatures may follow the document, and nothing else. For a page that says across it
        what happened to the bill, that mark. None if another layout version made it, which cannot
        be compared here. Raises MalformedInput or InvalidFields for bytes that are not a bill file.
        """
        read = BillFile.from_bytes(bill_file)
        kind = kind_of(read, self._kinds)
        if read.layout != self._layouts[kind.name]:
            return None
        try:
            unsigned, _ = split(pdf)
        except NotSignable:
            return False
        mark = mark_in(unsigned)
        try:
            bundle = carried_bundle(unsigned)
        except InputError:
            return False
        if bundle is not None and not bundle.is_of(read):
            return False
        return (mark or True) if self.pdf(read, mark, bundle) == unsigned else False


def carried_bundle(pdf: bytes) -> ProofBundle | None:
    """The proof bundle in a document of ours. Raises InputError for one that cannot be read."""
    # The typesetter writes names in clear: most documents need not be taken apart for this.
    data = extract_bundle(pdf) if PROOF_NAME.encode() in pdf else None
    return None if data is None else ProofBundle.from_bytes(data)


def _carried(bill_file: BillFile, bundle: ProofBundle | None) -> dict[str, str]:
    if bundle is None:
        return {}
    if not bundle.is_of(bill_file):
        raise MalformedInput("the proof bundle is of another bill, or does not have all of it")
    return {"proof_name": PROOF_NAME, "proof": bundle.to_bytes().decode()}


def _data(
    bill_file: BillFile, kind: Kind, mark: Mark | None, bundle: ProofBundle | None = None
) -> bytes:
    try:
        face = face_of(bill_file, kind)
        first, *second = map(draw_qr, code_texts(bill_file))
        xml = fiscal_xml(bill_file, kind)
    except (KeyError, ValueError, TypeError, AttributeError) as e:
        raise MalformedInput(f"its content is not that of a bill: {e}") from e
    face["qr_mm"] = first.side_mm
    face["second_mm"] = second[0].side_mm if second else 0
    face["stamp"] = stamp_of(mark)
    parts = {
        "face": face,
        "qr": first.svg,
        "second": second[0].svg if second else "",
        "attachment_name": ATTACHMENT_NAME,
        "attachment": bill_file.to_bytes().decode(),
        "xml_name": XML_NAME,
        "xml": xml.decode(),
    }
    return orjson.dumps(parts | _carried(bill_file, bundle))


def _layout_id(kind: Kind) -> str:
    """Version of everything that shapes a page of this kind: other bytes, another name."""
    digest = hashlib.sha256(f"{fonts_version()} {version('qrcode')}".encode())
    digest.update(shape_of_kind(kind))
    shaping = [_HERE / name for name in _SHAPING]
    for path in [*sorted(_PACKAGES.rglob("*.typ")), *shaping, kind.folder / "layout.typ"]:
        digest.update(path.read_bytes())
    return f"{LAYOUT_VERSION}/{digest.hexdigest()[:12]}"
