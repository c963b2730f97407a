"""Rows of cells become requests: names, types, what is refused."""

from __future__ import annotations

import csv
import io
from datetime import datetime
from typing import Any

import pytest

from frontend_api.cli.importing import template
from frontend_api.domain.errors import InvalidFields, MalformedInput, NotFound
from frontend_api.domain.request import RequestRules
from frontend_api.flow.bulk_errors import plain_cell
from frontend_api.flow.bulk_table import Cell, Table, columns_of
from frontend_api.kinds import load_kinds

KINDS = load_kinds()
NAMES = [
    "kind", "business_no", "/holder/name", "total", "lines/0/name", "lines/0/amount",
    "lines/1/name", "lines/1/amount", "lines/0/quantity", "detail/visit_date", "issued_at", "",
]  # fmt: skip


def body(*cells: Cell) -> dict[str, Any]:
    return Table(NAMES, KINDS).body(["medical_outpatient", *cells])


def test_body__texts__typed_by_the_schema_of_the_kind() -> None:
    assert body("007", "张三", "300", "药", "100", "床", "200", "1.5", "2026-11-22") == {
        "kind": "medical_outpatient",
        "business_no": "007",
        "holder": {"name": "张三"},
        "total": 300,
        "lines": [
            {"name": "药", "amount": 100, "quantity": "1.5"},
            {"name": "床", "amount": 200},
        ],
        "detail": {"visit_date": "2026-11-22"},
    }


def test_body__cells_of_a_spreadsheet__numbers_and_dates_are_understood() -> None:
    found = body(
        20261122.0, "张三", 300.0, "药", 300, None, None, 1.5,
        "2026-11-22T00:00:00+08:00", "2026-11-22T10:20:30+08:00",
    )  # fmt: skip
    assert found["business_no"] == "20261122"
    assert found["total"] == 300
    assert found["lines"] == [{"name": "药", "amount": 300, "quantity": "1.5"}]
    assert found["detail"] == {"visit_date": "2026-11-22"}
    assert found["issued_at"] == "2026-11-22T10:20:30+08:00"


@pytest.mark.parametrize(
    ("at", "cell", "path"),
    [
        (2, 12.5, "/total"),
        (2, "12.50", "/total"),
        (2, "1e3", "/total"),
        (2, True, "/total"),
        (2, 1e16, "/total"),
        (0, 460_123_199_001_011_234.0, "/business_no"),
        (0, 0.1 + 0.2, "/business_no"),
        (4, "ten", "/lines/0/amount"),
    ],
)
def test_body__cell_of_a_wrong_type__named_by_its_column(at: int, cell: Cell, path: str) -> None:
    cells: list[Cell] = ["B", "张三", "1", "药", "1"]
    cells[at] = cell
    with pytest.raises(InvalidFields) as refused:
        body(*cells)
    assert [(p.path, p.code) for p in refused.value.problems] == [(path, "wrong-type")]


def test_body__gap_in_the_lines__stays_a_gap() -> None:
    assert body("B", None, None, None, None, "床", 1)["lines"] == [{}, {"name": "床", "amount": 1}]


def test_body__unknown_kind_or_too_many_cells__refused() -> None:
    table = Table(["kind"], KINDS)
    for cells, path in ((["none"], "/kind"), ([None], "/kind"), ([], "/kind"), ([3], "/kind")):
        with pytest.raises(InvalidFields) as refused:
            table.body(cells)
        assert refused.value.problems[0].path == path
    with pytest.raises(MalformedInput, match="2 cells"):
        table.body(["parking", "x"])
    assert table.body(["parking", "", None]) == {"kind": "parking"}


def test_body__column_that_no_bill_has__is_left_to_the_rules() -> None:
    table = Table(["kind", "colour"], KINDS)
    assert table.body(["parking", "red"]) == {"kind": "parking", "colour": "red"}


@pytest.mark.parametrize(
    "names",
    [
        ["business_no"],
        ["kind", "total", "/total"],
        ["kind", "lines", "lines/0/name"],
        ["kind", "lines/0/name", "lines/x/name"],
        ["kind", "0/name"],
        ["kind", *(f"x{n}" for n in range(16_384))],
    ],
    ids=lambda names: "+".join(names[:3]),
)
def test_table__columns_that_contradict__refused(names: list[str]) -> None:
    with pytest.raises(MalformedInput):
        Table(names, KINDS)


@pytest.mark.parametrize("name", sorted(KINDS))
def test_template__of_every_kind__its_own_example_is_accepted(name: str) -> None:
    text = template(name, KINDS)
    assert text.startswith("\ufeff")
    header, example = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")))
    assert header == columns_of(KINDS[name], 6)
    body = Table(header, KINDS).body(example)
    now = int(datetime.fromisoformat(body["issued_at"]).timestamp())
    assert RequestRules(KINDS).check(body, now).kind == name


def test_template__no_such_kind__says_which_there_are() -> None:
    with pytest.raises(NotFound, match="parking"):
        template("none", KINDS)


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx"])
def test_plain_cell__what_a_spreadsheet_would_run__is_text(text: str) -> None:
    assert plain_cell(text) == "'" + text
    assert plain_cell("a" + text) == "a" + text
