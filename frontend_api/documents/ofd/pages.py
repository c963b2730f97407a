"""The face of a bill on OFD pages: the same texts as on the PDF, placed by simple rules.

A5, landscape. The head is a template that every page shows; lines go on from page to page; total,
details and seals stand below the last one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import count
from typing import Any

from frontend_api.documents.ofd.canvas import (
    FRAME,
    INK,
    QUIET,
    RED,
    TINT,
    Canvas,
    fitting,
    width_of,
    wrapped,
)
from frontend_api.documents.qr import QrDrawing

WIDTH, HEIGHT = 210.0, 148.0
_LEFT, _RIGHT = 9.0, 201.0
_TOP, _BOTTOM = 8.0, 140.0
_LABEL, _SMALL, _TEXT = 2.4, 2.2, 3.0  # sizes of type, in millimetres
_LINE = 4.2
# Right edge, alignment and key of the table's columns.
_COLUMNS = (
    ("项目名称", "Item", 76.0, "left"),
    ("单位", "Unit", 14.0, "left"),
    ("数量", "Quantity", 20.0, "right"),
    ("单价", "Unit price", 24.0, "right"),
    ("金额", "Amount", 26.0, "right"),
    ("备注", "Remark", 32.0, "left"),
)
_PAD = 1.4
_RUN = re.compile("1+")  # dark modules of a row

Face = Mapping[str, Any]


def pages_of(
    face: Face, hints: Mapping[str, str], codes: Sequence[QrDrawing]
) -> tuple[Canvas, list[Canvas]]:
    """The template and the pages. ``hints`` are the kind's, such as what its seal says; ``codes``
    stand at the top right and, if there are two, at the top left."""
    return _Setter(face, hints, codes).set()


class _Setter:
    """Places one face; ``y`` is the top of what comes next on the present page."""

    def __init__(self, face: Face, hints: Mapping[str, str], codes: Sequence[QrDrawing]) -> None:
        self._face, self._hints, self._codes = face, hints, codes
        # Between the codes: where title and numbers have their place.
        self._left = _LEFT + (codes[1].side_mm + 2 if len(codes) > 1 else 0)
        self._right = _RIGHT - codes[0].side_mm - 3
        self._middle = (self._left + self._right) / 2 if len(codes) > 1 else WIDTH / 2 - 8
        self._ids = count(100)
        self._template = Canvas(self._ids)
        self._pages: list[Canvas] = []
        self._y = self._top = 0.0

    @property
    def _page(self) -> Canvas:
        return self._pages[-1] if self._pages else self._template

    def set(self) -> tuple[Canvas, list[Canvas]]:
        self._head()
        self._top = self._y
        self._new_page(table=True)
        for line in self._face["lines"]:
            self._line(line)
        self._page.line(_LEFT, self._y, _RIGHT, self._y)
        self._total()
        self._details()
        for zh, en, text in (
            ("备注", "Remark", self._face["remark"]),
            ("说明", "Notice", self._face["notice"]),
        ):
            if text:
                self._paragraph(zh, en, text)
        self._foot()
        for number, page in enumerate(self._pages, 1):
            self._footer(page, number)
        return self._template, self._pages

    def _room(self, height: float, *, table: bool = False) -> None:
        if self._y + height > _BOTTOM:
            self._new_page(table=table)

    def _new_page(self, *, table: bool) -> None:
        self._pages.append(Canvas(self._ids))
        self._y = self._top
        if table:
            self._table_head()

    # --- head ------------------------------------------------------------------------------------

    def _head(self) -> None:
        page, face = self._page, self._face
        if face["sample"]:
            page.text(
                40, 110, "样票 SAMPLE", 20, colour=RED, alpha=30,
                transform="0.9135 -0.4067 0.4067 0.9135 0 0",
            )  # fmt: skip
        below = self._draw_codes()
        self._pair(_LEFT, _TOP, "区块标识", "Block", face["block"], _SMALL)
        start = self._right - _label_width("链标识", "Chain") - width_of(face["chain"], _SMALL)
        self._pair(start, _TOP, "链标识", "Chain", face["chain"], _SMALL)
        title = face["title"]["zh"]
        page.centred(self._middle, 18.5, title, fitting(title, 5.6, 110), colour=FRAME)
        page.centred(self._middle, 26.8, face["title"]["en"], _LABEL, colour=QUIET)
        self._supervisor_seal()
        self._y = 28.5
        holder = face["holder"]
        id_label = (
            ("统一社会信用代码", "Payer USCC")
            if holder["type"] == "unit"
            else ("交款人证件号码", "Payer ID")
        )
        rows = [
            (("票据代码", "Bill code", face["code"]), ("票据号码", "Bill number", face["number"])),
            (("交款人", "Payer", holder["name"]), ("校验码", "Check code", face["check"])),
            ((*id_label, holder["id"] or "—"), ("开票日期", "Issued at", face["date"])),
        ]
        if face["related"]:
            rows.append((("相关票据", "Related bill", face["related"]), ("", "", "")))
        half = (self._right - self._left) / 2
        for row in rows:
            heights = [self._pair(self._left + half * i, self._y + 3, *cell, room=half)
                       for i, cell in enumerate(row)]  # fmt: skip
            self._y += max(heights)
        self._y = max(self._y, below) + 1.5

    def _draw_codes(self) -> float:
        """The codes; returns where the lower one ends."""
        first, *second = self._codes
        self._page.drawing(_RIGHT - first.side_mm, 4, first.side_mm, *_qr_path(first))
        below = 4 + first.side_mm
        for code in second:
            self._page.drawing(_LEFT, _TOP + 1.5, code.side_mm, *_qr_path(code))
            below = max(below, _TOP + 1.5 + code.side_mm)
        return below

    def _pair(
        self, x: float, y: float, zh: str, en: str, text: str, size: float = _TEXT,
        room: float = 0.0,
    ) -> float:  # fmt: skip
        """A label with its text behind it; returns how high it is."""
        if not zh:
            return 0.0
        self._page.text(x, y, f"{zh} {en}", _LABEL, colour=FRAME)
        start = x + _label_width(zh, en)
        lines = wrapped(text, size, max(room - (start - x) - 1, 20)) if room else [text]
        self._page.text(start, y, lines, size, leading=_LINE)
        return 1.4 + _LINE * len(lines)

    def _supervisor_seal(self) -> None:
        page, middle = self._page, self._middle
        page.ellipse(middle - 14.5, 5.4, 29, 18.5, 0.4)
        page.centred(middle, 10.4, "财政电子票据监制章", 2.2, colour=RED)
        self._within(middle, 19.7, self._face["supervisor"], 1.9, (19.0, 3.2))

    # --- lines -----------------------------------------------------------------------------------

    def _table_head(self) -> None:
        top = self._y
        self._page.box(_LEFT, top, _RIGHT - _LEFT, 7, TINT)
        unit = self._face["total"]["unit"]
        x = _LEFT
        for zh, en, wide, _ in _COLUMNS:
            name = f"金额（{unit}）" if zh == "金额" else zh
            self._page.text(x + _PAD, top + 3, name, _LABEL, colour=FRAME)
            self._page.text(x + _PAD, top + 5.8, en, 1.8, colour=QUIET)
            x += wide
        self._page.line(_LEFT, top, _RIGHT, top, 0.3)
        self._page.line(_LEFT, top + 7, _RIGHT, top + 7)
        self._y = top + 7

    def _line(self, line: Face) -> None:
        cells = self._cells(line)
        height = max(len(cell) for cell in cells) * 3.6 + 1.6
        self._room(height, table=True)
        x = _LEFT
        for lines, (_, _, wide, align) in zip(cells, _COLUMNS, strict=True):
            if align == "right":
                self._page.right(x + wide - _PAD, self._y + 3.6, lines[0], 2.8)
            else:
                colour = QUIET if line["aux"] else INK
                self._page.text(x + _PAD, self._y + 3.6, lines, 2.8, leading=3.6, colour=colour)
            x += wide
        self._y += height
        self._page.line(_LEFT, self._y, _RIGHT, self._y, 0.08)

    def _cells(self, line: Face) -> list[list[str]]:
        parts = [line["code"], line["name"], line["spec"]]
        name = ("　其中 " if line["aux"] else "") + " ".join(p for p in parts if p)
        texts = (name, line["unit"], line["quantity"], line["unit_price"], line["amount"],
                 line["remark"])  # fmt: skip
        return [
            [text] if align == "right" else wrapped(text, 2.8, wide - 2 * _PAD)
            for text, (_, _, wide, align) in zip(texts, _COLUMNS, strict=True)
        ]

    # --- below the lines -------------------------------------------------------------------------

    def _total(self) -> None:
        total = self._face["total"]
        self._room(9 + (5 if total["at_source"] else 0))
        top = self._y
        self._page.box(_LEFT, top + 0.2, _RIGHT - _LEFT, 8, TINT)
        label = ("金额合计（大写）", "Total in words")
        size = fitting(total["words"], 3.6, 86)
        self._pair(_LEFT + _PAD, top + 5.4, *label, total["words"], size)
        size = fitting(total["figures"], 4.0, 35)
        self._page.right(_RIGHT - _PAD, top + 5.4, total["figures"], size)
        self._page.text(140, top + 5.4, "（小写）In figures", _LABEL, colour=FRAME)
        self._y = top + 9
        if total["at_source"]:
            label = ("其中：统筹等直接支付", "Paid at source")
            self._y += self._pair(_LEFT + _PAD, self._y + 2.4, *label, total["at_source"], 2.6) - 1

    def _details(self) -> None:
        facts = [d for d in self._face["detail"].values() if "text" in d]
        fourth = (_RIGHT - _LEFT) / 4
        for start in range(0, len(facts), 4):
            row = facts[start : start + 4]
            cells = [wrapped(f["text"], 2.8, fourth - 2) for f in row]
            height = 3.0 + 3.4 * max(map(len, cells))
            self._room(height)
            for i, (fact, lines) in enumerate(zip(row, cells, strict=True)):
                x = _LEFT + fourth * i + _PAD
                self._page.text(x, self._y + 2.4, f"{fact['zh']} {fact['en']}", 1.9, colour=FRAME)
                self._page.text(x, self._y + 5.6, lines, 2.7, leading=3.4)
            self._y += height
        for entry in self._face["detail"].values():
            if "rows" in entry:
                self._list(entry)

    def _list(self, entry: Face) -> None:
        self._room(8)
        self._page.text(_LEFT + _PAD, self._y + 2.8, _heading(entry), 2.0, colour=FRAME)
        self._y += 3.6
        for text in _rows(entry):
            lines = wrapped(text, 2.6, _RIGHT - _LEFT - 2 * _PAD)
            self._room(3.4 * len(lines))
            self._page.text(_LEFT + _PAD, self._y + 2.6, lines, 2.6, leading=3.4)
            self._y += 3.4 * len(lines)

    def _paragraph(self, zh: str, en: str, text: str) -> None:
        room = _RIGHT - _LEFT - 2 * _PAD
        self._room(2 + _LINE * len(wrapped(text, 2.6, room - 20)))
        self._y += self._pair(_LEFT + _PAD, self._y + 3.2, zh, en, text, 2.6, room=room)

    def _foot(self) -> None:
        face, issuer = self._face, self._face["issuer"]
        names = wrapped(issuer["name"], 3.2, 96)
        staff = [wrapped(face["staff"][key], _TEXT, 29) for key in ("checker", "handler")]
        height = max(19.0, 15.2 + 3.8 * len(names), 6.0 + 3.8 * max(map(len, staff)))
        self._room(height)
        page, top = self._page, max(self._y, _BOTTOM - height)
        page.line(_LEFT, top, _RIGHT, top)
        page.text(_LEFT, top + 4, "收款单位（章）Payee (seal)", _LABEL, colour=FRAME)
        page.text(_LEFT, top + 8.4, names, 3.2, leading=3.8)
        codes = f"统一社会信用代码 USCC {issuer['uscc']}"
        if issuer["outlet"]:
            codes += f"　开票点 Outlet {issuer['outlet']}"
        page.text(_LEFT, top + height - 1.8, codes, _SMALL)
        self._unit_seal(112, top - 1.4)
        labels = ((140, "复核人 Checker"), (171, "收款人 Handler"))
        for (x, label), lines in zip(labels, staff, strict=True):
            page.text(x, top + 4, label, _LABEL, colour=FRAME)
            page.text(x, top + 8.4, lines, _TEXT, leading=3.8)

    def _unit_seal(self, x: float, y: float) -> None:
        page, middle = self._page, x + 10.25
        page.ellipse(x, y, 20.5, 20.5, 0.4)
        self._within(middle, y + 3.4, self._face["issuer"]["name"], 1.8, (15.5, 8.6))
        page.centred(middle, y + 15, "★", 3.4, colour=RED)
        seal = self._hints.get("seal", "电子票据专用章")
        page.centred(middle, y + 17.8, seal, fitting(seal, 1.6, 13), colour=RED)

    def _within(
        self, x: float, top: float, text: str, size: float, room: tuple[float, float]
    ) -> None:
        """A text in the middle of a seal, in as many lines and as small as it takes."""
        wide, high = room
        while len(lines := wrapped(text, size, wide)) * size * 1.15 > high and size > 0.4:
            size *= 0.9
        for i, line in enumerate(lines):
            self._page.centred(x, top + size * 1.15 * (i + 1), line, size, colour=RED)

    def _footer(self, page: Canvas, number: int) -> None:
        text = f"业务流水号 Business no. {self._face['business_no']}"
        page.text(_LEFT, 143, text, 2.0, colour=QUIET)
        page.right(_RIGHT, 143, f"第 {number} 页 / 共 {len(self._pages)} 页", 2.0, colour=QUIET)


def _label_width(zh: str, en: str) -> float:
    """Of a label, up to where its text begins."""
    return 0.5 * _LABEL * (2 * len(zh) + len(en) + 2)


def _heading(entry: Face) -> str:
    """A list's name, and what its columns are."""
    columns = "、".join(f"{c['zh']} {c['en']}".strip() for c in entry["columns"])
    return f"{entry['zh']} {entry['en']}（{columns}）"


def _rows(entry: Face) -> Iterator[str]:
    """A list's rows as texts; names and amounts several to a line."""
    columns: Sequence[Mapping[str, str]] = entry["columns"]
    rows = ["  ".join(row[c["key"]] for c in columns) for row in entry["rows"]]
    together = 4 if len(columns) == 2 else 1
    for start in range(0, len(rows), together):
        yield "    ".join(rows[start : start + together])


def _qr_path(code: QrDrawing) -> tuple[str, float]:
    """The code's dark modules as OFD path data, and how many units it is wide."""
    rows = code.rows
    data = " ".join(
        f"M {left} {y} L {right} {y} L {right} {y + 1} L {left} {y + 1} C"
        for y, row in enumerate(rows)
        for left, right in (run.span() for run in _RUN.finditer(row))
    )
    return data, float(len(rows))
