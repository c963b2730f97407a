"""What a failing database is called: come again later, and never a broken rule."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from sqlalchemy.exc import IntegrityError

from frontend_api.domain.errors import Unavailable
from frontend_api.store.database import Database

META = "INSERT INTO meta (name, value) VALUES ('a', ?)"


def test_write__disk_full__unavailable_and_nothing_kept(database: Database) -> None:
    with database.write() as c:
        pages = c.exec_driver_sql("PRAGMA page_count").scalar()
        c.exec_driver_sql(f"PRAGMA max_page_count={pages}")
    with pytest.raises(Unavailable, match="full"), database.write() as c:
        c.exec_driver_sql(META, ("x" * 1_000_000,))
    with database.read() as c:
        assert c.exec_driver_sql("SELECT count(*) FROM meta").scalar() == 0


def test_write__locked_by_another__unavailable(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("frontend_api.store.database._BUSY_SECONDS", 0.05)
    impatient = Database(database.url)
    other = sqlite3.connect(database.url.removeprefix("sqlite:///"), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(Unavailable, match="locked"), impatient.write() as c:
        c.exec_driver_sql(META, ("x",))
    other.close()
    with impatient.write() as c:
        c.exec_driver_sql(META, ("x",))
    impatient.close()


def test_read__no_database_at_all__unavailable(tmp_path: Path) -> None:
    (tmp_path / "d.sqlite3").write_bytes(b"not a database" * 1000)
    with pytest.raises(Unavailable, match="not a database"):
        Database.at(tmp_path / "d.sqlite3").migrate()


def test_write__rule_broken__said_as_it_is(database: Database) -> None:
    with database.write() as c:
        c.exec_driver_sql(META, ("x",))
    with pytest.raises(IntegrityError), database.write() as c:
        c.exec_driver_sql(META, ("x",))
