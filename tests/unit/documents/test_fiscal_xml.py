"""The fiscal e-bill XML reads back, keeps the standard's order and agrees with the bill file."""

from __future__ import annotations

import copy
import re
import unicodedata
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import orjson
import pytest
from document_bills import bill_file

from frontend_api.documents.fiscal_xml import FIELDS_FILE, fiscal_xml
from frontend_api.domain.kind import Kind

ROOT = Path(__file__).resolve().parents[3]
TABLE = orjson.loads(FIELDS_FILE.read_bytes())
Requests = dict[str, dict[str, Any]]
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


def tree_of(request: dict[str, Any], kind: Kind, **more: Any) -> ElementTree.Element:
    return ElementTree.fromstring(fiscal_xml(bill_file(request, kind, layout="1", **more), kind))


def texts(element: ElementTree.Element) -> dict[str, str]:
    return {child.tag: child.text or "" for child in element}


def at(values: Any, pointer: str) -> Any:
    for step in pointer.split("/")[1:]:
        values = values.get(step) if isinstance(values, dict) else None
    return values


def fen(yuan: str) -> int:
    assert re.fullmatch(r"[0-9]+\.[0-9]{2}", yuan)
    return int(Decimal(yuan) * 100)


def check_rows(rows: list[dict[str, Any]], element: ElementTree.Element, values: Any) -> None:
    """Every element is in the table, in its order, and says what the value says."""
    names = [row["name"] for row in rows]
    found = [child.tag for child in element if child.tag in names]
    assert found == [name for name in names if name in found]
    shown = texts(element)
    for row in rows:
        value = None if row["from"] == "title" else at(values, row["from"])
        if row["from"] == "title":
            continue
        if value is None:
            assert row["name"] not in shown
            assert not row.get("required")
        elif row.get("as") == "yuan":
            assert fen(shown[row["name"]]) == value
        elif row.get("as") == "date":
            assert shown[row["name"]] == value[:10]
        elif row.get("as") == "time":
            assert re.fullmatch(r"[0-9]{2}:[0-9]{2}:[0-9]{2}", shown[row["name"]])
            assert shown[row["name"]] in value
        elif row.get("as") == "party":
            assert shown[row["name"]] == {"person": "1", "unit": "2"}[value]
        elif row.get("as") == "flag":
            assert shown[row["name"]] == "1"
        else:
            assert shown[row["name"]] == str(value)


@pytest.mark.parametrize("name", KINDS)
def test_fiscal_xml__every_kind__reads_back_and_agrees_with_the_bill_file(
    name: str, kinds: dict[str, Kind], requests_by_kind: Requests
) -> None:
    kind = kinds[name]
    made = bill_file(requests_by_kind[name], kind, layout="1", sample=True)
    content, data = {"currency": "CNY", **made.content()}, fiscal_xml(made, kind)
    root = ElementTree.fromstring(data)
    assert root.tag == ("MedicalBills" if name.startswith("medical") else "FiscalBills")
    assert texts(root)["EinvoiceName"] == kind.title["zh"]
    check_rows(TABLE["bill"], root, content)
    (extension,) = root.findall("MainExt")
    check_rows(TABLE["extension"], extension, content)
    items = root.findall("Items")
    assert len(items) == len(content["lines"])
    for item, line in zip(items, content["lines"], strict=True):
        check_rows(TABLE["line"], item, line)
    assert {c.tag for c in root} <= {r["name"] for r in TABLE["bill"]} | {"Items", "MainExt"}
    assert unicodedata.is_normalized("NFC", data.decode())
    assert fiscal_xml(made, kind) == data


@pytest.mark.parametrize("name", KINDS)
def test_fiscal_xml__every_kind__loses_nothing_of_its_detail(
    name: str, kinds: dict[str, Kind], requests_by_kind: Requests
) -> None:
    kind, request = kinds[name], requests_by_kind[name]
    root = tree_of(request, kind)
    named = {row["from"] for row in TABLE["extension"]}
    by_path = {e.get("path"): e for e in root.iter() if e.get("path")}
    for pointer, label in kind.labels.items():
        value = at(request, pointer)
        if value is None or pointer in named:
            continue
        element = by_path[pointer]
        assert element.get("label") == label["zh"]
        if isinstance(value, list):
            rows = [[f.text for f in row] for row in element.findall("Row")]
            assert [len(row) for row in rows] == [len(item) for item in value]
            assert rows[0][0] == str(next(iter(value[0].values())))
        elif isinstance(value, int):
            assert fen(element.text or "") == value
        else:
            assert element.text == value


def test_fiscal_xml__aux_lines__name_their_line(
    kinds: dict[str, Kind], requests_by_kind: Requests
) -> None:
    request = copy.deepcopy(requests_by_kind["medical_outpatient"])
    line = {"code": "C1", "name": "化验费", "amount": 300}
    aux = [{"name": "血常规", "amount": 100}, {"name": "尿常规", "amount": 200, "spec": "10 项"}]
    request["lines"], request["total"], request["at_source"] = [{**line, "aux": aux}], 300, 0
    inner = tree_of(request, kinds["medical_outpatient"]).findall("AuxItems")
    assert [texts(e)["AuxItemName"] for e in inner] == ["血常规", "尿常规"]
    for element, values in zip(inner, aux, strict=True):
        check_rows(TABLE["aux"], element, {**values, "parent": line})


def test_fiscal_xml__markup_and_rare_characters__stay_text(
    kinds: dict[str, Kind], requests_by_kind: Requests
) -> None:
    request = copy.deepcopy(requests_by_kind["parking"])
    request["holder"]["name"] = "𠮷<b>&\"䶮'</b>]]>㛃"
    assert texts(tree_of(request, kinds["parking"]))["PayerName"] == request["holder"]["name"]


def test_fiscal_xml__character_that_no_xml_may_have__is_refused(
    kinds: dict[str, Kind], requests_by_kind: Requests
) -> None:
    request = copy.deepcopy(requests_by_kind["parking"])
    request["remark"] = "a\x0bb"
    with pytest.raises(ValueError, match="XML"):
        tree_of(request, kinds["parking"])


def test_fields_page__every_element__as_the_data_has_it() -> None:
    page = (ROOT / "docs" / "fiscal-xml.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\w+)` \| (\S+) \| `([^`]+)` \|", page, re.MULTILINE)
    data = [
        (row["name"], row["zh"], row["from"])
        for part in ("bill", "line", "aux", "extension")
        for row in TABLE[part]
    ]
    assert rows == data
