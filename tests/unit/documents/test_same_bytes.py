"""The document is a pure function of bill file and kind: that is how an altered page is found."""

from __future__ import annotations

import dataclasses
import hashlib
import io
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from document_bills import bill_file

from frontend_api.commitment.bill_file import BillFile
from frontend_api.documents import LAYOUT_VERSION, DocumentMaker, extract_bill_file
from frontend_api.domain.errors import InputError
from frontend_api.domain.kind import Kind

_ROOT = Path(__file__).parents[3]
_OTHER_PROCESS = """
import hashlib, sys
from frontend_api.commitment.bill_file import BillFile
from frontend_api.documents import DocumentMaker
from frontend_api.kinds import load_kinds
bill = BillFile.from_bytes(sys.stdin.buffer.read())
print(hashlib.sha256(DocumentMaker(load_kinds()).pdf(bill)).hexdigest())
"""


@pytest.fixture(scope="module")
def bill(bill_of: Callable[[str], BillFile]) -> BillFile:
    return bill_of("medical_outpatient")


@pytest.fixture(scope="module")
def pdf(maker: DocumentMaker, bill: BillFile) -> bytes:
    return maker.pdf(bill)


def test_pdf__other_process_and_folder__gives_the_same_bytes(
    bill: BillFile, pdf: bytes, tmp_path: Path
) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _OTHER_PROCESS],
        input=bill.to_bytes(),
        capture_output=True,
        check=True,
        cwd=tmp_path,
        env={"PYTHONPATH": str(_ROOT), "PYTHONHASHSEED": "7", "TZ": "America/Lima", "HOME": "/"},
    )
    assert done.stdout.decode().strip() == hashlib.sha256(pdf).hexdigest()


def test_pdf__after_other_bills__gives_the_same_bytes(
    maker: DocumentMaker,
    kinds: dict[str, Kind],
    requests_by_kind: dict[str, dict[str, Any]],
    bill: BillFile,
    pdf: bytes,
) -> None:
    for name, request in requests_by_kind.items():
        maker.pdf(bill_file(request, kinds[name], layout=maker.layout(name)))
    assert maker.pdf(bill) == pdf


def test_same_face__untouched__is_true(maker: DocumentMaker, pdf: bytes) -> None:
    assert maker.same_face(pdf, extract_bill_file(pdf)) is True


def test_same_face__page_altered_under_an_untouched_attachment__is_false(
    maker: DocumentMaker, bill: BillFile, pdf: bytes
) -> None:
    altered = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf)) as document:
        page = document.pages[0]
        page.contents_add(b"q 0.9 g 500 60 60 12 re f Q")
        document.save(altered)
    assert extract_bill_file(altered.getvalue()) == bill.to_bytes()
    assert maker.same_face(altered.getvalue(), bill.to_bytes()) is False


def test_same_face__bytes_after_the_end__is_false(maker: DocumentMaker, pdf: bytes) -> None:
    assert maker.same_face(pdf + b"\n%%EOF", extract_bill_file(pdf)) is False


def test_same_face__data_of_another_bill__is_false(
    maker: DocumentMaker, bill: BillFile, pdf: bytes
) -> None:
    other = dataclasses.replace(bill, verify_url="https://evil.example/")
    assert maker.same_face(pdf, other.to_bytes()) is False


def test_same_face__another_layout_version__cannot_be_compared(
    maker: DocumentMaker, bill: BillFile, pdf: bytes
) -> None:
    other = dataclasses.replace(bill, layout="0/typst-0.1.0/abc")
    assert maker.same_face(pdf, other.to_bytes()) is None


def test_same_face__no_bill_file__is_refused(maker: DocumentMaker, pdf: bytes) -> None:
    with pytest.raises(InputError):
        maker.same_face(pdf, b"{}")


def test_layout__names_version_typesetter_and_everything_that_shapes_the_page(
    maker: DocumentMaker, kinds: dict[str, Kind]
) -> None:
    assert maker.layout("parking").startswith(LAYOUT_VERSION + "/")
    assert len({maker.layout(name) for name in kinds}) == len(kinds)
    relabelled = dataclasses.replace(
        kinds["parking"], labels={"/detail/plate": {"zh": "车号", "en": "Plate"}}
    )
    assert DocumentMaker({"parking": relabelled}).layout("parking") != maker.layout("parking")
