"""The rules for two kinds, and what they say to a body."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from ward_request import NOW, PLAIN, WARD

from frontend_api.domain.errors import InvalidFields
from frontend_api.domain.request import RequestRules


@pytest.fixture(scope="session")
def rules() -> RequestRules:
    return RequestRules({"ward": WARD, "plain": PLAIN})


@pytest.fixture
def problems(rules: RequestRules) -> Callable[[object], list[tuple[str, str]]]:
    """Path and code of every problem of a body; none if it is taken."""

    def of(body: object) -> list[tuple[str, str]]:
        try:
            rules.check(body, NOW)
        except InvalidFields as e:
            return sorted((p.path, p.code) for p in e.problems)
        return []

    return of
