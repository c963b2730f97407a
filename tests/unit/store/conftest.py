"""A database with one issuer, one series and one segment, as the chain's events made it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from in_memory.chain import MemoryChain, issuer_admitted, numbers_granted, series_opened
from in_memory.values import CODE, SCHOOL, Clock

from frontend_api.ports import ChainBlock
from frontend_api.store.bills import SqlBills
from frontend_api.store.database import Database
from frontend_api.store.projections import SqlProjections

SIZE = 5  # numbers in the segment


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("migrated") / "empty.sqlite3"
    database = Database.at(path)
    database.migrate()
    database.close()
    return path


@pytest.fixture
def database(migrated: Path, tmp_path: Path) -> Iterator[Database]:
    path = tmp_path / "piaolian.sqlite3"
    shutil.copy(migrated, path)
    database = Database.at(path)
    yield database
    database.close()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def chain() -> MemoryChain:
    return MemoryChain()


@pytest.fixture
def projections(database: Database) -> SqlProjections:
    return SqlProjections(database)


@pytest.fixture
def follow(chain: MemoryChain, projections: SqlProjections) -> Callable[[], None]:
    """Bring the projections to the chain's head."""

    def run() -> None:
        cursor = projections.cursor()
        new = chain.blocks[cursor.number + 1 if cursor else 0 :]
        head = chain.blocks[-1]
        projections.apply(
            [(log, block.time) for block in new for log in block.logs],
            ChainBlock(head.number, head.hash, head.time),
        )

    return run


@pytest.fixture
def bills(database: Database, chain: MemoryChain, follow: Callable[[], None]) -> SqlBills:
    chain.add(issuer_admitted(SCHOOL), series_opened(CODE))
    chain.add(numbers_granted(1, SCHOOL, CODE, 1, SIZE))
    follow()
    return SqlBills(database)
