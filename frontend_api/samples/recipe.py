"""The recipe of a kind's samples, read from its folder."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from frontend_api.commitment.canonical import read_json
from frontend_api.domain.kind import Kind


@dataclass(frozen=True, slots=True)
class Recipe:
    """What the sample bills of one kind are made of; see :mod:`frontend_api.samples.values`.

    ``weight`` is the kind's share of the mix, ``lines`` the least and most number of lines.
    """

    kind: Kind
    weight: int
    issuer: Mapping[str, str]
    business_no: str
    holder: Mapping[str, int]
    lines: tuple[int, int]
    items: tuple[Mapping[str, Any], ...]
    detail: Mapping[str, Any]


def recipes(kinds: Mapping[str, Kind]) -> tuple[Recipe, ...]:
    """The recipes of all kinds that have a ``sample.json``, in the order of their names."""
    found = (_read(kinds[name]) for name in sorted(kinds))
    return tuple(recipe for recipe in found if recipe)


def _read(kind: Kind) -> Recipe | None:
    path = kind.folder / "sample.json"
    if not path.is_file():
        return None
    data = read_json(path.read_bytes())
    least, most = data["lines"]
    return Recipe(
        kind=kind,
        weight=data["weight"],
        issuer=data["issuer"],
        business_no=data["business_no"],
        holder=data["holder"],
        lines=(least, most),
        items=tuple(data["items"]),
        detail=data["detail"],
    )
