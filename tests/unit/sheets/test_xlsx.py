"""Spreadsheets: their cells as they are, and none of the traps that a file can be."""

from __future__ import annotations

import zipfile
from pathlib import Path

import orjson
import pytest
from in_memory.xlsx_files import DATE, HEAD, MAIN, TIME, dated, sheet, write_xlsx

from frontend_api.domain.errors import MalformedInput, TooLarge
from frontend_api.sheets import SheetLimits, write_rows

ROWS = [["kind", "total", "when"], ["parking", 1200, dated(46348, DATE)]]


def rows(path: Path, limits: SheetLimits | None = None) -> list[object]:
    out: list[bytes] = []
    write_rows(path, out.append, limits)
    return [orjson.loads(line) for line in out]


def test_rows__texts_numbers_dates__as_typed_cells(tmp_path: Path) -> None:
    cells = ["张三 <&>", 12.5, None, dated(46348, DATE), dated(46348.43, TIME), None]
    path = write_xlsx(tmp_path / "a.xlsx", sheet([["kind"], cells]))
    header, found = rows(path)
    assert header == ["kind"]
    assert found == [
        "张三 <&>", 12.5, None, "2026-11-22", "2026-11-22T10:19:12+08:00",
    ]  # fmt: skip


def test_rows__empty_ones_between__keep_their_numbers(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "a.xlsx", sheet([["kind"], [], [], ["parking"]]))
    assert rows(path) == [["kind"], [], [], ["parking"]]


def test_rows__header_not_in_the_first_row__refused(tmp_path: Path) -> None:
    for name, xml in (("a", sheet(ROWS, first=3)), ("b", sheet([]))):
        with pytest.raises(MalformedInput, match="first row"):
            rows(write_xlsx(tmp_path / f"{name}.xlsx", xml))


def test_rows__not_a_spreadsheet__refused(tmp_path: Path) -> None:
    other, broken = tmp_path / "a.xlsx", tmp_path / "b.xlsx"
    other.write_bytes(b"PK\x03\x04 but no more")
    with pytest.raises(MalformedInput):
        rows(other)
    with zipfile.ZipFile(broken, "w") as archive:
        archive.writestr("readme.txt", "hello")
    with pytest.raises(MalformedInput):
        rows(broken)


def test_guard__unpacks_to_a_hundred_times_its_size__too_large(tmp_path: Path) -> None:
    bomb = write_xlsx(tmp_path / "a.xlsx", sheet(ROWS), **{"xl/media/a.bin": bytes(10_000_000)})
    with pytest.raises(TooLarge):
        rows(bomb)


def test_guard__more_than_the_limit_unpacked__too_large(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "a.xlsx", sheet(ROWS))
    assert len(rows(path)) == 2
    with pytest.raises(TooLarge):
        rows(path, SheetLimits(unpacked=1_000))


def test_guard__a_cell_at_the_far_corner__too_large_before_it_is_laid_out(tmp_path: Path) -> None:
    far = (
        f'{HEAD}<worksheet xmlns="{MAIN}"><sheetData><row r="1"><c r="A1"><v>1</v></c></row>'
        '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData></worksheet>'
    )
    with pytest.raises(TooLarge, match="cells"):
        rows(write_xlsx(tmp_path / "a.xlsx", far))


@pytest.mark.parametrize(
    "start",
    [
        '<!DOCTYPE x [<!ENTITY a "b">]>',
        "<!doctype x>",
        " " * 1_048_570 + '<!ENTITY a "b">',
    ],
    ids=["entity", "small letters", "across two blocks"],
)
def test_guard__entities__refused(tmp_path: Path, start: str) -> None:
    xml = f"<?xml version='1.0'?>{start}" + sheet(ROWS).removeprefix(HEAD)
    path = write_xlsx(tmp_path / "a.xlsx", xml)
    with pytest.raises(MalformedInput, match="entities"):
        rows(path, SheetLimits(ratio=10_000))


def test_guard__xml_in_utf16__refused(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "a.xlsx", sheet(ROWS).encode("utf-16"))
    with pytest.raises(MalformedInput, match="UTF-8"):
        rows(path)


@pytest.mark.parametrize("name", ["../a.xml", "/etc/a.xml", "..\\a.xml", "C:/a.xml"])
def test_guard__part_that_points_outside__refused(tmp_path: Path, name: str) -> None:
    path = write_xlsx(tmp_path / "a.xlsx", sheet(ROWS), **{name: "x"})
    with pytest.raises(MalformedInput, match="outside"):
        rows(path)


def test_guard__symbolic_link__refused(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "a.xlsx", sheet(ROWS))
    with zipfile.ZipFile(path, "a") as archive:
        link = zipfile.ZipInfo("xl/link.xml")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    with pytest.raises(MalformedInput, match="outside"):
        rows(path)
