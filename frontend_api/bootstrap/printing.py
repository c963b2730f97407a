"""Documents of many bills, made in processes: each is work for one core alone.

With the address of a chain each carries its proof bundle; without one the books suffice.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from itertools import islice, repeat
from pathlib import Path

from frontend_api.bootstrap.offline import prover
from frontend_api.bootstrap.platform import Services, build
from frontend_api.commitment.bill_file import BillFile
from frontend_api.commitment.proof_bundle import ProofBundle
from frontend_api.crew import cores
from frontend_api.domain.errors import NotAnchoredYet, NotFound, Unavailable
from frontend_api.flow.marks import mark_of
from frontend_api.flow.read import bill_file_of
from frontend_api.ports import StoredBill
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
    proved_by: str | None = None,
) -> Printed:
    """Write the PDF of each chosen bill (by key; None: all) into ``folder``, as ``code-no.pdf``.

    A document that is there already is replaced, all of it or nothing. ``workers`` 0 stands for
    one a core; ``proved_by`` is the chain's RPC address, if proof bundles go into the documents.
    Raises NotFound for a bill that is not here, Unavailable if a worker ended or a bundle cannot be
    had.
    """
    folder.mkdir(parents=True, exist_ok=True)
    done = Printed()
    with ProcessPoolExecutor(
        workers or cores(),
        mp_context=multiprocessing.get_context("spawn"),
        initializer=_open,
        initargs=(settings.model_dump_json(), str(folder), proved_by),
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


def _services(settings: Settings, rpc_url: str = _NOWHERE) -> Services:
    return build(settings.model_copy(update={"accept_beside": False}), rpc_url)


class _Worker:
    """What one process keeps from chunk to chunk: the books, a warm typesetter, the seals."""

    here: _Worker

    def __init__(self, settings: Settings, folder: Path, proved_by: str | None) -> None:
        self._services = _services(settings, proved_by or _NOWHERE)
        self._folder = folder
        self._prover = prover(self._services.reader) if proved_by else None

    def print(self, bill_keys: list[int]) -> Printed:
        found = [self._found(key) for key in bill_keys]
        anchored = [pair for pair in found if pair is not None]
        files = [file for _, file in anchored]
        bundles = self._prover.bundles(files) if self._prover else repeat(None, len(files))
        for (stored, file), bundle in zip(anchored, bundles, strict=True):
            if isinstance(bundle, Unavailable):
                raise bundle
            self._write(stored, file, bundle)
        return Printed(len(anchored), len(found) - len(anchored))

    def _found(self, bill_key: int) -> tuple[StoredBill, BillFile] | None:
        """The bill and its file; None while the chain does not have it."""
        stored = self._services.desk.bills.find(bill_key)
        if stored is None:
            raise NotFound(f"bill {bill_key} is not here")
        try:
            return stored, bill_file_of(self._services.desk, stored)
        except NotAnchoredYet:
            return None

    def _write(self, stored: StoredBill, file: BillFile, bundle: ProofBundle | None) -> None:
        target = self._folder / f"{stored.bill.number}.pdf"
        temporary = target.with_suffix(".new")
        mark = mark_of(self._services.desk, stored)
        temporary.write_bytes(self._services.pdf(file, mark, bundle))
        temporary.replace(target)


def _open(settings: str, folder: str, proved_by: str | None) -> None:
    _Worker.here = _Worker(Settings.model_validate_json(settings), Path(folder), proved_by)


def _print(bill_keys: list[int]) -> Printed:
    return _Worker.here.print(bill_keys)
