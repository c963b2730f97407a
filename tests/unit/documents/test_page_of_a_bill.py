"""What a reader finds on the page."""

from __future__ import annotations

import copy
import dataclasses
from typing import Any

import pypdfium2
import pytest
from document_bills import VERIFY_URL, bill_file
from pages import outside_the_page, qr_texts, texts

from frontend_api.commitment.offline_code import MARK, MOST_URL
from frontend_api.documents import DocumentMaker
from frontend_api.domain.errors import MalformedInput
from frontend_api.domain.kind import Kind
from frontend_api.domain.money import capitals, figures

KINDS = (
    "court_fee",
    "donation",
    "medical_inpatient",
    "medical_outpatient",
    "parking",
    "tax_invoice",
    "traffic_fine",
    "transit_ticket",
    "tuition",
)
Requests = dict[str, dict[str, Any]]


def made(
    maker: DocumentMaker, kinds: dict[str, Kind], request: dict[str, Any], **more: Any
) -> bytes:
    kind = kinds[request["kind"]]
    return maker.pdf(bill_file(request, kind, layout=maker.layout(kind.name), **more))


@pytest.mark.parametrize("name", KINDS)
def test_page__every_kind__shows_all_face_data_and_a_readable_qr_code(
    name: str, maker: DocumentMaker, kinds: dict[str, Kind], requests_by_kind: Requests
) -> None:
    request, kind = requests_by_kind[name], kinds[name]
    pdf = made(maker, kinds, request)
    pages = texts(pdf)
    whole = "".join(pages)
    expected = [
        kind.title["zh"],
        "票据代码",
        kind.bill_code("46", 2026),
        "0000000123",
        "k7m2x9",
        request["holder"]["name"],
        request["staff"]["handler"],
        "12460000DEM0000012",
        capitals(request["total"]),
        "¥" + figures(request["total"]),
        "区块标识",
        "1234567",
        "链标识",
        "20260",
    ]
    expected += [line["name"] for line in request["lines"]]
    expected += [kind.labels[p]["zh"] for p in kind.labels if _has(request, p)]
    for text in expected:
        assert "".join(text.split()) in whole, text
    assert qr_texts(pdf) == [[VERIFY_URL]] * len(pages)
    assert outside_the_page(pdf) == []


def _has(request: dict[str, Any], pointer: str) -> bool:
    value: Any = request
    for step in pointer.split("/")[1:]:
        value = value.get(step) if isinstance(value, dict) else None
    return isinstance(value, str | int)


def test_page__is_a5_landscape(
    maker: DocumentMaker, kinds: dict[str, Kind], requests_by_kind: Requests
) -> None:
    page = pypdfium2.PdfDocument(made(maker, kinds, requests_by_kind["parking"]))[0]
    millimetres = [round(points / 72 * 25.4) for points in page.get_size()]
    assert millimetres == [210, 148]


def test_page__identity_and_insurance_numbers__are_masked(
    maker: DocumentMaker, kinds: dict[str, Kind], requests_by_kind: Requests
) -> None:
    request = requests_by_kind["medical_outpatient"]
    page = texts(made(maker, kinds, request))[0]
    number, insured = request["holder"]["id"], request["detail"]["insurance"]["number"]
    assert number not in page
    assert insured not in page
    assert f"{number[:3]}{'*' * 11}{number[-4:]}" in page


def test_page__sample__is_marked_and_a_true_bill_is_not(
    maker: DocumentMaker, kinds: dict[str, Kind], requests_by_kind: Requests
) -> None:
    request = requests_by_kind["tuition"]
    assert "样票SAMPLE" in texts(made(maker, kinds, request, sample=True))[0]
    assert "SAMPLE" not in texts(made(maker, kinds, request))[0]


def test_page__rare_characters__are_drawn_and_unknown_ones_named_by_their_code(
    maker: DocumentMaker, kinds: dict[str, Kind], requests_by_kind: Requests
) -> None:
    request = copy.deepcopy(requests_by_kind["parking"])
    request["holder"]["name"] = "欧阳䶮㛃𬭚𠮷"
    assert "欧阳䶮㛃𬭚𠮷" in texts(made(maker, kinds, request))[0]


def test_page__many_lines__go_on_with_the_head_repeated_and_sums_carried(
    maker: DocumentMaker, kinds: dict[str, Kind], requests_by_kind: Requests
) -> None:
    request = copy.deepcopy(requests_by_kind["medical_outpatient"])
    request["lines"] = [
        {"name": f"项目{i}", "amount": 100, "quantity": "1.00", "unit_price": "1.0000"}
        for i in range(60)
    ]
    request["lines"][0]["aux"] = [{"name": "甲", "amount": 60}, {"name": "乙", "amount": 40}]
    request["total"], request["at_source"] = 6000, 0
    pages = texts(made(maker, kinds, request))
    assert len(pages) > 2
    assert all("0000000123" in page and "项目名称" in page for page in pages)
    assert "其中甲" in pages[0]
    carried = [page.split("累计Carried")[1].split("第")[0] for page in pages]
    assert carried[-1] == "60.00"
    assert carried == sorted(carried, key=float)
    assert "陆拾元整" in pages[-1]
    assert not any("陆拾元整" in page for page in pages[:-1])


def test_page__everything_as_long_as_allowed__nothing_is_lost_or_leaves_the_page(
    maker: DocumentMaker, kinds: dict[str, Kind], requests_by_kind: Requests
) -> None:
    request = copy.deepcopy(requests_by_kind["tax_invoice"])
    top = 10**15
    request["holder"]["name"] = "琼州深海" * 29 + "完"
    request["lines"] = [
        {
            "code": "ABCDEFGHIJ" * 4,
            "name": "长项目名" * 29 + "止",
            "unit": "ABCDEFGHIJ" * 2,
            "spec": "规格" * 40,
            "quantity": "9999999999.99",
            "unit_price": "999999999999.9999",
            "amount": top,
            "remark": "R" * 120,
        }
    ]
    request["total"] = top
    request["remark"] = "注" * 299 + "终"
    request["staff"] = {"handler": "欧阳" * 30, "checker": "Q" * 60}
    detail = request["detail"]
    detail["buyer"]["name"] = detail["seller"]["name"] = "公司" * 50
    detail["net"], detail["tax"] = top, 0
    detail["taxes"] = [{"rate": "6%", "net": top, "tax": 0}] * 12
    pdf = made(maker, kinds, request)
    whole = "".join(texts(pdf)).replace("\u200b", "")
    assert outside_the_page(pdf) == []
    for text in (request["holder"]["name"], "终", "Q" * 60, "10,000,000,000,000.00"):
        assert text in whole


@pytest.mark.parametrize(("length", "dpi"), [(80, 100), (300, 100), (800, 100)])
def test_qr__longer_url__still_reads_from_the_page(
    length: int, dpi: int, maker: DocumentMaker, kinds: dict[str, Kind], requests_by_kind: Requests
) -> None:
    url = "https://piaolian.example/v/" + ("aB3_xY9-" * 100)[: length - 27]
    pdf = made(maker, kinds, requests_by_kind["tuition"], verify_url=url)
    [[text]] = qr_texts(pdf, dpi)
    # A short address has the proof behind it; a long one leaves no room.
    assert text.partition(MARK)[0] == url
    assert (text != url) == (length <= MOST_URL)


def test_page__other_currency__says_so_in_words_and_figures(
    maker: DocumentMaker, kinds: dict[str, Kind], requests_by_kind: Requests
) -> None:
    request = requests_by_kind["donation"] | {"currency": "USD"}
    page = texts(made(maker, kinds, request))[0]
    assert "USD" + figures(request["total"]) in page
    assert "（美元）" + capitals(request["total"]) in page


def test_png__one_picture_a_page(
    maker: DocumentMaker, kinds: dict[str, Kind], requests_by_kind: Requests
) -> None:
    kind = kinds["parking"]
    made_file = bill_file(requests_by_kind["parking"], kind, layout=maker.layout(kind.name))
    (picture,) = maker.pictures(made_file, "png", ppi=72)
    assert picture.startswith(b"\x89PNG")


def test_pdf__kind_not_installed__is_refused(
    maker: DocumentMaker, kinds: dict[str, Kind], requests_by_kind: Requests
) -> None:
    request = requests_by_kind["parking"] | {"kind": "unheard_of"}
    with pytest.raises(MalformedInput, match="not installed"):
        maker.pdf(bill_file(request, kinds["parking"], layout="1"))


HOSTILE: list[tuple[str, Any]] = [
    ("holder", "张三"),
    ("holder", {"type": "person", "name": 7}),
    ("holder", {"type": "person", "name": {"zh": "张三"}}),
    ("lines", [{"name": "项", "amount": -1}]),
    ("lines", [{"name": "项", "amount": "1"}]),
    ("lines", ["项"]),
    ("lines", [{"name": "项", "amount": 1}] * 1001),
    ("issued_at", "2026-11-22"),
    ("detail", [1]),
    ("detail", {"plate": {"deep": ["琼"]}}),
    ("staff", None),
    ("remark", ["x"]),
    ("related", {"bill_code": 1}),
]


@pytest.mark.parametrize(("member", "value"), HOSTILE)
def test_pdf__content_of_a_stranger_that_is_no_bill__is_refused_or_drawn_never_an_other_error(
    member: str,
    value: Any,
    maker: DocumentMaker,
    kinds: dict[str, Kind],
    requests_by_kind: Requests,
) -> None:
    request = requests_by_kind["parking"] | {member: value}
    try:
        assert made(maker, kinds, request).startswith(b"%PDF")
    except MalformedInput as e:
        assert str(e)  # noqa: PT017 - both outcomes are right


def test_pdf__block_time_beyond_any_calendar__is_refused(
    maker: DocumentMaker, kinds: dict[str, Kind], requests_by_kind: Requests
) -> None:
    kind = kinds["parking"]
    sound = bill_file(requests_by_kind["parking"], kind, layout="1")
    late = dataclasses.replace(sound, anchor=dataclasses.replace(sound.anchor, block_time=2**62))
    with pytest.raises(MalformedInput):
        maker.pdf(late)


def test_page__markup_in_texts__is_shown_as_it_is_and_never_run(
    maker: DocumentMaker, kinds: dict[str, Kind], requests_by_kind: Requests
) -> None:
    request = copy.deepcopy(requests_by_kind["parking"])
    request["holder"]["name"] = '#read("/etc/passwd")$x$*b*'
    request["remark"] = "= 标题 #pagebreak()"
    (page,) = texts(made(maker, kinds, request))
    assert '#read("/etc/passwd")$x$*b*' in page.replace("\u200b", "")
    assert "=标题#pagebreak()" in page


def test_page__more_aux_lines_than_pages_should_hold__are_left_to_the_bill_file(
    maker: DocumentMaker, kinds: dict[str, Kind], requests_by_kind: Requests
) -> None:
    request = copy.deepcopy(requests_by_kind["medical_outpatient"])
    aux = [{"name": "细目", "amount": 1}] * 150
    request["lines"] = [{"name": f"项目{i}", "amount": 150, "aux": aux} for i in range(20)]
    request["total"], request["at_source"] = 3000, 0
    pages = texts(made(maker, kinds, request))
    assert len(pages) <= 3
    assert "附加明细过多" in pages[-1]


def test_pdf__content_without_lines__is_refused(
    maker: DocumentMaker, kinds: dict[str, Kind], requests_by_kind: Requests
) -> None:
    request = {k: v for k, v in requests_by_kind["parking"].items() if k != "lines"}
    with pytest.raises(MalformedInput, match="not that of a bill"):
        maker.pdf(bill_file(request, kinds["parking"], layout="1"))
