"""OFDs that strangers send: whatever could be read in two ways, or leads elsewhere, is refused."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from document_bills import bill_file
from ofd_packages import FILE, LISTED, repacked

from frontend_api.commitment.bill_file import BillFile
from frontend_api.documents.ofd import MAX_OFD_BYTES, OfdMaker, extract_from_ofd
from frontend_api.domain.errors import InputError, MalformedInput, TooLarge
from frontend_api.domain.kind import Kind


@pytest.fixture(scope="module")
def maker(kinds: dict[str, Kind]) -> OfdMaker:
    return OfdMaker(kinds)


@pytest.fixture
def make(kinds, requests_by_kind) -> Callable[..., BillFile]:
    def made(kind: str = "tuition", **change: Any) -> BillFile:
        request = {**requests_by_kind[kind], **change}
        return bill_file(request, kinds[kind], layout="1", sample=True)

    return made


def _replace(part: str, old: bytes, new: bytes) -> Callable[[bytes], bytes]:
    def alter(ofd: bytes) -> bytes:
        def change(name: str, data: bytes) -> bytes:
            assert name != part or old in data
            return data.replace(old, new) if name == part else data

        return repacked(ofd, change)

    return alter


def _without(part: str) -> Callable[[bytes], bytes]:
    return lambda ofd: repacked(ofd, lambda name, data: None if name == part else data)


def _with(name: str, data: bytes = b"x") -> Callable[[bytes], bytes]:
    return lambda ofd: repacked(ofd, lambda _, d: d, more=((name, data),))


def _bomb(ofd: bytes) -> bytes:
    def change(name: str, data: bytes) -> bytes:
        return b"0" * (8 * 2**20) if name == FILE else data

    return repacked(ofd, change, method=zipfile.ZIP_DEFLATED)


def _link(ofd: bytes) -> bytes:
    out = io.BytesIO(ofd)
    with zipfile.ZipFile(out, "a") as package:
        info = zipfile.ZipInfo("Doc_0/link")
        info.external_attr = 0o120777 << 16
        package.writestr(info, "/etc/passwd")
    return out.getvalue()


def _overlapping(ofd: bytes) -> bytes:
    """The directory's second entry points at the first one's bytes."""
    at = [m.start() for m in re.finditer(b"PK\x01\x02", ofd)]
    altered = bytearray(ofd)
    altered[at[1] + 42 : at[1] + 46] = altered[at[0] + 42 : at[0] + 46]
    return bytes(altered)


ENTITY = b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><ofd:Attachments'
ALTERATIONS: tuple[tuple[str, Callable[[bytes], bytes]], ...] = (
    ("not a zip", lambda _: b"PK\x03\x04 and nothing"),
    ("bytes before it", lambda ofd: b"MZ" + ofd),
    ("cut off", lambda ofd: ofd[: len(ofd) // 2]),
    ("over the limit", lambda ofd: ofd + bytes(MAX_OFD_BYTES)),
    ("no root", _without("OFD.xml")),
    ("no document", _without("Doc_0/Document.xml")),
    ("no list of attachments", _without(LISTED)),
    ("no attachment", _without(FILE)),
    ("attachment of another name", _replace(LISTED, b"piaolian-bill.json", b"other.json")),
    ("two attachments", _replace(LISTED, b"</ofd:Attachments>", b'<ofd:Attachment ID="2" Name='
     b'"piaolian-bill.json"><ofd:FileLoc>x</ofd:FileLoc></ofd:Attachment></ofd:Attachments>')),
    ("attachment without a place", _replace(LISTED, b"ofd:FileLoc", b"ofd:Nowhere")),
    ("leads out of the package", _replace(LISTED, b"<ofd:FileLoc>", b"<ofd:FileLoc>../../../")),
    ("absolute place", _replace(LISTED, b"<ofd:FileLoc>", b"<ofd:FileLoc>/etc/")),
    ("two roots of documents", _replace("OFD.xml", b"</ofd:DocBody>",
     b"<ofd:DocRoot>x</ofd:DocRoot></ofd:DocBody>")),
    ("entities", _replace(LISTED, b"<ofd:Attachments", ENTITY)),
    ("document type in UTF-16", lambda ofd: repacked(ofd, lambda n, d: (
        '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'
        .encode("utf-16") if n == "OFD.xml" else d))),
    ("deep XML", _replace(LISTED, b"</ofd:Attachments>", b"<a>" * 40 + b"</a>" * 40
     + b"</ofd:Attachments>")),
    ("broken XML", _replace("OFD.xml", b"</ofd:OFD>", b"")),
    ("file twice", _with(FILE)),
    ("file twice in other capitals", _with(FILE.upper())),
    ("entry that climbs", _with("../evil")),
    ("entry from the root", _with("/etc/passwd")),
    ("entry with a drive", _with("C:evil")),
    ("entry with backslashes", _with("a\\b")),
    ("entry with a dot", _with("a/./b")),
    ("entry with control characters", _with("a\nb")),
    ("link", _link),
    ("bomb", _bomb),
    ("overlapping entries", _overlapping),
)  # fmt: skip


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("alter", [a[1] for a in ALTERATIONS], ids=[a[0] for a in ALTERATIONS])
def test_extract__package_of_a_stranger__refused(maker, make, alter: Any) -> None:
    made = maker.ofd(make())
    with pytest.raises((MalformedInput, TooLarge)):
        extract_from_ofd(alter(made))
    assert extract_from_ofd(made)


def test_extract__encrypted_or_oddly_packed__refused(maker, make) -> None:
    made = bytearray(maker.ofd(make()))
    at = made.index(b"PK\x01\x02")
    for offset, value in ((8, 1), (10, 12)):  # flag: encrypted; method: bzip2
        altered = bytearray(made)
        altered[at + offset] = value
        with pytest.raises(MalformedInput, match="packed in an unknown way"):
            extract_from_ofd(bytes(altered))


def test_extract__any_byte_changed__never_another_error(maker, make) -> None:
    made = maker.ofd(make())
    end = len(made)
    for position in [*range(0, 600, 7), *range(end - 900, end, 7)]:
        altered = bytearray(made)
        altered[position] ^= 0x41
        with suppress(InputError):
            assert isinstance(extract_from_ofd(bytes(altered)), bytes)
