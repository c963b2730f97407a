"""What is said to fit on one line fits: no text is wider than its estimate, in any font."""

from __future__ import annotations

import copy
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import noto_cjk_sans_jp_regular
import pylopdf_fonts_zh_cn
import pytest
from document_bills import bill_file
from pages import crossed, texts

from frontend_api.documents import DocumentMaker
from frontend_api.documents.widths import ems
from frontend_api.domain.kind import Kind

FONTS = (
    pylopdf_fonts_zh_cn.sans_path(),
    pylopdf_fonts_zh_cn.serif_path(),
    Path(str(noto_cjk_sans_jp_regular.FONT_PATH)),
)
_MARK = "囧"


def advances(font: bytes) -> Iterator[tuple[str, float]]:
    """Each character of an OpenType font and its advance width in em."""
    count = struct.unpack_from(">H", font, 4)[0]
    tables = {
        tag: offset
        for tag, _, offset, _ in struct.iter_unpack(">4sLLL", font[12 : 12 + 16 * count])
    }
    per_em = struct.unpack_from(">H", font, tables[b"head"] + 18)[0]
    measured = struct.unpack_from(">H", font, tables[b"hhea"] + 34)[0]
    cmap = tables[b"cmap"]
    for index in range(struct.unpack_from(">H", font, cmap + 2)[0]):
        start = cmap + struct.unpack_from(">L", font, cmap + 8 + 8 * index)[0]
        if struct.unpack_from(">H", font, start)[0] == 12:
            break
    groups = struct.unpack_from(">L", font, start + 12)[0]
    for first, last, glyph in struct.iter_unpack(
        ">LLL", font[start + 16 : start + 16 + 12 * groups]
    ):
        for code in range(first, last + 1):
            at = tables[b"hmtx"] + 4 * min(glyph + code - first, measured - 1)
            yield chr(code), struct.unpack_from(">H", font, at)[0] / per_em


@pytest.mark.parametrize("path", FONTS, ids=lambda path: path.stem)
def test_ems__every_character_of_every_font__is_no_narrower_than_it_is(path: Path) -> None:
    found = list(advances(path.read_bytes()))
    assert len(found) > 20_000
    assert [c for c, width in found if ems(c) < width] == []


def test_ems__line_break_of_a_stranger__never_fits() -> None:
    assert ems("甲\n乙") > 500


def test_ems__chinese_beside_foreign__has_room_for_the_space_between() -> None:
    assert ems("票A票") >= ems("票票") + ems("A") + 0.5


def _named(request: dict[str, Any], text: str) -> None:
    request["lines"][0]["name"] = text


def _of_holder(request: dict[str, Any], text: str) -> None:
    request["holder"]["name"] = text


def _handled(request: dict[str, Any], text: str) -> None:
    request["staff"]["handler"] = text


def _of_place(request: dict[str, Any], text: str) -> None:
    request["detail"]["place"] = text


def _remarked(request: dict[str, Any], text: str) -> None:
    request["remark"] = text


def _remarked_beside(request: dict[str, Any], text: str) -> None:
    request["lines"][0]["remark"] = text


FIELDS = (_named, _of_holder, _handled, _of_place, _remarked, _remarked_beside)


@pytest.mark.parametrize("count", [8, 14, 18, 21, 23, 25, 33, 36, 60, 80])
@pytest.mark.parametrize("into", FIELDS)
def test_page__text_of_any_length__crosses_no_other(
    into: Any,
    count: int,
    maker: DocumentMaker,
    kinds: dict[str, Kind],
    requests_by_kind: dict[str, dict[str, Any]],
) -> None:
    request = copy.deepcopy(requests_by_kind["parking"])
    request["lines"] = [*request["lines"], {"name": "尾", "amount": 1}]
    into(request, _MARK * count)
    pdf = maker.pdf(bill_file(request, kinds["parking"], layout=maker.layout("parking")))
    assert "".join(texts(pdf)).count(_MARK) == count
    assert crossed(pdf, _MARK) == set()


@pytest.mark.parametrize("count", [8, 9, 10])
def test_page__a_few_lines_more_than_fit__stand_closer_on_one_page(
    count: int,
    maker: DocumentMaker,
    kinds: dict[str, Kind],
    requests_by_kind: dict[str, dict[str, Any]],
) -> None:
    kind = kinds["medical_outpatient"]
    request = copy.deepcopy(requests_by_kind[kind.name])
    request["lines"] = [{"name": _MARK * (i + 1), "amount": 1} for i in range(count)]
    pdf = maker.pdf(bill_file(request, kind, layout=maker.layout(kind.name)))
    (page,) = texts(pdf)
    assert page.count(_MARK) == count * (count + 1) // 2
    assert "收款单位" in page
    assert crossed(pdf, _MARK) == set()
