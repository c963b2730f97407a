"""A copy made after the bill went out of use says so across every page, and is recognised."""

from __future__ import annotations

from typing import Any

import pytest
from document_bills import bill_file
from pages import texts

from frontend_api.commitment.bill_file import BillFile
from frontend_api.documents import DocumentMaker, extract_bill_file
from frontend_api.documents.marking import mark_in
from frontend_api.domain.kind import Kind
from frontend_api.domain.mark import Ending, Mark

AT = 1_795_392_000  # 2026-11-23 00:00 in China, still the 22nd in Greenwich


@pytest.fixture(scope="module")
def bill(
    maker: DocumentMaker, kinds: dict[str, Kind], requests_by_kind: dict[str, dict[str, Any]]
) -> BillFile:
    lines = [{"name": f"项目{i}", "amount": 1} for i in range(40)]
    request = {**requests_by_kind["parking"], "lines": lines, "total": 40, "at_source": 0}
    return bill_file(request, kinds["parking"], layout=maker.layout("parking"))


@pytest.mark.parametrize(
    ("ending", "words"),
    [
        (Ending.VOIDED, "作废VOID"),
        (Ending.REVERSED, "红冲REVERSED"),
        (Ending.SWAPPED, "已换开SWAPPED"),
    ],
)
def test_stamped__every_page__says_what_and_when(
    ending: Ending, words: str, bill: BillFile, maker: DocumentMaker
) -> None:
    mark = Mark(ending, AT)
    pdf = maker.pdf(bill, mark)
    pages = texts(pdf)
    assert len(pages) > 1
    assert all(words in page and "2026-11-23" in page for page in pages)
    assert maker.same_face(pdf, extract_bill_file(pdf)) == mark
    assert words not in "".join(texts(maker.pdf(bill)))


def test_stamped__the_stamp_taken_off_or_another_date__is_not_the_same_face(
    bill: BillFile, maker: DocumentMaker
) -> None:
    stamped, plain = maker.pdf(bill, Mark(Ending.VOIDED, AT)), maker.pdf(bill)
    other = stamped.replace(f"VOIDED:{AT}".encode(), f"VOIDED:{AT + 9}".encode())
    assert other != stamped
    assert maker.same_face(other, bill.to_bytes()) is False
    assert maker.same_face(plain, bill.to_bytes()) is True


@pytest.mark.parametrize("keyword", [b"VOIDED:0", b"GONE:5", b"VOIDED:999999999999", b""])
def test_mark_in__what_is_no_mark__is_none(keyword: bytes) -> None:
    assert mark_in(b"/Keywords(piaolian-mark:" + keyword + b")") is None


def test_mark__without_a_time__is_refused() -> None:
    with pytest.raises(ValueError, match="time"):
        Mark(Ending.VOIDED, 0)


def test_pictures__one_a_page__and_a_png_as_wide_as_a_phone(
    bill: BillFile, maker: DocumentMaker
) -> None:
    mark = Mark(Ending.VOIDED, AT)
    png, svg = maker.pictures(bill, "png", mark), maker.pictures(bill, "svg", mark)
    assert len(png) == len(svg) == len(texts(maker.pdf(bill, mark)))
    assert png[0].startswith(b"\x89PNG")
    assert 700 < int.from_bytes(png[0][16:20], "big") < 1100
    assert all(page.lstrip().startswith(b"<svg") for page in svg)
    assert png != maker.pictures(bill, "png")
