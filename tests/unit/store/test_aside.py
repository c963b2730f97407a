"""Projections made anew beside the old: compared row by row, and put in place at once."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from in_memory.chain import MemoryChain, anchored, issuer_admitted, numbers_granted, series_opened
from in_memory.values import CODE, FIRST_KEY, SCHOOL

from frontend_api.domain.errors import StateConflict
from frontend_api.store.aside import aside, differences
from frontend_api.store.database import Database
from frontend_api.store.projections import SqlProjections, read_cursor


@pytest.fixture
def told(
    chain: MemoryChain, projections: SqlProjections, follow: Callable[[], None]
) -> SqlProjections:
    """Projections of an issuer with numbers and one batch."""
    chain.add(issuer_admitted(SCHOOL), series_opened(CODE))
    chain.add(numbers_granted(1, SCHOOL, CODE, 1, 100))
    chain.add(anchored(1, FIRST_KEY, 3, b"r" * 32, 30_000, "0x" + "ab" * 20))
    follow()
    return projections


def _sql(database: Database, statement: str) -> None:
    with database.write() as c:
        c.exec_driver_sql(statement)


def _differences(database: Database, folder: Path) -> list[tuple[str, str, str]]:
    with aside(folder) as other, database.read() as view:
        SqlProjections(other).copy_events(view, read_cursor(view))
        with other.read() as made:
            return [(d.table, d.row, d.field) for d in differences(view, made)]


@pytest.mark.usefixtures("told")
def test_differences__replayed_events__none_until_a_row_is_touched(
    database: Database, tmp_path: Path
) -> None:
    assert _differences(database, tmp_path) == []
    _sql(database, "UPDATE issuers SET name = 'another', region = 1")
    _sql(database, "DELETE FROM series")
    _sql(database, "INSERT INTO voids VALUES (9, 1, 1)")
    _sql(database, "UPDATE anchors SET size = 'many'")  # SQLite takes it
    assert _differences(database, tmp_path) == [
        ("issuers", SCHOOL, "name"),
        ("issuers", SCHOOL, "region"),
        ("series", CODE, "*"),
        ("anchors", str(FIRST_KEY), "size"),
        ("voids", "9", "*"),
    ]


@pytest.mark.usefixtures("told")
def test_copy_events__altered_event__named(database: Database, tmp_path: Path) -> None:
    _sql(database, "UPDATE events SET args = '{}' WHERE event = 'Anchored'")
    with pytest.raises(StateConflict, match="event 3/0 cannot be read again"):
        _differences(database, tmp_path)


def test_become__all_projections__and_the_counter_never_goes_back(
    database: Database, told: SqlProjections, tmp_path: Path
) -> None:
    with aside(tmp_path) as other:
        with database.read() as view:
            SqlProjections(other).copy_events(view, read_cursor(view))
        for table in ("issuers", "anchors", "events", "cursor"):
            _sql(database, f"DELETE FROM {table}")
        _sql(database, "UPDATE counters SET next_key = next_key + 5")
        with other.read() as source:
            told.become(source)
    assert _differences(database, tmp_path) == []
    cursor = told.cursor()
    assert cursor is not None
    assert cursor.number == 3
    with database.read() as c:
        next_key = c.exec_driver_sql("SELECT next_key FROM counters").scalar()
    assert next_key == FIRST_KEY + 3 + 5


def test_become__killed_in_the_middle__the_old_ones_stay(
    database: Database, told: SqlProjections, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("frontend_api.store.projections._raise_counter", killed)
    with aside(tmp_path) as other, other.read() as empty:
        other_counters = "INSERT INTO counters VALUES (1, 1)"
        _sql(other, other_counters)
        with pytest.raises(KeyboardInterrupt):
            told.become(empty)
    monkeypatch.undo()
    assert _differences(database, tmp_path) == []


def test_aside__left_by_a_killed_process__removed_by_the_next(tmp_path: Path) -> None:
    dead, alive = tmp_path / "aside-999999999", tmp_path / f"aside-{os.getppid()}"
    for folder in (dead, alive):
        folder.mkdir()
    with aside(tmp_path):
        assert not dead.exists()
        assert len(list(tmp_path.glob("aside-*"))) == 2
    assert list(tmp_path.glob("aside-*")) == [alive]
