"""The OFD package: a ZIP of XML parts, the same bytes for the same bill wherever it is made."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from xml.sax.saxutils import escape

from frontend_api.commitment.bill_file import BillFile
from frontend_api.documents.attachment import ATTACHMENT_NAME
from frontend_api.documents.codes import code_texts
from frontend_api.documents.face import face_of
from frontend_api.documents.kind_of import kind_of, shape_of_kind
from frontend_api.documents.ofd.canvas import FONT_ID, Canvas
from frontend_api.documents.ofd.pages import HEIGHT, WIDTH, pages_of
from frontend_api.documents.ofd.reader import creator_version, extract_from_ofd
from frontend_api.documents.qr import draw_qr
from frontend_api.domain.errors import MalformedInput
from frontend_api.domain.kind import Kind

_NAMESPACE = 'xmlns:ofd="http://www.ofdspec.org/2016"'
_PROLOGUE = '<?xml version="1.0" encoding="UTF-8"?>\n'
_HERE = Path(__file__).parent
_SHAPING = ("canvas.py", "pages.py", "maker.py", "../face.py", "../detail.py", "../masking.py",
            "../qr.py", "../codes.py",
            "../../commitment/offline_code.py")  # fmt: skip
_TEMPLATE_ID = 3
_BOX = f"0 0 {WIDTH:g} {HEIGHT:g}"
# Every reader of OFD has it or a substitute; characters are placed one by one all the same.
_FONT = "宋体"


class OfdMaker:
    """Writes bills of the given kinds as OFD."""

    def __init__(self, kinds: Mapping[str, Kind]) -> None:
        self._kinds = dict(kinds)

    def ofd(self, bill_file: BillFile) -> bytes:
        """The OFD with the bill file attached.

        Raises MalformedInput when the content is not a bill of a known kind.
        """
        kind = kind_of(bill_file, self._kinds)
        try:
            face = face_of(bill_file, kind)
            codes = [draw_qr(text) for text in code_texts(bill_file)]
            template, pages = pages_of(face, kind.face, codes)
        except (KeyError, ValueError, TypeError, AttributeError) as e:
            raise MalformedInput(f"its content is not that of a bill: {e}") from e
        return _package(_parts(bill_file, kind, template, pages, _layout_id(kind)))

    def same_face(self, ofd: bytes, bill_file: bytes) -> bool | None:
        """Whether ``ofd`` is to the byte what this bill file makes.

        None if another version wrote it. Raises MalformedInput or InvalidFields for bytes that
        are not a bill file.
        """
        read = BillFile.from_bytes(bill_file)
        if creator_version(ofd) != _layout_id(kind_of(read, self._kinds)):
            return None
        return self.ofd(read) == ofd


def _layout_id(kind: Kind) -> str:
    """Version of everything that shapes a page of this kind."""
    digest = hashlib.sha256(shape_of_kind(kind))
    for name in _SHAPING:
        digest.update((_HERE / name).read_bytes())
    return f"ofd-1/{digest.hexdigest()[:12]}"


def _parts(
    bill_file: BillFile, kind: Kind, template: Canvas, pages: list[Canvas], layout: str
) -> Iterator[tuple[str, bytes]]:
    attachment = bill_file.to_bytes()
    moment = datetime.fromtimestamp(bill_file.anchor.block_time, UTC)
    number = bill_file.header.number
    doc_id = hashlib.sha256(attachment).hexdigest()[:32]
    yield (
        "OFD.xml",
        _xml(
            f'<ofd:OFD {_NAMESPACE} Version="1.0" DocType="OFD"><ofd:DocBody><ofd:DocInfo>'
            f"<ofd:DocID>{doc_id}</ofd:DocID>"
            f"<ofd:Title>{escape(kind.title['zh'])} {number}</ofd:Title>"
            f"<ofd:CreationDate>{moment:%Y-%m-%d}</ofd:CreationDate>"
            "<ofd:DocUsage>Normal</ofd:DocUsage><ofd:Creator>Piaolian</ofd:Creator>"
            f"<ofd:CreatorVersion>{layout}</ofd:CreatorVersion></ofd:DocInfo>"
            "<ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>"
        ),
    )
    yield from _page_parts(template, pages)
    yield (
        "Doc_0/PublicRes.xml",
        _xml(
            f'<ofd:Res {_NAMESPACE} BaseLoc="Res"><ofd:Fonts>'
            f'<ofd:Font ID="{FONT_ID}" FontName="{_FONT}" FamilyName="{_FONT}"/>'
            "</ofd:Fonts></ofd:Res>"
        ),
    )
    yield (
        "Doc_0/Attachs/Attachments.xml",
        _xml(
            f'<ofd:Attachments {_NAMESPACE}><ofd:Attachment ID="1" Name="{ATTACHMENT_NAME}"'
            f' Format="json" CreationDate="{moment:%Y-%m-%dT%H:%M:%S}"'
            f' Size="{len(attachment) / 1024:.3f}" Visible="true">'
            f"<ofd:FileLoc>{ATTACHMENT_NAME}</ofd:FileLoc></ofd:Attachment></ofd:Attachments>"
        ),
    )
    yield f"Doc_0/Attachs/{ATTACHMENT_NAME}", attachment


def _page_parts(template: Canvas, pages: list[Canvas]) -> Iterator[tuple[str, bytes]]:
    """The document's outline, its template, its pages; their ids go on after the objects'."""
    first = next(template.ids)
    count = len(pages)
    listed = "".join(
        f'<ofd:Page ID="{first + i}" BaseLoc="Pages/Page_{i}/Content.xml"/>' for i in range(count)
    )
    yield (
        "Doc_0/Document.xml",
        _xml(
            f"<ofd:Document {_NAMESPACE}><ofd:CommonData>"
            f"<ofd:MaxUnitID>{first + 2 * count}</ofd:MaxUnitID>"
            f"<ofd:PageArea><ofd:PhysicalBox>{_BOX}</ofd:PhysicalBox></ofd:PageArea>"
            "<ofd:PublicRes>PublicRes.xml</ofd:PublicRes>"
            f'<ofd:TemplatePage ID="{_TEMPLATE_ID}" BaseLoc="Tpls/Tpl_0/Content.xml"/>'
            f"</ofd:CommonData><ofd:Pages>{listed}</ofd:Pages>"
            "<ofd:Attachments>Attachs/Attachments.xml</ofd:Attachments></ofd:Document>"
        ),
    )
    yield "Doc_0/Tpls/Tpl_0/Content.xml", _content(template, first + 2 * count, "")
    shown = f'<ofd:Template TemplateID="{_TEMPLATE_ID}" ZOrder="Background"/>'
    for i, page in enumerate(pages):
        name = f"Doc_0/Pages/Page_{i}/Content.xml"
        yield name, _content(page, first + count + i, shown)


def _content(canvas: Canvas, layer: int, before: str) -> bytes:
    return _xml(
        f'<ofd:Page {_NAMESPACE}>{before}<ofd:Content><ofd:Layer ID="{layer}" Type="Body">'
        f"{''.join(canvas.objects)}</ofd:Layer></ofd:Content></ofd:Page>"
    )


def _xml(body: str) -> bytes:
    return (_PROLOGUE + body).encode()


def _package(parts: Iterator[tuple[str, bytes]]) -> bytes:
    """Stored and not deflated: other versions of zlib write other bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as package:
        for name, data in parts:
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            info.create_system = 3
            info.external_attr = 0o644 << 16
            package.writestr(info, data)
    return out.getvalue()


__all__ = ["OfdMaker", "extract_from_ofd"]
