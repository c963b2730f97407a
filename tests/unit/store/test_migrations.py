"""The migrations make exactly the tables that the code uses."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import inspect

from frontend_api.store.bills import SqlBills
from frontend_api.store.database import Database
from frontend_api.store.schema import PROJECTIONS, metadata


def test_migrate__from_nothing__no_difference_to_the_tables_in_use(database: Database) -> None:
    with database.read() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
        names = set(inspect(connection).get_table_names())
    assert names == {*metadata.tables, "alembic_version"}


def test_migrate__again__changes_nothing(database: Database) -> None:
    with database.read() as connection:
        before = connection.exec_driver_sql("SELECT sql FROM sqlite_master ORDER BY name").all()
    database.migrate()
    with database.read() as connection:
        after = connection.exec_driver_sql("SELECT sql FROM sqlite_master ORDER BY name").all()
    assert after == before != []


def test_migrate__one_history__a_single_head() -> None:
    folder = Path(__file__).parents[3] / "frontend_api" / "store" / "migrations" / "versions"
    revisions = sorted(path.stem.partition("_")[0] for path in folder.glob("[0-9]*.py"))
    assert revisions == [f"{n:04d}" for n in range(1, len(revisions) + 1)]


def test_migrate__from_the_first_tables__bills_are_kept_without_a_promise(tmp_path: Path) -> None:
    database = Database.at(tmp_path / "old.sqlite3")
    config = Config()
    folder = Path(__file__).parents[3] / "frontend_api" / "store" / "migrations"
    config.set_main_option("script_location", str(folder))
    with database.write() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        connection.exec_driver_sql(
            "INSERT INTO bills VALUES (460601260000000001, 1, 'x', 'plain', 'B-1', 1, 0, 'CNY', "
            f"{', '.join(['zeroblob(32)'] * 2)}, 1, zeroblob(32), zeroblob(1), zeroblob(1), 1)"
        )
    database.migrate()
    stored = SqlBills(database).find(460601260000000001)
    database.close()
    assert stored is not None
    assert (stored.business_no, stored.anchor_by) == ("B-1", None)


def test_database__settings__survive_a_power_cut(database: Database) -> None:
    with database.write() as connection:
        modes = [
            connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        ]
    assert modes == ["wal", 2, 1]


def test_write__exception__nothing_kept(database: Database) -> None:
    def fail() -> None:
        with database.write() as connection:
            connection.exec_driver_sql("INSERT INTO meta VALUES ('a', 'b')")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with database.write() as connection:
        connection.exec_driver_sql("INSERT INTO meta VALUES ('c', 'd')")
    with database.read() as connection:
        assert connection.exec_driver_sql("SELECT name FROM meta").scalars().all() == ["c"]


def test_read__while_another_writes__sees_one_moment(database: Database) -> None:
    with database.read() as reader:
        assert reader.exec_driver_sql("SELECT count(*) FROM meta").scalar() == 0
        with database.write() as writer:
            writer.exec_driver_sql("INSERT INTO meta VALUES ('a', 'b')")
        assert reader.exec_driver_sql("SELECT count(*) FROM meta").scalar() == 0
    with database.read() as reader:
        assert reader.exec_driver_sql("SELECT count(*) FROM meta").scalar() == 1


def test_projections__are_tables_of_the_schema() -> None:
    assert {table.name for table in PROJECTIONS} < set(metadata.tables)
    assert not {"bills", "counters", "idempotency", "commands", "transactions", "batches"} & {
        table.name for table in PROJECTIONS
    }
