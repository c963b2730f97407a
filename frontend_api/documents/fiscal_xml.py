"""The bill as fiscal e-bill XML (财政电子票据 XML), by the element names of DA/T 95-2022.

Which element takes which value is data: ``fiscal_fields.json``; ``docs/fiscal-xml.md`` shows it as
a table. What a bill lacks is left out; what the standard has no name for stands in ``MainExt``, so
that nothing of the bill is lost.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import orjson

from frontend_api.commitment.bill_file import BillFile
from frontend_api.domain.kind import Kind

XML_NAME = "fiscal-bill.xml"
FIELDS_FILE = Path(__file__).with_name("fiscal_fields.json")

# All but Char of XML 1.0, section 2.2; line breaks too, which a reader would alter.
_FORBIDDEN = re.compile(r"[^\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_PARTIES = {"person": "1", "unit": "2"}


def fiscal_xml(bill_file: BillFile, kind: Kind) -> bytes:
    """The XML, UTF-8 in normal form NFC; the same bytes for the same bill file.

    Raises ValueError, KeyError or TypeError for content that is not a bill's.
    """
    content = {"currency": "CNY", **bill_file.content()}
    table = _table()
    root = table["roots"].get(kind.category, table["root"])
    lines = content["lines"]
    text = "".join(
        (
            '<?xml version="1.0" encoding="UTF-8"?>\n',
            f"<{root}>\n",
            *_elements(table["bill"], content, kind),
            *(_group("Items", table["line"], line) for line in lines),
            *(
                _group("AuxItems", table["aux"], {**inner, "parent": line})
                for line in lines
                for inner in line.get("aux", ())
            ),
            "<MainExt>\n",
            *_elements(table["extension"], content, kind),
            *_unnamed(content, kind),
            "</MainExt>\n",
            f"</{root}>\n",
        )
    )
    return unicodedata.normalize("NFC", text).encode()


@cache
def _table() -> dict[str, Any]:
    read: dict[str, Any] = orjson.loads(FIELDS_FILE.read_bytes())
    return read


def _group(name: str, rows: list[dict[str, Any]], values: Mapping[str, Any]) -> str:
    return f"<{name}>\n{''.join(_elements(rows, values))}</{name}>\n"


def _elements(
    rows: list[dict[str, Any]], values: Mapping[str, Any], kind: Kind | None = None
) -> Iterator[str]:
    for row in rows:
        if row["from"] == "title":
            assert kind is not None
            value: Any = kind.title["zh"]
        else:
            value = _at(values, row["from"])
        if value is not None:
            text = _FORMS[row["as"]](value) if "as" in row else str(value)
            yield f"<{row['name']}>{_escaped(text)}</{row['name']}>\n"


def _at(values: Any, pointer: str) -> Any:
    for step in pointer.split("/")[1:]:
        values = values.get(step) if isinstance(values, Mapping) else None
    return values


def _unnamed(content: Mapping[str, Any], kind: Kind) -> Iterator[str]:
    """What the kind has beyond the table, by pointer and label."""
    named = {row["from"] for row in _table()["extension"]}
    for pointer, label in kind.labels.items():
        value = _at(content, pointer)
        if pointer in named or value is None:
            continue
        about = f"path={quoteattr(pointer)} label={quoteattr(label['zh'])}"
        if isinstance(value, list):
            yield f"<List {about}>\n{''.join(_rows(pointer, value, kind))}</List>\n"
        else:
            yield f"<Field {about}>{_escaped(_text(pointer, value, kind))}</Field>\n"


def _rows(pointer: str, rows: list[Mapping[str, Any]], kind: Kind) -> Iterator[str]:
    """In the order of the labels: that of a bill file's members changes on its way."""
    prefix = f"{pointer}/*/"
    columns = [(p, label) for p, label in kind.labels.items() if p.startswith(prefix)]
    for row in rows:
        yield "<Row>"
        for inner, label in columns:
            value = row.get(inner.removeprefix(prefix))
            if value is not None:
                about = f"path={quoteattr(inner)} label={quoteattr(label['zh'])}"
                yield f"<Field {about}>{_escaped(_text(inner, value, kind))}</Field>"
        yield "</Row>\n"


def _text(pointer: str, value: Any, kind: Kind) -> str:
    schema: Mapping[str, Any] = kind.schema
    for step in pointer.split("/")[2:]:
        schema = schema["items"] if step == "*" else schema["properties"][step]
    return _yuan(value) if schema.get("unit") == "fen" else str(value)


def _yuan(fen: int) -> str:
    if type(fen) is not int or fen < 0:
        raise ValueError("an amount must be a whole number of fen, not negative")
    return f"{fen // 100}.{fen % 100:02d}"


_FORMS: Mapping[str, Callable[[Any], str]] = {
    "yuan": _yuan,
    "date": lambda moment: str(moment)[:10],
    "time": lambda moment: str(moment)[11:19],
    "party": lambda party: _PARTIES[party],
    "flag": lambda flag: "1" if flag is True else "0",
}


def _escaped(text: str) -> str:
    if _FORBIDDEN.search(text):
        raise ValueError("a text has a character that XML does not allow")
    return escape(text)
