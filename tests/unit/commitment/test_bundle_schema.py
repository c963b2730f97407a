"""The published schemas take what is recorded from a real chain, and nothing else."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from tamper.recorded import bundle_json, vectors

SCHEMAS = Path(__file__).resolve().parents[3] / "docs" / "schemas"


def validator(name: str) -> Any:
    return jsonschema_rs.validator_for(json.loads((SCHEMAS / name).read_bytes()))


@pytest.mark.parametrize("name", sorted(vectors()["bundles"]))
def test_bundle__recorded__is_of_the_schema(name: str) -> None:
    assert list(validator("proof-bundle.json").iter_errors(bundle_json(name))) == []


def test_list_of_roots__recorded__is_of_the_schema() -> None:
    assert list(validator("roots.json").iter_errors(vectors()["roots"])) == []


@pytest.mark.parametrize(
    ("part", "member", "value"),
    [
        ("header", "amount_fen", 0),
        ("header", "holder", "0x00"),
        ("proof", "path", ["0x00"]),
        ("receipt", "nodes", ["0x0"]),
        ("state", "stranger", 1),
        ("chain", "bill_registry", "0xZZ"),
    ],
)
def test_bundle__with_a_bad_member__is_not(part: str, member: str, value: Any) -> None:
    made = bundle_json()
    made[part][member] = value
    assert not validator("proof-bundle.json").is_valid(made)


@pytest.mark.parametrize("field", ["0x00", ["salt", "/path"], ["salt", "path", 1], 7])
def test_bundle__with_a_bad_field__is_not(field: Any) -> None:
    assert not validator("proof-bundle.json").is_valid(bundle_json() | {"fields": [field]})


def test_list_of_roots__with_an_unknown_state__is_not() -> None:
    made = vectors()["roots"]
    bad = made | {"ended": [made["ended"][0] | {"state": "FINE"}]}
    assert not validator("roots.json").is_valid(bad)
