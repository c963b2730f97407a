"""The small declarative language of ``sample.json`` for the members of ``detail``.

Each member is an object with one key, which says how its value is made:

=================  ===========================================================================
``text``           a pattern: ``{digits:4}``, ``{letters:1}``, ``{year}``, ``{next_year}``
``choice``         one of a list
``amount``         a fixed amount in fen
``days_before``    a date that many days before the issue, ``[least, most]``
``minutes_before``  a time that many minutes before the issue, ``[least, most]``
``share``          a part of the amount ``of``, ``between`` two fractions
``split``          the amount ``of`` in ``shares``; what is left goes to ``rest``
``scale``          the amount ``of``, ``times`` over ``by``, rounded to whole fen
``round_up``       the amount ``of``, up to the next multiple of ``to``
``minus``          the first amount less the others
``same``           the value of another pointer
``groups``         the lines' amounts by their items' ``group``: a list of name and amount
``object, list``   members (or elements) made in their order
=================  ===========================================================================

A pointer may name what stands earlier in the bill, such as ``/total`` or ``/detail/net``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

_SLOT = re.compile(r"\{(\w+)(?::(\d+))?\}")
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"


@dataclass(frozen=True, slots=True)
class Draft:
    """A bill in the making: ``request`` grows, ``groups`` holds the lines' sums by group."""

    request: dict[str, Any]
    groups: Mapping[str, int]
    issued_at: datetime
    random: Random

    def at(self, pointer: str) -> Any:
        """What stands at ``pointer``. Raises KeyError when nothing does (yet)."""
        value: Any = self.request
        for step in pointer.split("/")[1:]:
            value = value[step]
        return value


def fill(draft: Draft, target: dict[str, Any], members: Mapping[str, Any]) -> None:
    """Make ``members`` one after the other and put them into ``target``."""
    for name, spec in members.items():
        if "object" in spec:
            target[name] = {}
            fill(draft, target[name], spec["object"])
        else:
            target[name] = make(draft, spec)


def make(draft: Draft, spec: Mapping[str, Any]) -> Any:
    """The value that ``spec`` describes. Raises ValueError for a maker that does not exist."""
    (maker, argument), *more = spec.items()
    if more or maker not in _MAKERS:
        raise ValueError(f"sample.json: {maker!r} is no way to make a value")
    return _MAKERS[maker](draft, argument)


def _text(draft: Draft, pattern: str) -> str:
    def replaced(match: re.Match[str]) -> str:
        what, count = match[1], int(match[2] or 1)
        if what == "digits":
            return "".join(str(draft.random.randrange(10)) for _ in range(count))
        if what == "letters":
            return "".join(draft.random.choice(_LETTERS) for _ in range(count))
        return str(draft.issued_at.year + {"year": 0, "next_year": 1}[what])

    return _SLOT.sub(replaced, pattern)


def _choice(draft: Draft, options: list[Any]) -> Any:
    return draft.random.choice(options)


def _days_before(draft: Draft, bounds: list[int]) -> str:
    return (draft.issued_at - timedelta(days=draft.random.randint(*bounds))).date().isoformat()


def _minutes_before(draft: Draft, bounds: list[int]) -> str:
    return (draft.issued_at - timedelta(minutes=draft.random.randint(*bounds))).isoformat()


def _share(draft: Draft, rule: Mapping[str, Any]) -> int:
    return int(draft.at(rule["of"]) * draft.random.uniform(*rule["between"]))


def _split(draft: Draft, rule: Mapping[str, Any]) -> dict[str, int]:
    whole: int = draft.at(rule["of"])
    left, parts = whole, {}
    for name, bounds in rule["shares"].items():
        parts[name] = min(left, int(whole * draft.random.uniform(*bounds)))
        left -= parts[name]
    return {**parts, rule["rest"]: left}


def _scale(draft: Draft, rule: Mapping[str, Any]) -> int:
    return int((2 * draft.at(rule["of"]) * rule["times"] + rule["by"]) // (2 * rule["by"]))


def _round_up(draft: Draft, rule: Mapping[str, Any]) -> int:
    return int(-(-draft.at(rule["of"]) // rule["to"]) * rule["to"])


def _minus(draft: Draft, pointers: list[str]) -> int:
    first, *others = (draft.at(p) for p in pointers)
    return int(first - sum(others))


def _list(draft: Draft, elements: list[Mapping[str, Any]]) -> list[dict[str, Any]]:
    made: list[dict[str, Any]] = [{} for _ in elements]
    for target, members in zip(made, elements, strict=True):
        fill(draft, target, members)
    return made


_MAKERS: dict[str, Callable[[Draft, Any], Any]] = {
    "text": _text,
    "choice": _choice,
    "amount": lambda _, fen: fen,
    "days_before": _days_before,
    "minutes_before": _minutes_before,
    "share": _share,
    "split": _split,
    "scale": _scale,
    "round_up": _round_up,
    "minus": _minus,
    "same": lambda draft, pointer: draft.at(pointer),
    "groups": lambda draft, _: [{"name": n, "amount": a} for n, a in draft.groups.items()],
    "list": _list,
}
