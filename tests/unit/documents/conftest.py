from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from document_bills import bill_file

from frontend_api.commitment.bill_file import BillFile
from frontend_api.documents import DocumentMaker
from frontend_api.domain.kind import Kind
from frontend_api.kinds import load_kinds
from frontend_api.samples import generate

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture(scope="session")
def kinds() -> dict[str, Kind]:
    return load_kinds()


@pytest.fixture(scope="session")
def maker(kinds: dict[str, Kind]) -> DocumentMaker:
    return DocumentMaker(kinds)


BillOf = Callable[[str], BillFile]


@pytest.fixture(scope="session")
def bill_of(
    maker: DocumentMaker, kinds: dict[str, Kind], requests_by_kind: dict[str, dict[str, Any]]
) -> BillOf:
    """The bill of a kind, as it would be issued."""

    def made(kind: str) -> BillFile:
        return bill_file(requests_by_kind[kind], kinds[kind], layout=maker.layout(kind))

    return made


@pytest.fixture(scope="session")
def requests_by_kind(kinds: Mapping[str, Kind]) -> dict[str, dict[str, Any]]:
    """The first generated request of each kind."""
    found: dict[str, dict[str, Any]] = {}
    for request in generate(kinds, 11, 400, NOW):
        found.setdefault(request["kind"], request)
    assert set(found) == set(kinds)
    return found
