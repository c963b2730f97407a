"""Taking the bill file out of an OFD that a stranger sent, within strict limits."""

from __future__ import annotations

import posixpath
from xml.parsers import expat

from frontend_api.commitment.bill_file import MAX_BYTES
from frontend_api.documents.attachment import ATTACHMENT_NAME
from frontend_api.documents.strict_zip import StrictZip
from frontend_api.domain.errors import MalformedInput

MAX_OFD_BYTES = 32 * 1024 * 1024  # the longest bill that can be issued takes 20 MiB
_MAX_XML = 1024 * 1024  # of the few parts that are read: no page is among them
_MAX_DEPTH = 16
_NOT_OURS = "download the bill again from the issuer or the holder's page"


def extract_from_ofd(ofd: bytes) -> bytes:
    """The bytes of the one attachment ``piaolian-bill.json``.

    Raises TooLarge for what exceeds a limit; MalformedInput for what is no OFD, is packed in a way
    that two readers could read differently, or has no such attachment or more than one.
    """
    package = StrictZip(ofd, MAX_OFD_BYTES)
    document = _one_text(package, "OFD.xml", "DocRoot")
    where = _located("OFD.xml", document)
    listed = _located(where, _one_text(package, where, "Attachments"))
    found = [
        location
        for name, location in _attachments(package.read(listed, _MAX_XML))
        if name == ATTACHMENT_NAME
    ]
    if len(found) != 1:
        how_many = "no attachment" if not found else f"{len(found)} attachments"
        raise MalformedInput(f"the OFD has {how_many} {ATTACHMENT_NAME}: {_NOT_OURS}")
    return package.read(_located(listed, found[0]), MAX_BYTES)


def creator_version(ofd: bytes) -> str | None:
    """Which version says that it wrote the OFD. Raises as :func:`extract_from_ofd`."""
    package = StrictZip(ofd, MAX_OFD_BYTES)
    texts = _texts(package.read("OFD.xml", _MAX_XML)).get("CreatorVersion", [])
    return texts[0] if len(texts) == 1 else None


def _one_text(package: StrictZip, part: str, element: str) -> str:
    texts = _texts(package.read(part, _MAX_XML)).get(element, [])
    if len(texts) != 1:
        raise MalformedInput(f"the OFD's {part} has {len(texts)} elements {element}: {_NOT_OURS}")
    return texts[0]


def _located(part: str, location: str) -> str:
    """A location as a part's name: from the root with a slash, else beside the part that names it.

    What leads out of the package is refused by :meth:`StrictZip.read`, which has no such part.
    """
    location = location.strip()
    if location.startswith("/"):
        return posixpath.normpath(location[1:])
    return posixpath.normpath(posixpath.join(posixpath.dirname(part), location))


def _texts(data: bytes) -> dict[str, list[str]]:
    """The texts of the elements by local name."""
    found: dict[str, list[str]] = {}
    for name, _, text in _elements(data):
        found.setdefault(name, []).append(text)
    return found


def _attachments(data: bytes) -> list[tuple[str, str]]:
    """Name and location of each attachment."""
    found: list[tuple[str, str]] = []
    for name, attributes, text in _elements(data):
        if name == "FileLoc":
            found.append(("", text))
        elif name == "Attachment":  # told when it ends: its FileLoc has just been
            if not found or found[-1][0]:
                raise MalformedInput(f"the OFD has an attachment without a place: {_NOT_OURS}")
            found[-1] = (attributes.get("Name", ""), found[-1][1])
    return found


def _elements(data: bytes) -> list[tuple[str, dict[str, str], str]]:
    """Every element when it ends: local name, attributes, text. No DTD, no entities."""
    parser = expat.ParserCreate(namespace_separator="}")
    parser.buffer_text = True
    ended: list[tuple[str, dict[str, str], str]] = []
    opened: list[tuple[str, dict[str, str], list[str]]] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        if len(opened) >= _MAX_DEPTH:
            raise MalformedInput("the OFD's XML is nested too deep")
        opened.append((name.rpartition("}")[2], attributes, []))

    def end(_name: str) -> None:
        name, attributes, texts = opened.pop()
        ended.append((name, attributes, "".join(texts)))

    def text(piece: str) -> None:
        if opened:
            opened[-1][2].append(piece)

    def refuse(*_: object) -> None:
        raise MalformedInput("the OFD's XML has a document type or entities")

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler = text
    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = refuse
    try:
        parser.Parse(data, True)
    except expat.ExpatError as e:
        raise MalformedInput(f"the OFD's XML is damaged: {e}") from e
    return ended
