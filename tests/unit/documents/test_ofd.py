"""OFD: an independent reader finds every text of the face, and altered packages are refused."""

from __future__ import annotations

import io
import re
import xml.etree.ElementTree as ET
import zipfile
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

import ofdkit
import pytest
import zxingcpp
from document_bills import VERIFY_URL, bill_file
from ofd_packages import repacked
from PIL import Image, ImageDraw

from frontend_api.commitment.bill_file import BillFile
from frontend_api.documents.face import face_of
from frontend_api.documents.ofd import OfdMaker, extract_from_ofd
from frontend_api.domain.errors import MalformedInput
from frontend_api.domain.kind import Kind

OFD = "{http://www.ofdspec.org/2016}"
KINDS = ("court_fee", "donation", "medical_inpatient", "medical_outpatient", "parking",
         "tax_invoice", "traffic_fine", "transit_ticket", "tuition")  # fmt: skip


@pytest.fixture(scope="module")
def maker(kinds: dict[str, Kind]) -> OfdMaker:
    return OfdMaker(kinds)


@pytest.fixture
def make(kinds, requests_by_kind) -> Callable[..., BillFile]:
    def made(kind: str = "tuition", **change: Any) -> BillFile:
        request = {**requests_by_kind[kind], **change}
        return bill_file(request, kinds[kind], layout="1", sample=True)

    return made


def _texts(value: Any) -> Iterator[str]:
    """Every text of a face that stands on the page."""
    if isinstance(value, str):
        yield value.replace("\u200b", "")
    elif isinstance(value, dict):
        for key, item in value.items():
            if key not in ("type", "key", "carried", "layout", "verify_url", "hints"):
                yield from _texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)


def _read(ofd: bytes) -> str:
    """All texts, object by object: a wrapped one is whole again."""
    with ofdkit.open(io.BytesIO(ofd)) as document:
        assert document.warnings == []
        objects: list[str] = []
        for page in document.pages:
            assert page.text()
            ids = dict.fromkeys(run.object_id for run in page.runs if run.object_id)
            objects += [page.object_text(i) or "" for i in ids]
    return "\n".join(objects)


def _plain(text: str) -> str:
    return "".join(text.split())


@pytest.mark.parametrize("kind", KINDS)
def test_ofd__every_kind__all_texts_of_the_face_read_by_another_reader(
    maker, make, kinds, kind: str
) -> None:
    file = make(kind)
    read = _plain(_read(maker.ofd(file)))
    wanted = [t for t in map(_plain, _texts(face_of(file, kinds[kind]))) if t]
    assert [text for text in wanted if text not in read] == []
    assert "样票SAMPLE" in read


def test_ofd__a_thousand_long_lines__all_of_them_on_many_pages(maker, make) -> None:
    lines = [{"name": f"第{i}项" + "甲" * 60 + "Q" * 50, "amount": 1, "remark": "说明" * 30}
             for i in range(1000)]  # fmt: skip
    made = maker.ofd(make("tuition", lines=lines, total=1000, remark="备" * 300))
    read = _plain(_read(made))
    assert [i for i in range(1000) if f"第{i}项" + "甲" * 60 + "Q" * 50 not in read] == []
    with ofdkit.open(io.BytesIO(made)) as document:
        assert len(document.pages) > 50
        assert all(
            run.x >= 0 and run.x + run.width <= 210.5 and 0 < run.y < 148
            for page in document.pages
            for run in page.runs
            if run.size < 15
        )


def test_ofd__longest_names_and_amounts__within_the_page_and_beside_each_other(maker, make) -> None:
    made = maker.ofd(
        make(
            "tuition",
            holder={"type": "unit", "name": "交" * 120, "id": "91460000DEM000101J"},
            staff={"handler": "收" * 60, "checker": "Q" * 60},
            lines=[{"name": "x", "amount": 10**15}],
            total=10**15,
            business_no="B" * 64,
        )
    )
    with ofdkit.open(io.BytesIO(made)) as document:
        for page in document.pages:
            rows: dict[float, list[tuple[float, float]]] = {}
            for run in (r for r in page.runs if r.size < 15 and r.object_id):
                assert run.x >= 0
                assert run.x + run.width <= 204
                assert 0 < run.y < 146
                rows.setdefault(round(run.y, 1), []).append((run.x, run.x + run.width))
            for placed in rows.values():
                for (_, end), (start, _) in pairwise(sorted(placed)):
                    assert start >= end - 0.6
    read = _plain(_read(made))
    assert "收" * 60 in read
    assert "交" * 120 in read


def test_ofd__largest_bill_that_can_be_issued__still_taken_by_the_reader(maker, make) -> None:
    lines = [
        {
            "name": "甲" * 120, "code": "x" * 40, "amount": 1, "remark": "乙" * 120,
            "spec": "丙" * 80, "aux": [{"name": "丁" * 120, "code": "y" * 40, "spec": "己" * 80,
                     "unit": "庚" * 20, "amount": 1, "remark": "戊" * 120}],
        }
        for _ in range(1000)
    ]  # fmt: skip
    file = make("tuition", lines=lines, total=1000)
    assert extract_from_ofd(maker.ofd(file)) == file.to_bytes()


def test_ofd__ids__all_different(maker, make) -> None:
    with zipfile.ZipFile(io.BytesIO(maker.ofd(make("medical_inpatient")))) as package:
        pages = [n for n in package.namelist() if n.endswith("Content.xml")]
        document = ET.fromstring(package.read("Doc_0/Document.xml"))
        ids = [e.get("ID") for n in pages for e in ET.fromstring(package.read(n)).iter()
               if e.get("ID")]  # fmt: skip
    ids += [e.get("ID") for e in document.iter() if e.get("ID")]
    assert len(ids) == len(set(ids)) > 100
    most = document.find(f"{OFD}CommonData/{OFD}MaxUnitID")
    assert most is not None
    assert max(map(int, ids)) <= int(str(most.text))


def test_ofd__qr_code__read_back_from_its_path(maker, make) -> None:
    with zipfile.ZipFile(io.BytesIO(maker.ofd(make()))) as package:
        page = ET.fromstring(package.read("Doc_0/Tpls/Tpl_0/Content.xml"))
    data = max((str(e.text) for e in page.iter(f"{OFD}AbbreviatedData")), key=len)
    image = Image.new("L", (400, 400), 255)
    for x, y, right, bottom in re.findall(r"M (\d+) (\d+) L (\d+) \d+ L \d+ (\d+) L", data):
        box = [int(x) * 6, int(y) * 6, int(right) * 6 - 1, int(bottom) * 6 - 1]
        ImageDraw.Draw(image).rectangle(box, fill=0)
    found = zxingcpp.read_barcodes(image)
    assert [code.text for code in found] == [VERIFY_URL]


def test_ofd__made_again__same_bytes_and_the_face_compares(maker, make, kinds) -> None:
    file = make()
    made = maker.ofd(file)
    assert OfdMaker(kinds).ofd(file) == made
    assert maker.same_face(made, file.to_bytes()) is True
    painted = repacked(made, lambda _, d: d.replace("票据".encode(), "餐据".encode()))
    assert maker.same_face(painted, file.to_bytes()) is False
    older = repacked(made, lambda _, d: d.replace(b"ofd-1/", b"ofd-0/"))
    assert maker.same_face(older, file.to_bytes()) is None


def test_ofd__attachment__is_the_bill_file(maker, make) -> None:
    file = make()
    assert extract_from_ofd(maker.ofd(file)) == file.to_bytes()
    deflated = repacked(maker.ofd(file), lambda _, d: d, method=zipfile.ZIP_DEFLATED)
    assert extract_from_ofd(deflated) == file.to_bytes()  # another program saved it


def test_ofd__kind_not_installed__refused(make) -> None:
    with pytest.raises(MalformedInput, match="not installed"):
        OfdMaker({}).ofd(make())
