"""No forgery of a bundle, code, list or bill file is taken, and each is told from the others."""

from __future__ import annotations

from functools import cache

import pytest

from . import suite
from .case import Case, outcome_of


@cache
def known() -> tuple[Case, ...]:
    """All cases, made once."""
    return tuple(suite.all_cases())


@pytest.mark.parametrize("group", [
    "header", "fields", "withheld", "path", "chain", "text", "block header", "block header byte",
    "node", "swap", "seals", "code", "list", "bill file", "carried",
])  # fmt: skip
def test_forgery__of_this_group__is_refused_for_its_reason(group: str) -> None:
    cases = [case for case in known() if case.group == group]
    assert cases
    wrong = [o.to_json() for c in cases if not (o := outcome_of(c)).right_reason]
    assert wrong == []


def test_suite__has_thousands_of_cases__each_of_its_own_name() -> None:
    names = [(case.group, case.name) for case in known()]
    assert len(names) >= 2_000
    assert len(set(names)) == len(names)


def test_case__that_alters_nothing__counts_as_accepted() -> None:
    case = next(c for c in known() if c.group == "header")
    harmless = Case(case.group, "nothing", case.expected, case.genuine, case.genuine)
    outcome = outcome_of(harmless)
    assert not outcome.refused
    assert not outcome.right_reason
