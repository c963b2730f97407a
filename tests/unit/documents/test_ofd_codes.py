"""The codes on an OFD's page are those of the PDF, and a scan of 100 dpi reads them."""

from __future__ import annotations

import io
from typing import Any

import pytest
from document_bills import in_a_batch
from ofd_rendering import boxes, rendered
from PIL import Image

from frontend_api.commitment.bill_file import BillFile
from frontend_api.commitment.offline_code import FIRST_NODES, SECOND_NODES, read_codes
from frontend_api.documents import OfdMaker, photo_codes
from frontend_api.documents.codes import code_texts
from frontend_api.domain.kind import Kind

LONGEST = FIRST_NODES + SECOND_NODES


@pytest.fixture(scope="module")
def maker(kinds: dict[str, Kind]) -> OfdMaker:
    return OfdMaker(kinds)


def made(
    kinds: dict[str, Kind], requests: dict[str, dict[str, Any]], kind: str, nodes: int
) -> BillFile:
    return in_a_batch(requests[kind], kinds[kind], nodes, layout="1")


def png(page: Image.Image) -> bytes:
    out = io.BytesIO()
    page.save(out, "PNG")
    return out.getvalue()


@pytest.mark.parametrize("nodes", range(LONGEST + 1))
def test_ofd_at_100_dpi__codes__say_header_and_path(
    nodes: int, maker: OfdMaker, kinds, requests_by_kind
) -> None:
    bill = made(kinds, requests_by_kind, "medical_outpatient", nodes)
    found = photo_codes(png(rendered(maker.ofd(bill))))
    assert sorted(found) == sorted(code_texts(bill))
    read = read_codes(found)
    assert (read.header, read.inclusion) == (bill.header, bill.inclusion)


@pytest.mark.parametrize("kind", ["court_fee", "donation", "tax_invoice", "tuition"])
def test_ofd_at_100_dpi__two_codes_on_other_kinds__are_read(
    kind: str, maker: OfdMaker, kinds, requests_by_kind
) -> None:
    bill = made(kinds, requests_by_kind, kind, LONGEST)
    found = photo_codes(png(rendered(maker.ofd(bill))))
    assert sorted(found) == sorted(code_texts(bill))


@pytest.mark.parametrize("nodes", [0, FIRST_NODES, FIRST_NODES + 1, LONGEST])
def test_ofd__codes__stand_free_of_texts_and_of_each_other(
    nodes: int, maker: OfdMaker, kinds, requests_by_kind
) -> None:
    request = {
        **requests_by_kind["tuition"],
        "holder": {"type": "unit", "name": "交" * 60, "id": "91460000DEM000101J"},
    }
    bill = in_a_batch(request, kinds["tuition"], nodes, layout="1")
    codes, texts = boxes(maker.ofd(bill))
    assert len(codes) == (2 if nodes > FIRST_NODES else 1)
    right = max(codes)
    assert (right[0] + right[2], right[1]) == (201, 4)
    for i, (x, y, w, h) in enumerate(codes):
        assert w == h
        assert w >= 26
        for a, b, c, d in [*texts, *codes[i + 1 :]]:
            # A line's box is higher than its letters; the quiet zone is part of the code.
            apart = a >= x + w or a + c <= x or b + 0.3 * d >= y + h or b + d <= y + 0.8
            assert apart, (a, b, c, d)
