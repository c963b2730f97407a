"""Small .xlsx files, written part by part, so that they can also be wrong on purpose."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from pathlib import Path
from xml.sax.saxutils import escape

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELS = "http://schemas.openxmlformats.org/package/2006/relationships"
DOC = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
HEAD = '<?xml version="1.0" encoding="UTF-8"?>'
DATE, TIME = 1, 2  # styles


class Raw(str):
    """The XML of a cell as it is."""


def sheet(rows: Sequence[Sequence[object]], first: int = 1) -> str:
    """The XML of a worksheet; ``first`` is the number of its first row."""
    found = "".join(
        f'<row r="{n}">{"".join(_cell(v, f"{_letters(i)}{n}") for i, v in enumerate(row))}</row>'
        for n, row in enumerate(rows, start=first)
    )
    return f'{HEAD}<worksheet xmlns="{MAIN}"><sheetData>{found}</sheetData></worksheet>'


def _cell(value: object, place: str) -> str:
    if value is None:
        return ""
    if isinstance(value, Raw):
        return value.replace("PLACE", place)
    if isinstance(value, int | float):
        return f'<c r="{place}"><v>{value}</v></c>'
    return f'<c r="{place}" t="inlineStr"><is><t>{escape(str(value))}</t></is></c>'


def dated(serial: float, style: int) -> Raw:
    """A cell that is shown as a date (1) or a time (2)."""
    return Raw(f'<c r="PLACE" s="{style}"><v>{serial}</v></c>')


def _letters(index: int) -> str:
    text = ""
    index += 1
    while index:
        index, letter = divmod(index - 1, 26)
        text = chr(65 + letter) + text
    return text


def write_xlsx(path: Path, xml: str | bytes, **more: str | bytes) -> Path:
    """A workbook whose one sheet is ``xml``; ``more`` are further parts by name."""
    parts: dict[str, str | bytes] = {
        "[Content_Types].xml": (
            f'{HEAD}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
            '<Default Extension="rels" '
            'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            '<Default Extension="xml" ContentType="application/xml"/></Types>'
        ),
        "_rels/.rels": (
            f'{HEAD}<Relationships xmlns="{RELS}"><Relationship Id="r1" '
            f'Type="{DOC}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
        ),
        "xl/workbook.xml": (
            f'{HEAD}<workbook xmlns="{MAIN}" xmlns:r="{DOC}"><sheets>'
            '<sheet name="票" sheetId="1" r:id="r1"/></sheets></workbook>'
        ),
        "xl/_rels/workbook.xml.rels": (
            f'{HEAD}<Relationships xmlns="{RELS}"><Relationship Id="r1" '
            f'Type="{DOC}/worksheet" Target="worksheets/sheet1.xml"/>'
            f'<Relationship Id="r2" Type="{DOC}/styles" Target="styles.xml"/></Relationships>'
        ),
        "xl/styles.xml": (
            f'{HEAD}<styleSheet xmlns="{MAIN}"><cellXfs count="3"><xf numFmtId="0"/>'
            '<xf numFmtId="14"/><xf numFmtId="22"/></cellXfs></styleSheet>'
        ),
        "xl/worksheets/sheet1.xml": xml,
        **more,
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path
