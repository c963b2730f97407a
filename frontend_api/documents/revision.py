"""Signatures as incremental updates of a PDF: what stood before stays, to the byte.

Reads only what the typesetter writes: a plain cross-reference table and dictionaries on one line.
An update is a pure function of the document before it and of what a :class:`Slot` says, so that
whoever has the parts can make it again and compare: nothing else may follow the unsigned document.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

_START = re.compile(rb"startxref\n(\d{1,10})\n%%EOF\Z")
_TRAILER = re.compile(
    rb"trailer\n<</Size (\d{1,6})/Root (\d{1,6}) 0 R(/Info \d{1,6} 0 R)?(/ID\[[^\]]{1,200}\])>>\n"
)
_PAGES = re.compile(rb"/Pages (\d{1,6}) 0 R")
_FIRST_KID = re.compile(rb"/Kids\[(\d{1,6}) 0 R")
_ANNOTS = re.compile(rb"/Annots\[([0-9 R]{0,2000})\]")
_SIGNATURE = re.compile(
    rb"<</Type/Sig/Filter/Adobe\.PPKLite/SubFilter/ETSI\.CAdES\.detached/M\(D:(\d{14})Z\)"
    rb"/Name<([0-9A-F]{4,600})>/ByteRange\[0 \d{10} \d{10} \d{10}\]"
    rb"/Contents<([0-9a-f]{4,131072})>>>"
)
_RANGE = b"/ByteRange[0 "
_NO_RANGE = b" ".join([b"0" * 10] * 3)
_END = b"%%EOF"
_ENTRY = 20  # bytes of one line of a cross-reference table
_DEEPEST = 8  # levels of a page tree
FIELDS = (b"Issuer", b"Supervisor")  # who signs, in this order


class NotSignable(ValueError):
    """Not a document as the typesetter writes it, or an update that is not one of ours."""


@dataclass(frozen=True, slots=True)
class Slot:
    """What a signature's dictionary says: who signs, when (seconds), bytes of room for the CMS."""

    name: str
    at: int
    room: int


@dataclass(frozen=True, slots=True)
class Signature:
    """A signature found: its slot, the CMS in it (DER) and the bytes that it covers."""

    slot: Slot
    cms: bytes
    covered: bytes


@dataclass(frozen=True, slots=True)
class _Base:
    """The unsigned document's parts that an update says anew."""

    size: int
    root_number: int
    root: bytes
    page_number: int
    page: bytes
    kept: bytes  # of the trailer


class Signable:
    """A document to which signatures are added, each one covering all that stands before it."""

    def __init__(self, unsigned: bytes) -> None:
        self._base = _read(unsigned)
        self.pdf = unsigned
        self._count = 0

    def prepare(self, slot: Slot) -> tuple[bytes, bytes]:
        """What the next signature covers: the bytes before and after its place."""
        update, place = self._update(slot)
        whole = self.pdf + update
        start = len(self.pdf) + place
        return whole[:start], whole[start + 2 * slot.room + 2 :]

    def add(self, slot: Slot, covered: tuple[bytes, bytes], cms: bytes) -> None:
        """Put a signature into what :meth:`prepare` gave. Raises NotSignable if it is too long."""
        if len(cms) > slot.room:
            raise NotSignable(f"a signature of {len(cms)} bytes does not fit into {slot.room}")
        before, after = covered
        self.pdf = b"".join(
            (before, b"<", cms.hex().ljust(2 * slot.room, "0").encode(), b">", after)
        )
        self._count += 1

    def _update(self, slot: Slot) -> tuple[bytes, int]:
        base, at = self._base, len(self.pdf)
        widgets = [base.size + 2 * i for i in range(self._count + 1)]
        widget = widgets[-1]
        references = b" ".join(b"%d 0 R" % number for number in widgets)
        objects = {
            base.page_number: _with_annotations(base.page, references),
            base.root_number: base.root[:-2]
            + b"/AcroForm<</Fields[%b]/SigFlags 3>>>>" % references,
            # No size, no appearance: the seals are drawn on the page. 132: printed, locked.
            widget: b"<</Type/Annot/Subtype/Widget/FT/Sig/T(%b)/F 132/Rect[0 0 0 0]"
            b"/P %d 0 R/V %d 0 R>>" % (FIELDS[self._count], base.page_number, widget + 1),
            widget + 1: _signature(slot),
        }
        parts, offsets, position = [b"\n"], {}, at + 1
        for number, body in objects.items():
            offsets[number] = position
            parts.append(b"%d 0 obj\n%b\nendobj\n" % (number, body))
            position += len(parts[-1])
        parts.append(_table(offsets, position, widget + 2, base.kept, _start_of(self.pdf)))
        update = b"".join(parts)
        place = update.index(b"/Contents<") + len(b"/Contents")
        end = at + place + 2 * slot.room + 2
        ranges = b"/ByteRange[0 %010d %010d %010d]" % (at + place, end, at + len(update) - end)
        return update.replace(b"/ByteRange[0 %b]" % _NO_RANGE, ranges), place


def _signature(slot: Slot) -> bytes:
    moment = datetime.fromtimestamp(slot.at, UTC)
    name = (b"\xfe\xff" + slot.name.encode("utf-16-be")).hex().upper().encode()
    return (
        b"<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/ETSI.CAdES.detached"
        b"/M(D:%bZ)/Name<%b>/ByteRange[0 %b]/Contents<%b>>>"
        % (f"{moment:%Y%m%d%H%M%S}".encode(), name, _NO_RANGE, b"0" * (2 * slot.room))
    )


def _with_annotations(page: bytes, references: bytes) -> bytes:
    found = _ANNOTS.search(page)
    if found is None:
        return page[:-2] + b"/Annots[%b]>>" % references
    return page[: found.end() - 1] + b" " + references + page[found.end() - 1 :]


def _table(offsets: dict[int, int], position: int, size: int, kept: bytes, previous: int) -> bytes:
    lines = [b"xref\n"]
    for number, offset in sorted(offsets.items()):
        if number - 1 not in offsets:
            run = next(n for n in range(number, size + 1) if n not in offsets) - number
            lines.append(b"%d %d\n" % (number, run))
        lines.append(b"%010d 00000 n\r\n" % offset)
    return b"%btrailer\n<</Size %d%b/Prev %d>>\nstartxref\n%d\n%%%%EOF" % (
        b"".join(lines), size, kept, previous, position,
    )  # fmt: skip


def _start_of(pdf: bytes) -> int:
    found = _START.search(pdf, max(0, len(pdf) - 40))
    if found is None:
        raise NotSignable("has no end as the typesetter writes it")
    return int(found.group(1))


def _read(unsigned: bytes) -> _Base:
    start = _start_of(unsigned)
    trailer = _TRAILER.search(unsigned, start)
    if trailer is None or not unsigned.startswith(b"xref\n0 ", start):
        raise NotSignable("has no table as the typesetter writes it")
    size, root = int(trailer.group(1)), int(trailer.group(2))
    entries = trailer.start() - _ENTRY * size

    def body(number: int) -> bytes:
        if not 0 < number < size:
            raise NotSignable("points to what it does not have")
        line = unsigned[entries + _ENTRY * number :][:10]
        head = b"%d 0 obj\n" % number
        offset = int(line) if line.isdigit() else -1
        end = unsigned.find(b"\nendobj\n", offset)
        text = unsigned[offset + len(head) : end]
        if offset < 0 or end < 0 or not unsigned.startswith(head, offset) or text[-2:] != b">>":
            raise NotSignable("has an object that is not as the typesetter writes it")
        return text

    page_number, page = _first_page(body, body(root))
    kept = b"/Root %d 0 R" % root + (trailer.group(3) or b"") + trailer.group(4)
    return _Base(size, root, body(root), page_number, page, kept)


def _first_page(body: Callable[[int], bytes], root: bytes) -> tuple[int, bytes]:
    found = _PAGES.search(root)
    for _ in range(_DEEPEST):
        if found is None:
            break
        number = int(found.group(1))
        text = body(number)
        if text.startswith(b"<</Type/Page/"):
            return number, text
        found = _FIRST_KID.search(text)
    raise NotSignable("has no first page")


def split(pdf: bytes) -> tuple[bytes, tuple[Signature, ...]]:
    """The unsigned document and the signatures added to it, the first one first.

    Raises NotSignable if what follows the unsigned document is not, to the byte, what adding
    these signatures gives.
    """
    rest, found = pdf, list[tuple[Slot, bytes]]()
    while (range_at := rest.rfind(_RANGE)) >= 0:
        end = rest.rfind(_END + b"\n", 0, range_at) + len(_END)
        match = _SIGNATURE.search(rest, end)
        if end < len(_END) or match is None or len(found) == len(FIELDS):
            raise NotSignable("has a signature that is not one of ours")
        found.insert(0, _slot(*match.groups()))
        rest = rest[:end]
    if not found:
        return pdf, ()
    made, signatures = Signable(rest), []
    for slot, cms in found:
        covered = made.prepare(slot)
        made.add(slot, covered, cms)
        signatures.append(Signature(slot, cms, b"".join(covered)))
    if made.pdf != pdf:
        raise NotSignable("has more after its signatures, or was altered between them")
    return rest, tuple(signatures)


def _slot(moment: bytes, name: bytes, contents: bytes) -> tuple[Slot, bytes]:
    try:
        at = datetime.strptime(f"{moment.decode()}Z", "%Y%m%d%H%M%S%z").timestamp()
        text = bytes.fromhex(name.decode()).decode("utf-16")
        data = bytes.fromhex(contents.decode())
    except ValueError as e:
        raise NotSignable("has a signature that cannot be read") from e
    return Slot(text, int(at), len(data)), data[: _length(data)]


def _length(der: bytes) -> int:
    """Length of the first DER value in ``der``, header included."""
    if len(der) < 2 or der[1] < 0x80:
        return 2 + (der[1] if len(der) > 1 else 0)
    octets = der[1] & 0x7F
    return 2 + octets + int.from_bytes(der[2 : 2 + octets], "big")
