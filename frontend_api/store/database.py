"""One database: connections, pragmas, transactions, migrations."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Table, create_engine, event, insert
from sqlalchemy.exc import DatabaseError, InternalError, OperationalError
from sqlalchemy.pool import QueuePool

from frontend_api.domain.errors import Unavailable

_BUSY_SECONDS = 30  # how long a writer waits for another process's transaction
_PAGE_BYTES = 8192  # three bills of 2 KB share a page; in 4096 each would have one to itself


class Database:
    """Read and write transactions on one database; both raise Unavailable when it fails as such.

    Writes are serialised by a lock of this process and begin with ``BEGIN IMMEDIATE``, so that
    SQLite never has to refuse a transaction that has already read.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self._write_lock = threading.Lock()
        self._engine = _engine(url)

    @classmethod
    def at(cls, path: Path) -> Database:
        """The embedded default: SQLite in WAL mode, synced to disk at every commit."""
        path.parent.mkdir(parents=True, exist_ok=True)
        return cls(f"sqlite:///{path}")

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction that is committed at the end, or rolled back by an exception."""
        with self._write_lock, _told(), self._engine.connect() as raw:
            connection = raw.execution_options(piaolian_write=True)
            with connection.begin():
                yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A consistent snapshot."""
        with _told(), self._engine.connect() as connection, connection.begin():
            yield connection

    def migrate(self) -> None:
        """Bring the tables to the newest version; harmless when they are."""
        # Imported here: processes that find the tables ready save its 20 MB.
        from alembic import command
        from alembic.config import Config

        config = Config()
        scripts = str(Path(__file__).parent / "migrations").replace("%", "%%")
        config.set_main_option("script_location", scripts)
        with self.write() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")

    def insert_many(
        self, c: Connection, table: Table, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]
    ) -> None:
        """Insert rows by the driver's own means: a third of the cost of a dict a row."""
        dialect: Any = type(self._engine.dialect)
        style = "qmark" if self._engine.dialect.name == "sqlite" else "format"
        statement = insert(table).compile(
            dialect=dialect(paramstyle=style), column_keys=list(columns)
        )
        assert list(statement.positiontup or ()) == list(columns)
        c.exec_driver_sql(str(statement), [*rows])

    def close(self) -> None:
        self._engine.dispose()


@contextmanager
def _told() -> Iterator[None]:
    """A disk that is full or broken, a lock held too long, a lost connection: come again later."""
    try:
        yield
    except DatabaseError as e:
        if type(e) not in (OperationalError, InternalError, DatabaseError):
            raise  # a broken rule or a bug, not the database's state
        raise Unavailable(f"the database cannot be used now: {e.orig}") from e


def _engine(url: str) -> Engine:
    if not url.startswith("sqlite"):
        return create_engine(url)
    engine = create_engine(
        url,
        poolclass=QueuePool,
        pool_size=8,
        max_overflow=32,
        connect_args={"timeout": _BUSY_SECONDS, "check_same_thread": False},
    )

    @event.listens_for(engine, "connect")
    def _pragmas(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # BEGIN is ours, below
        connection.execute(f"PRAGMA page_size={_PAGE_BYTES}")  # counts for a new file alone
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA foreign_keys=ON")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        write = connection.get_execution_options().get("piaolian_write")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")

    return engine
