"""The published presentation: from the code, by its schema, and read without the code."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import jsonschema_rs
import mini_protocol as mini
import pytest
from presentation_vectors import FILE, vectors

SCHEMA = FILE.parents[1] / "schemas" / "presentation.json"


def _read(path: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return loaded


@pytest.fixture(scope="module")
def published() -> dict[str, Any]:
    return _read(FILE)


def test_vectors__made_from_the_code__are_the_published_ones(published: dict[str, Any]) -> None:
    assert json.loads(json.dumps(vectors(), ensure_ascii=False)) == published


def test_schema__takes_the_published_one_and_refuses_others(published: dict[str, Any]) -> None:
    validator = jsonschema_rs.validator_for(_read(SCHEMA))
    value = json.loads(published["text"])
    validator.validate(value)
    for change in (
        {"note": 1},
        {"format": "piaolian-bill/1"},
        {"fields": [["a"]]},
        {"fields": [["total", "0x" + "00" * 32]]},
        {"fields": [[None, "0x00"]]},
    ):
        assert not validator.is_valid({**value, **change})


def test_mini__presentation__leads_to_the_root_of_the_whole_bill(published: dict[str, Any]) -> None:
    whole = _read(FILE.with_name("vectors.json"))
    text = published["text"].encode()
    value = json.loads(text)
    assert mini.canonical(value) == text
    assert "0x" + hashlib.sha256(text).hexdigest() == published["sha256"]
    digests = [mini.digest(f) if len(f) == 3 else bytes.fromhex(f[1][2:]) for f in value["fields"]]
    assert digests == [bytes.fromhex(f["digest"][2:]) for f in whole["fields"]]
    root = mini.root([mini.sha(b"\x00" + d) for d in digests])
    assert "0x" + root.hex() == value["header"]["content_root"]
    named = [f[-2] for f in value["fields"] if f[-2] is not None]
    assert named == sorted(named, key=str.encode)


def test_mini__field_sets__agree(published: dict[str, Any]) -> None:
    for entry in published["field_sets"]:
        ordered = sorted(set(entry["fields"]), key=str.encode)
        assert "0x" + mini.sha(mini.canonical(ordered)).hex() == entry["digest"]
