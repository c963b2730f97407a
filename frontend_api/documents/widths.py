"""How wide the texts of a page are at most, so that the layout need not measure what surely fits.

In em, the width of a Chinese character; the layout knows sizes and columns.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

_FOREIGN = re.compile(r"[!-~]+")
_COLUMNS = ("quantity", "unit_price", "amount")
_UNKNOWN = 1000.0  # a line break or the like, which only a stranger's bill has
_LABEL, _ENGLISH = 0.875, 0.68  # size of a label beside its text's, of its English beside it


class _Widths(dict[str, float]):
    """The width of a character, or a little more, in each of the page's fonts."""

    def __missing__(self, character: str) -> float:
        width = self[character] = _width(character)
        return width


def _width(character: str) -> float:
    code = ord(character)
    if character in ".,:;'| ":
        return 0.33
    if character in "0123456789¥":
        return 0.58
    if character in "mwMW%@":
        return 1.06
    if code < 0x80:
        return _UNKNOWN if code < 0x20 else 0.86 if character.isalpha() or code == 0x26 else 0.61
    if character in "\u2e3a\u2e3b":  # dashes of two and three
        return 2.5
    return 1.0 if 0x3000 <= code < 0xE000 or code >= 0xFF00 else 1.2


_WIDTHS = _Widths()


@lru_cache(2048)  # labels, units and names of items come again and again
def ems(text: str) -> float:
    """A width that ``text`` does not pass on one line."""
    width = sum(map(_WIDTHS.__getitem__, text))
    if not text.isascii():  # the quarter em between Chinese and other characters
        width += 0.5 * len(_FOREIGN.findall(text))
    return round(width, 2)


def widths_of(face: Mapping[str, Any]) -> dict[str, Any]:
    """Widths of the face's texts: single ones, lines, columns of numbers, the kind's own part."""
    lines, issuer, total = face["lines"], face["issuer"], face["total"]
    single = {key: ems(face[key]) for key in ("code", "number", "check", "date", "related")}
    return {
        **single,
        **{key: ems(face["staff"][key]) for key in ("handler", "checker")},
        **{key: ems(total[key]) for key in ("words", "figures", "at_source")},
        **{key: _widest(line[key] for line in lines) for key in _COLUMNS},
        "holder": ems(face["holder"]["name"]),
        "id": ems(face["holder"]["id"]),
        "issuer": ems(issuer["name"]),
        "uscc": ems(f"统一社会信用代码 USCC {issuer['uscc']}　开票点 Outlet {issuer['outlet']}"),
        "remark": ems(face["remark"] + face["notice"]),
        "lines": [_line(line) for line in lines],
        "detail": {pointer: _detail(fact) for pointer, fact in face["detail"].items()},
    }


def _widest(texts: Iterable[str]) -> float:
    return max(map(ems, set(texts)), default=0.0)


def _line(line: Mapping[str, Any]) -> tuple[float, float, float]:
    name = f"　其中 {line['code']} {line['name']}　{line['spec']}"
    return ems(name), ems(line["unit"]), ems(line["remark"])


def _detail(fact: Mapping[str, Any]) -> float | dict[str, float]:
    if "text" in fact:
        return max(ems(fact["text"]), _label(fact))
    return {
        column["key"]: max(_label(column), _widest(row[column["key"]] for row in fact["rows"]))
        for column in fact["columns"]
    }


def _label(label: Mapping[str, Any]) -> float:
    return _LABEL * (ems(label["zh"]) + _ENGLISH * ems(label["en"]) + 1)
