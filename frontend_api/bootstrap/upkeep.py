"""The books of a home opened for comparing and for making them anew: fsck, reindex."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from frontend_api.bootstrap.platform import Services
from frontend_api.chain.guard import check_chain
from frontend_api.domain.errors import (
    HistoryChanged,
    PiaolianError,
)
from frontend_api.flow.fsck import Books, Progress, no_progress
from frontend_api.indexer import Indexer, UpTo
from frontend_api.ports import ChainBlock
from frontend_api.store.aside import aside, differences
from frontend_api.store.database import Database
from frontend_api.store.projections import SqlProjections, read_cursor
from frontend_api.store.records import SqlRecords


@contextmanager
def open_books(
    services: Services, unasked: PiaolianError | None = None, progress: Progress = no_progress
) -> Iterator[Books]:
    """One view of everything that ``fsck`` compares; nothing is changed.

    ``unasked`` says why the chain cannot be asked at all. Raises StateConflict when neither chain
    nor stored events can be read.
    """
    with services.database.read() as view, aside(services.settings.home) as other:
        cursor = read_cursor(view)
        try:
            if unasked is None and cursor:
                check_chain(services.reader, services.record)
                _index(services, other, cursor, progress)
        except PiaolianError as e:
            unasked = e
        if unasked:
            SqlProjections(other).rewind(None)
            SqlProjections(other).copy_events(view, cursor)
        with other.read() as truth:
            yield Books(
                records=SqlRecords(view),
                truth=SqlRecords(truth),
                differences=differences(view, truth),
                chain=None if unasked else services.reader,
                unasked=unasked,
            )


def reindex(services: Services, from_chain: bool, progress: Progress = no_progress) -> None:
    """Make all projections anew and put them in place at once.

    From the chain's events, or from those stored here. Raises ChainUnreachable, WrongChain,
    StateConflict (a stored event was altered); the old projections then stay.
    """
    with aside(services.settings.home) as other:
        if from_chain:
            check_chain(services.reader, services.record)
            head = services.reader.head()
            _index(services, other, ChainBlock(head.number, head.hash, head.time), progress)
        else:
            with services.database.read() as view:
                SqlProjections(other).copy_events(view, read_cursor(view))
        with other.read() as source:
            SqlProjections(services.database).become(source)


def _index(services: Services, other: Database, upto: ChainBlock, progress: Progress) -> None:
    deployment, first = services.record.deployment, services.record.deployed_at_block
    projections = SqlProjections(other)
    indexer = Indexer(UpTo(services.reader, upto), projections, deployment, first)
    while indexer.step():
        read = projections.cursor()
        progress("blocks", read.number if read else 0, upto.number)
    read = projections.cursor()
    if read is None or read.hash != upto.hash:
        raise HistoryChanged("the chain moved while it was read: run the command again")
