"""The bill file travels inside the PDF, and comes out of strangers' PDFs only within limits."""

from __future__ import annotations

import io
import zlib
from collections.abc import Callable

import pikepdf
import pytest
from altered_pdfs import attached, changed

from frontend_api.commitment.bill_file import MAX_BYTES, BillFile
from frontend_api.documents import DocumentMaker, extract_bill_file
from frontend_api.documents.attachment import MAX_PDF_BYTES
from frontend_api.documents.fiscal_xml import XML_NAME, fiscal_xml
from frontend_api.domain.errors import MalformedInput, TooLarge
from frontend_api.domain.kind import Kind

NAME = "piaolian-bill.json"


@pytest.fixture(scope="module")
def bill(bill_of: Callable[[str], BillFile]) -> BillFile:
    return bill_of("tuition")


@pytest.fixture(scope="module")
def pdf(maker: DocumentMaker, bill: BillFile) -> bytes:
    return maker.pdf(bill)


def test_extract__own_pdf__gives_the_bill_file_to_the_byte(pdf: bytes, bill: BillFile) -> None:
    assert extract_bill_file(pdf) == bill.to_bytes()
    assert BillFile.from_bytes(extract_bill_file(pdf)) == bill


def test_pdf__declares_pdf_a_3_and_the_attachment_as_its_data(pdf: bytes) -> None:
    with pikepdf.open(io.BytesIO(pdf)) as document:
        with document.open_metadata() as metadata:
            assert metadata.pdfa_status == "3U"
        xml, spec = document.Root.AF
        assert spec.AFRelationship == "/Data"
        assert spec.EF.F.Subtype == "/application/json"
        assert xml.AFRelationship == "/Alternative"
        assert xml.EF.F.Subtype == "/application/xml"


def test_pdf__holds_the_fiscal_xml_of_the_same_bill(
    pdf: bytes, bill: BillFile, kinds: dict[str, Kind]
) -> None:
    with pikepdf.open(io.BytesIO(pdf)) as document:
        xml = document.attachments[XML_NAME].get_file().read_bytes()
    assert xml == fiscal_xml(BillFile.from_bytes(bill.to_bytes()), kinds["tuition"])


def test_extract__rewritten_with_object_streams__still_finds_it(pdf: bytes, bill: BillFile) -> None:
    mode = pikepdf.ObjectStreamMode.generate
    rewritten = changed(pdf, lambda _: None, object_stream_mode=mode)
    assert extract_bill_file(rewritten) == bill.to_bytes()


def _without(document: pikepdf.Pdf) -> None:
    del document.attachments[NAME]


def _twice(document: pikepdf.Pdf) -> None:
    document.attachments["other"] = pikepdf.AttachedFileSpec(document, b"{}", filename=NAME)


def _odd_filter(document: pikepdf.Pdf) -> None:
    attached(document, NAME).write(b"00>", filter=pikepdf.Name.ASCIIHexDecode)


def _cut_off(document: pikepdf.Pdf) -> None:
    raw = attached(document, NAME).read_raw_bytes()
    attached(document, NAME).write(raw[: len(raw) // 2], filter=pikepdf.Name.FlateDecode)


def _garbage(document: pikepdf.Pdf) -> None:
    attached(document, NAME).write(b"not deflated", filter=pikepdf.Name.FlateDecode)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (_without, "no attachment"),
        (_twice, "2 attachments"),
        (_odd_filter, "unknown way"),
        (_cut_off, "cut off"),
        (_garbage, "damaged"),
    ],
)
def test_extract__attachment_missing_doubled_or_broken__is_refused(
    change: Callable[[pikepdf.Pdf], object], words: str, pdf: bytes
) -> None:
    with pytest.raises(MalformedInput, match=words):
        extract_bill_file(changed(pdf, change, compress_streams=False))


@pytest.mark.parametrize("user", ["", "secret"])
def test_extract__encrypted__is_refused(user: str, pdf: bytes) -> None:
    locked = changed(pdf, lambda _: None, encryption=pikepdf.Encryption(owner="o", user=user))
    with pytest.raises(MalformedInput, match="encrypted"):
        extract_bill_file(locked)


@pytest.mark.parametrize(
    "data", [b"", b"{}", b"%PDF-1.7", b"%PDF-1.7\n" + b"\x00\xff" * 5000, b"PK\x03\x04"]
)
def test_extract__no_pdf__is_refused(data: bytes) -> None:
    with pytest.raises(MalformedInput):
        extract_bill_file(data)


@pytest.mark.parametrize("keep", [100, 5000, 30000])
def test_extract__truncated_pdf__is_refused(keep: int, pdf: bytes) -> None:
    with pytest.raises(MalformedInput, match="PDF"):
        extract_bill_file(pdf[:keep])


def test_extract__pdf_over_the_limit__is_too_large(pdf: bytes) -> None:
    with pytest.raises(TooLarge, match="16 MiB"):
        extract_bill_file(pdf + b" " * (MAX_PDF_BYTES - len(pdf) + 1))


@pytest.mark.parametrize("size", [MAX_BYTES + 1, 64 * MAX_BYTES])
def test_extract__attachment_that_inflates_too_far__is_too_large(size: int, pdf: bytes) -> None:
    def bomb(document: pikepdf.Pdf) -> None:
        packed = zlib.compress(bytes(size), 9)
        attached(document, NAME).write(packed, filter=pikepdf.Name.FlateDecode)

    with pytest.raises(TooLarge, match="inflates"):
        extract_bill_file(changed(pdf, bomb))


def test_extract__plain_attachment_over_the_limit__is_too_large(pdf: bytes) -> None:
    def large(document: pikepdf.Pdf) -> None:
        attached(document, NAME).write(b"7" * (MAX_BYTES + 1))

    with pytest.raises(TooLarge, match="4 MiB"):
        extract_bill_file(changed(pdf, large, compress_streams=False))


def test_extract__object_stream_that_inflates_too_far__is_refused(pdf: bytes) -> None:
    def bomb(document: pikepdf.Pdf) -> None:
        document.Root.Padding = document.make_indirect(pikepdf.String("a" * 40_000_000))

    mode = pikepdf.ObjectStreamMode.generate
    packed = changed(pdf, bomb, object_stream_mode=mode)
    assert len(packed) < 500_000
    with pytest.raises(MalformedInput):
        extract_bill_file(packed)
