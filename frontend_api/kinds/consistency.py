"""What the files of one kind must agree on: every pointer meets a field, every field a label."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from frontend_api.domain.kind import Kind

_DETAIL = "/detail"
_MONEY_OUTSIDE = frozenset({"/total", "/at_source"})


def faults_of(kind: Kind) -> Iterator[tuple[str, str]]:
    """Faults as (file, what is wrong); none for a sound kind."""
    yield from _schema_faults(_DETAIL, kind.schema)
    fields = dict(_fields(_DETAIL, kind.schema))
    for pointer in kind.labels:
        if pointer not in fields:
            yield "labels.json", f"{pointer}: is not a field of schema.json"
    for pointer in fields:
        if pointer not in kind.labels:
            yield "labels.json", f"{pointer}: has no label"
    yield from _rule_faults(kind, fields)


def _schema_faults(path: str, schema: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if schema.get("type") != "object" or schema.get("additionalProperties") is not False:
        yield "schema.json", f'{path}: must have "type": "object", "additionalProperties": false'
        return
    for name, inner in schema.get("properties", {}).items():
        here = f"{path}/{name}"
        kind = inner.get("type")
        if kind == "object":
            yield from _schema_faults(here, inner)
        elif kind == "array":
            # The page shows a list as a table, so its elements are flat objects.
            yield from _schema_faults(f"{here}/*", inner.get("items", {}))
            if "maxItems" not in inner:
                yield "schema.json", f"{here}: must have maxItems, or a bill could be endless"
        elif kind == "number":
            yield "schema.json", f"{here}: no fractions; money is an integer in fen"
        elif kind == "string" and "maxLength" not in inner and inner.get("format") != "date":
            yield "schema.json", f"{here}: must have maxLength"


def _fields(path: str, schema: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for name, inner in schema.get("properties", {}).items():
        here = f"{path}/{name}"
        if inner.get("type") == "object":
            yield from _fields(here, inner)
            continue
        yield here, inner
        if inner.get("type") == "array":
            yield from _fields(f"{here}/*", inner.get("items", {}))


def _rule_faults(kind: Kind, fields: Mapping[str, Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    money = _MONEY_OUTSIDE | {p for p, s in fields.items() if s.get("unit") == "fen"}
    amounts = [p for rule in kind.sum_rules for p in (rule.total, *rule.parts)]
    for pointer in [*amounts, *([kind.at_source] if kind.at_source else [])]:
        if pointer not in money:
            yield "kind.json", f'{pointer}: is not an amount ("unit": "fen") of schema.json'
    for pointer in [p for rule in kind.order_rules for p in (rule.earlier, rule.later)]:
        if pointer not in fields:
            yield "kind.json", f"{pointer}: is not a field of schema.json"
