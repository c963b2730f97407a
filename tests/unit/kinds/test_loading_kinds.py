"""Kinds are folders of data; a broken one is named with folder, file and field."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from frontend_api.kinds import BrokenKind, load_kinds
from frontend_api.kinds.loader import PACKAGED

NINE = {
    "medical_outpatient",
    "medical_inpatient",
    "tuition",
    "donation",
    "court_fee",
    "traffic_fine",
    "parking",
    "transit_ticket",
    "tax_invoice",
}
DETAILS: dict[str, dict[str, Any]] = {
    "medical_outpatient": {
        "outpatient_no": "MZ1",
        "visit_date": "2026-11-22",
        "insurance": {"type": "职工", "number": "46"},
        "payment": {"fund": 0, "other": 0, "account": 0, "cash": 5},
        "fee_groups": [{"name": "西药费", "amount": 5}],
    },
    "medical_inpatient": {
        "inpatient_no": "ZY1",
        "admitted_on": "2026-11-01",
        "discharged_on": "2026-11-09",
        "payment": {"fund": 5, "other": 0, "account": 0, "cash": 0},
        "prepaid": 0,
    },
    "tuition": {"student_no": "1", "school": "琼州大学", "year": "2026-2027"},
    "donation": {"project": "图书", "use": "购书", "form": "货币"},
    "court_fee": {"case_no": "（2026）琼 9901 民初 1 号"},
    "traffic_fine": {"notice_no": "46", "violated_at": "2026-11-22T10:00:00+08:00"},
    "parking": {
        "plate": "琼A·00001",
        "entered_at": "2026-11-22T10:00:00+08:00",
        "left_at": "2026-11-22T11:00:00+08:00",
        "place": "一号场",
    },
    "transit_ticket": {"line": "1", "from": "甲", "to": "乙", "at": "2026-11-22T10:00:00+08:00"},
    "tax_invoice": {"seller": {"tax_no": "91"}, "net": 100, "tax": 6},
}
WRONG: list[tuple[str, str, Any]] = [
    ("medical_outpatient", "/visit_date", "2026-02-30"),
    ("medical_outpatient", "/payment/cash", -1),
    ("medical_outpatient", "/payment/cash", 1.5),
    ("medical_outpatient", "/payment/gift", 1),
    ("medical_outpatient", "/fee_groups", [{"name": "没有的类", "amount": 5}]),
    ("medical_inpatient", "/prepaid", "100"),
    ("tuition", "/year", "今年"),
    ("donation", "/form", "现款"),
    ("court_fee", "/case_no", ""),
    ("traffic_fine", "/violated_at", "2026-11-22"),
    ("parking", "/plate", "琼" * 21),
    ("transit_ticket", "/seat", 12),
    ("tax_invoice", "/seller", {"name": "无税号"}),
    ("tax_invoice", "/net", 10**15 + 1),
]


def test_packaged_kinds__are_nine_with_bill_codes_of_their_own() -> None:
    kinds = load_kinds()
    assert set(kinds) == NINE
    codes = {kind.bill_code("46", 2026) for kind in kinds.values()}
    assert len(codes) == 9
    assert all(len(code) == 8 and code.isdecimal() for code in codes)


def test_packaged_kinds__every_label_is_chinese_and_english() -> None:
    for kind in load_kinds().values():
        for label in [kind.title, *kind.labels.values()]:
            assert not label["zh"].isascii()
            assert label["en"].isascii()


@pytest.mark.parametrize("name", sorted(NINE))
def test_schema__good_detail__is_taken_and_an_unknown_or_missing_field_is_not(name: str) -> None:
    validator = _validator(name)
    good = DETAILS[name]
    assert validator.is_valid(good)
    assert not validator.is_valid({**good, "unheard_of": 1})
    for required in load_kinds()[name].schema["required"]:
        assert not validator.is_valid({k: v for k, v in good.items() if k != required})


@pytest.mark.parametrize(("name", "pointer", "value"), WRONG)
def test_schema__wrong_detail__is_refused(name: str, pointer: str, value: Any) -> None:
    detail = json.loads(json.dumps(DETAILS[name]))
    *parents, last = pointer.split("/")[1:]
    target = detail
    for step in parents:
        target = target[step]
    target[last] = value
    assert not _validator(name).is_valid(detail)


def _validator(name: str) -> Any:
    return jsonschema_rs.validator_for(dict(load_kinds()[name].schema), validate_formats=True)


# --- broken folders ------------------------------------------------------------------------------

Edit = Callable[[Any], object]


def _edited(tmp_path: Path, file: str, edit: Edit) -> Path:
    shutil.copytree(PACKAGED / "parking", tmp_path / "parking")
    path = tmp_path / "parking" / file
    value = json.loads(path.read_text(encoding="utf-8"))
    edit(value)
    path.write_text(json.dumps(value), encoding="utf-8")
    return tmp_path


def _drop(key: str) -> Edit:
    return lambda value: value.pop(key)


def _put(key: str, item: object) -> Edit:
    return lambda value: value.update({key: item})


def _put_property(key: str, item: object) -> Edit:
    return lambda value: value["properties"].update({key: item})


BROKEN: list[tuple[str, Edit, str]] = [
    ("kind.json", _drop("title"), "/title: is missing"),
    ("kind.json", _put("category", "4"), "/category"),
    ("kind.json", _put("colour", "red"), "/colour"),
    ("kind.json", _put("name", "car_park"), "/name: must be the folder's name"),
    ("kind.json", _put("at_source", "/detail/plate"), "/detail/plate: is not an amount"),
    (
        "kind.json",
        _put("sum_rules", [{"total": "/total", "parts": ["/detail/fee"]}]),
        "/detail/fee: is not an amount",
    ),
    (
        "kind.json",
        _put("order_rules", [{"earlier": "/detail/in", "later": "/detail/left_at"}]),
        "/detail/in: is not a field",
    ),
    ("schema.json", _put("additionalProperties", True), "additionalProperties"),
    ("schema.json", _put("type", "objekt"), "is not a JSON Schema"),
    ("schema.json", _put_property("plate", {"type": "string"}), "/detail/plate: must have maxL"),
    ("schema.json", _put_property("plate", {"type": "number"}), "/detail/plate: no fractions"),
    ("labels.json", _drop("/detail/plate"), "/detail/plate: has no label"),
    ("labels.json", _put("/detail/colour", {"zh": "色", "en": "x"}), "/detail/colour: is not a f"),
    ("labels.json", _put("/detail/plate", {"zh": "车牌号"}), "/~1detail~1plate/en: is missing"),
]


@pytest.mark.parametrize(("file", "edit", "words"), BROKEN)
def test_broken_kind__is_refused_with_folder_file_and_field(
    file: str, edit: Edit, words: str, tmp_path: Path
) -> None:
    root = _edited(tmp_path, file, edit)
    with pytest.raises(BrokenKind) as caught:
        load_kinds(root)
    message = str(caught.value)
    assert str(tmp_path / "parking") in message
    assert "kind.json" in message or file in message
    assert words in message


@pytest.mark.parametrize("file", ["schema.json", "labels.json", "layout.typ"])
def test_kind_with_a_file_missing__is_refused(file: str, tmp_path: Path) -> None:
    shutil.copytree(PACKAGED / "parking", tmp_path / "parking")
    (tmp_path / "parking" / file).unlink()
    with pytest.raises(BrokenKind, match=f"{file}: is missing"):
        load_kinds(tmp_path)


def test_kind_that_is_not_json__is_refused(tmp_path: Path) -> None:
    shutil.copytree(PACKAGED / "parking", tmp_path / "parking")
    (tmp_path / "parking" / "schema.json").write_text('{"a": 1, "a": 2}')
    with pytest.raises(BrokenKind, match="twice"):
        load_kinds(tmp_path)


def test_two_kinds_with_one_code__are_refused(tmp_path: Path) -> None:
    shutil.copytree(PACKAGED / "tuition", tmp_path / "tuition")
    root = _edited(tmp_path, "kind.json", lambda k: k.update(category="02", type_code="01"))
    with pytest.raises(BrokenKind, match="0201 is already that of parking"):
        load_kinds(root)


def test_kind_without_samples__is_fine(tmp_path: Path) -> None:
    shutil.copytree(PACKAGED / "parking", tmp_path / "parking")
    (tmp_path / "parking" / "sample.json").unlink()
    assert list(load_kinds(tmp_path)) == ["parking"]
