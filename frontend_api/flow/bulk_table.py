"""Tables: a row of cells under named columns becomes the JSON request it stands for.

A column is named by the JSON Pointer of its field, with or without the first slash: ``kind``,
``holder/name``, ``lines/0/amount``. Types come from the schema of the row's kind; an empty cell
is an absent field.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

from frontend_api.domain.errors import FieldProblem, InvalidFields, MalformedInput
from frontend_api.domain.field_errors import pointer
from frontend_api.domain.kind import Kind
from frontend_api.domain.request_schema import request_schema

Cell = str | int | float | bool | None
Cells = Sequence[Cell]
Convert = Callable[[Cell], Any]

MAX_COLUMNS = 16_384  # of a spreadsheet
_MOST_DIGITS = 15  # of a number that a spreadsheet keeps exactly
_WHOLE = re.compile(r"-?[0-9]{1,18}\Z")
_MIDNIGHT = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})T00:00:00(\+08:00)?\Z")
_INDEX = re.compile(r"(0|[1-9][0-9]{0,2})\Z")  # below the most lines of a bill
Step = str | int


class Table:
    """The columns of one file, for all kinds of bills."""

    def __init__(self, names: Sequence[str], kinds: Mapping[str, Kind]) -> None:
        """Raises MalformedInput for columns that cannot be told apart or contradict each other."""
        self._paths = _paths(names)
        if ("kind",) not in self._paths:
            raise MalformedInput("there is no column “kind”: the first row must name the columns")
        self._kind_at = self._paths.index(("kind",))
        self._width = len(self._paths)
        self._plans = {name: self._plan(kind) for name, kind in kinds.items()}

    def _plan(self, kind: Kind) -> list[tuple[int, tuple[Step, ...], Convert]]:
        schema = request_schema(kind)
        return [
            (at, path, _CONVERTERS.get(_type_at(schema, path), _as_it_is))
            for at, path in enumerate(self._paths)
            if path
        ]

    def body(self, cells: Cells) -> dict[str, Any]:
        """The request of one row. Raises InvalidFields naming every cell of a wrong type."""
        kind = cells[self._kind_at] if self._kind_at < len(cells) else None
        plan = self._plans.get(kind) if isinstance(kind, str) else None
        if plan is None:
            code = "not-a-choice" if kind else "missing"
            choices = ", ".join(sorted(self._plans))
            raise InvalidFields([FieldProblem("/kind", code, f"must be one of {choices}")])
        if len(cells) > self._width and any(cells[self._width :]):
            raise MalformedInput(f"has {len(cells)} cells, but the header has {self._width}")
        body: dict[str, Any] = {}
        problems = []
        filled = len(cells)
        for at, path, convert in plan:
            cell = cells[at] if at < filled else None
            if cell is None or cell == "":
                continue
            try:
                _put(body, path, convert(cell))
            except ValueError as e:
                problems.append(FieldProblem(pointer(list(path)), "wrong-type", str(e)))
        if problems:
            raise InvalidFields(problems)
        return body


def columns_of(kind: Kind, lines: int) -> list[str]:
    """The names of all columns that bills of a kind may have, with this many lines."""
    return list(_columns(request_schema(kind), "", lines))


def _columns(schema: Mapping[str, Any], path: str, lines: int) -> Iterator[str]:
    for name, inner in schema["properties"].items():
        here = f"{path}/{name}" if path else name
        if "properties" in inner:
            yield from _columns(inner, here, lines)
        elif inner.get("type") == "array":
            if path.startswith("lines/"):
                continue  # the parts of a line: what needs them is better sent as JSON
            for index in range(min(lines, inner["maxItems"])):
                yield from _columns(inner["items"], f"{here}/{index}", lines)
        else:
            yield here


def _paths(names: Sequence[str]) -> list[tuple[Step, ...]]:
    if len(names) > MAX_COLUMNS:
        raise MalformedInput(f"has more than {MAX_COLUMNS} columns")
    paths = [_path(name.strip()) for name in names]
    while paths and not paths[-1]:
        paths.pop()
    seen: set[tuple[Step, ...]] = set()
    for name, path in zip(names, paths, strict=False):
        if path in seen and path:
            raise MalformedInput(f"the column “{name}” is there twice")
        seen.add(path)
    _check_nesting(seen)
    return paths


def _check_nesting(paths: set[tuple[Step, ...]]) -> None:
    """A place is a value, an object or a list, and one of them only."""
    sorts: dict[tuple[Step, ...], type] = {(): str}
    for path in paths:
        for end, step in enumerate(path):
            if sorts.setdefault(path[:end], type(step)) is not type(step):
                raise MalformedInput(f"the column “{_name(path)}” contradicts other columns")
    for path in paths:
        if path and path in sorts:
            raise MalformedInput(f"the column “{_name(path)}” is a part of other columns’ names")


def _name(path: tuple[Step, ...]) -> str:
    return pointer(list(path))[1:]


def _path(name: str) -> tuple[Step, ...]:
    """The steps of a column's name; none for a column without a name, which is left out."""
    parts = name.removeprefix("/").split("/") if name else []
    return tuple(
        int(part) if _INDEX.match(part) else part.replace("~1", "/").replace("~0", "~")
        for part in parts
    )


def _type_at(schema: Mapping[str, Any], path: tuple[Step, ...]) -> str:
    at: Any = schema
    for step in path:
        inner = at.get("items") if isinstance(step, int) else at.get("properties", {}).get(step)
        at = inner or {}
    if "enum" in at or "const" in at:
        return "string"
    return "date" if at.get("format") == "date" else str(at.get("type", ""))


def _put(body: dict[str, Any], path: tuple[Step, ...], value: Any) -> None:
    here: Any = body
    for step, after in pairwise(path):
        empty: Any = [] if isinstance(after, int) else {}
        if isinstance(step, int):
            # A gap stays one: its missing fields are named, and no line moves up.
            here += [type(empty)() for _ in range(step + 1 - len(here))]
            here = here[step]
        else:
            here = here.setdefault(step, empty)
    last = path[-1]
    if isinstance(last, int):
        here += [None for _ in range(last - len(here))]
        here.append(value)
    else:
        here[last] = value


def _as_it_is(cell: Cell) -> Any:
    return cell


def _whole(cell: Cell) -> Any:
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 10**_MOST_DIGITS:
        return int(cell)
    if isinstance(cell, str) and _WHOLE.match(cell):
        return int(cell)
    if isinstance(cell, int) and not isinstance(cell, bool):
        return cell
    raise ValueError(
        f"is {str(cell)[:40]!r}: must be a whole number of fen, such as 12500 for 125.00 yuan"
    )


def _text(cell: Cell) -> str:
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool) or cell is None:
        raise ValueError("must be a text")
    if abs(cell) >= 10**_MOST_DIGITS:
        raise ValueError(
            "is a number of more than 15 digits, of which a spreadsheet loses some: "
            "format the column as text and enter it again"
        )
    if isinstance(cell, float) and not cell.is_integer():
        if float(f"{cell:.15g}") != cell or "e" in (text := f"{cell:.15g}"):
            raise ValueError("is a number that cannot be written exactly: format it as text")
        return text
    return str(int(cell))


def _date(cell: Cell) -> str:
    text = _text(cell)
    midnight = _MIDNIGHT.match(text)
    return midnight[1] if midnight else text


_CONVERTERS: dict[str, Convert] = {"integer": _whole, "string": _text, "date": _date}
