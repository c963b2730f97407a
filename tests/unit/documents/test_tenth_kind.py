"""Adding a kind is adding a folder: no code."""

from __future__ import annotations

import json
from pathlib import Path

from document_bills import bill_file
from pages import texts

from frontend_api.documents import DocumentMaker
from frontend_api.kinds import load_kinds

FILES = {
    "kind.json": {
        "name": "library_card",
        "version": 1,
        "title": {"zh": "图书馆押金票据（电子）", "en": "Library deposit bill"},
        "category": "04",
        "type_code": "09",
    },
    "schema.json": {
        "type": "object",
        "properties": {
            "card_no": {"type": "string", "maxLength": 20},
            "deposit": {"type": "integer", "minimum": 0, "unit": "fen"},
        },
        "required": ["card_no"],
        "additionalProperties": False,
    },
    "labels.json": {
        "/detail/card_no": {"zh": "借书证号", "en": "Card no."},
        "/detail/deposit": {"zh": "押金", "en": "Deposit"},
    },
}
LAYOUT = '#import "@piaolian/base:1.0.0": bill, facts\n#let sheet = bill.with(detail: facts())\n'
REQUEST = {
    "kind": "library_card",
    "business_no": "TS-1",
    "issued_at": "2026-11-22T10:20:30+08:00",
    "holder": {"type": "person", "name": "张三"},
    "total": 10000,
    "lines": [{"name": "押金", "amount": 10000}],
    "staff": {"handler": "李四"},
    "detail": {"card_no": "B-77", "deposit": 10000},
}


def test_new_folder__without_code__makes_documents(tmp_path: Path) -> None:
    folder = tmp_path / "library_card"
    folder.mkdir()
    for name, value in FILES.items():
        (folder / name).write_text(json.dumps(value), encoding="utf-8")
    (folder / "layout.typ").write_text(LAYOUT, encoding="utf-8")
    kinds = load_kinds() | load_kinds(tmp_path)
    maker = DocumentMaker(kinds)
    made = bill_file(REQUEST, kinds["library_card"], layout=maker.layout("library_card"))
    pdf = maker.pdf(made)
    page = texts(pdf)[0]
    for text in ("图书馆押金票据（电子）", "46040926", "借书证号", "B-77", "100.00", "壹佰元整"):
        assert text in page
    assert maker.same_face(pdf, made.to_bytes()) is True
