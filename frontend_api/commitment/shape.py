"""What the paths of a bill's fields say before any value is looked at.

Bills of one kind with as many lines have the same paths, so each set of them is judged once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from frontend_api.commitment.canonical import MAX_DEPTH
from frontend_api.commitment.fields import Field, nest

_KEPT = (
    4096  # sets of paths; some kilobytes each, so a stranger's inventions take no more than 20 MB
)
_LONGEST = 256  # paths; the few bills with more are judged anew each time


@dataclass(frozen=True, slots=True)
class Shape:
    """What holds for every bill with these paths.

    ``well_formed``: every path is a JSON Pointer of at most ``MAX_DEPTH`` names. ``ordered``: each
    stands once, in canonical order. ``misfit`` says why they cannot be put together, None if they
    can. ``places`` tells where a field stands, ``lines`` where the bill's lines do; ``scalars`` is
    every place that is no element of an array, None if only the values can tell.
    """

    well_formed: bool
    ordered: bool
    misfit: str | None
    places: Mapping[str, int]
    lines: tuple[int, ...]
    scalars: tuple[int, ...] | None


def shape_of(fields: Sequence[Field]) -> Shape:
    """The shape of a bill's fields. Raises UnicodeEncodeError for a path with half a character."""
    paths = tuple([field.path for field in fields])
    return _kept(paths) if len(paths) <= _LONGEST else _judged(paths)


def _judged(paths: tuple[str, ...]) -> Shape:
    encoded = [path.encode() for path in paths]
    well_formed = all(p.startswith("/") and p.count("/") <= MAX_DEPTH for p in paths)
    escaped = any("~" in path for path in paths)
    elements = [path.rpartition("/")[2].isdecimal() for path in paths]
    return Shape(
        well_formed=well_formed,
        ordered=all(a < b for a, b in pairwise(encoded)),
        misfit=_misfit(paths) if well_formed else None,
        places={path: place for place, path in enumerate(paths)},
        lines=tuple(i for i, p in enumerate(paths) if p.rpartition("/")[0] == "/lines"),
        scalars=None if escaped else tuple(i for i, e in enumerate(elements) if not e),
    )


_kept = lru_cache(_KEPT)(_judged)


def _misfit(paths: tuple[str, ...]) -> str | None:
    try:
        nest(Field("", path, None) for path in paths)
    except ValueError as e:
        return str(e)
    return None
