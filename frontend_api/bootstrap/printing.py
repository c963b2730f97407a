"""Documents of many bills, made in processes: each is work for one core alone."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from frontend_api.bootstrap.platform import Services, build
from frontend_api.crew import cores
from frontend_api.domain.errors import NotAnchoredYet, NotFound, Unavailable
from frontend_api.flow.marks import mark_of
from frontend_api.flow.read import bill_file_of
from frontend_api.settings import Settings
from frontend_api.store.records import SqlRecords

_CHUNK = 64  # bills a message: neighbours, so that a batch's tree is made once a worker
_NOWHERE = "http://127.0.0.1:9"  # the books suffice: no chain is asked
_ALL = (0, 10**18)


@dataclass(frozen=True, slots=True)
class Printed:
    """How many documents were written, and how many bills the chain does not have yet."""

    made: int = 0
    waiting: int = 0

    def __add__(self, other: Printed) -> Printed:
        return Printed(self.made + other.made, self.waiting + other.waiting)


def print_documents(
    settings: Settings,
    folder: Path,
    chosen: Iterable[int] | None = None,
    workers: int = 0,
    progress: Callable[[Printed], None] = lambda _: None,
) -> Printed:
    """Write the PDF of each chosen bill (by key; None: all) into ``folder``, as ``code-no.pdf``.

    A document that is there already is replaced, all of it or nothing. ``workers`` 0 stands for
    one a core. Raises NotFound for a bill that is not here, Unavailable if a worker ended.
    """
    folder.mkdir(parents=True, exist_ok=True)
    done = Printed()
    with ProcessPoolExecutor(
        workers or cores(),
        mp_context=multiprocessing.get_context("spawn"),
        initializer=_open,
        initargs=(settings.model_dump_json(), str(folder)),
    ) as pool:
        try:
            for part in pool.map(_print, _chunks(settings, chosen)):
                done += part
                progress(done)
        except BrokenProcessPool as e:
            raise Unavailable("a worker process ended: start again, nothing is lost") from e
    return done


def _chunks(settings: Settings, chosen: Iterable[int] | None) -> Iterator[list[int]]:
    if chosen is not None:
        yield from _parts(iter(chosen))
        return
    services = _services(settings)
    try:
        with services.database.read() as view:
            yield from _parts(SqlRecords(view).keys(*_ALL))
    finally:
        services.close()


def _parts(keys: Iterator[int]) -> Iterator[list[int]]:
    while part := list(islice(keys, _CHUNK)):
        yield part


def _services(settings: Settings) -> Services:
    return build(settings.model_copy(update={"accept_beside": False}), _NOWHERE)


class _Worker:
    """What one process keeps from chunk to chunk: the books, a warm typesetter, the seals."""

    here: _Worker

    def __init__(self, settings: Settings, folder: Path) -> None:
        self._services = _services(settings)
        self._folder = folder

    def print(self, bill_key: int) -> Printed:
        services = self._services
        stored = services.desk.bills.find(bill_key)
        if stored is None:
            raise NotFound(f"bill {bill_key} is not here")
        try:
            bill_file = bill_file_of(services.desk, stored)
        except NotAnchoredYet:
            return Printed(waiting=1)
        target = self._folder / f"{stored.bill.number}.pdf"
        temporary = target.with_suffix(".new")
        temporary.write_bytes(services.pdf(bill_file, mark_of(services.desk, stored)))
        temporary.replace(target)
        return Printed(made=1)


def _open(settings: str, folder: str) -> None:
    _Worker.here = _Worker(Settings.model_validate_json(settings), Path(folder))


def _print(bill_keys: list[int]) -> Printed:
    return sum((_Worker.here.print(key) for key in bill_keys), Printed())
