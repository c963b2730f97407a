"""Reading kinds from their folders; whatever is wrong is named with folder, file and field."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import jsonschema_rs

from frontend_api.commitment.canonical import read_json
from frontend_api.domain.errors import MalformedInput, PiaolianError
from frontend_api.domain.field_errors import problems_of
from frontend_api.domain.kind import Kind, OrderRule, SumRule
from frontend_api.kinds.consistency import faults_of
from frontend_api.kinds.kind_schema import KIND_SCHEMA, LABELS_SCHEMA

PACKAGED = Path(__file__).parent
LAYOUT = "layout.typ"


class BrokenKind(PiaolianError):
    """A kind's folder cannot be used; the message names folder, file and field."""

    code = "broken-kind"

    def __init__(self, folder: Path, file: str, fault: str) -> None:
        self.folder, self.file = folder, file
        super().__init__(f"kind {folder.name}: {file}: {fault} (in {folder})")


def load_kinds(root: Path = PACKAGED) -> dict[str, Kind]:
    """Every kind below ``root``, by name: each folder that has a ``kind.json``.

    Raises BrokenKind for the first fault found. Two kinds never share category and type code,
    as their bills would share bill codes.
    """
    kinds: dict[str, Kind] = {}
    codes: dict[tuple[str, str], str] = {}
    for folder in sorted(path.parent for path in root.glob("*/kind.json")):
        kind = _load(folder.resolve())
        code = (kind.category, kind.type_code)
        if code in codes:
            fault = f"/type_code: {''.join(code)} is already that of {codes[code]}"
            raise BrokenKind(folder, "kind.json", fault)
        codes[code] = kind.name
        kinds[kind.name] = kind
    return kinds


def _load(folder: Path) -> Kind:
    data = _read(folder, "kind.json", KIND_SCHEMA)
    schema = _read(folder, "schema.json")
    labels = _read(folder, "labels.json", LABELS_SCHEMA)
    if data["name"] != folder.name:
        raise BrokenKind(folder, "kind.json", f"/name: must be the folder's name {folder.name!r}")
    if not (folder / LAYOUT).is_file():
        raise BrokenKind(folder, LAYOUT, "is missing")
    _check_schema(folder, schema)
    kind = Kind(
        name=data["name"],
        title=data["title"],
        category=data["category"],
        type_code=data["type_code"],
        # The detail becomes part of the request's schema, which names the dialect itself.
        schema={key: value for key, value in schema.items() if key != "$schema"},
        labels=labels,
        sum_rules=tuple(SumRule(r["total"], tuple(r["parts"])) for r in data.get("sum_rules", ())),
        order_rules=tuple(OrderRule(r["earlier"], r["later"]) for r in data.get("order_rules", ())),
        at_source=data.get("at_source"),
        face=data.get("face", {}),
        folder=folder,
    )
    for file, fault in faults_of(kind):
        raise BrokenKind(folder, file, fault)
    return kind


def _read(folder: Path, file: str, schema: Mapping[str, Any] | None = None) -> dict[str, Any]:
    try:
        value = read_json((folder / file).read_bytes())
    except FileNotFoundError as e:
        raise BrokenKind(folder, file, "is missing") from e
    except MalformedInput as e:
        raise BrokenKind(folder, file, str(e)) from e
    if not isinstance(value, dict):
        raise BrokenKind(folder, file, "must be a JSON object")
    for fault in _faults(value, schema) if schema else ():
        raise BrokenKind(folder, file, fault)
    return value


def _faults(value: object, schema: Mapping[str, Any]) -> Iterator[str]:
    for error in jsonschema_rs.validator_for(dict(schema)).iter_errors(value):
        for problem in problems_of(error):
            yield f"{problem.path or '/'}: {problem.message}"


def _check_schema(folder: Path, schema: dict[str, Any]) -> None:
    try:
        jsonschema_rs.meta.validate(schema)
    except (jsonschema_rs.ValidationError, ValueError) as e:
        raise BrokenKind(folder, "schema.json", f"is not a JSON Schema: {e}") from e
