"""The worker process: ``python -m frontend_api.crew.worker DESCRIPTOR``."""

from __future__ import annotations

import gc
import secrets
import signal
import sys
import time
from multiprocessing.connection import Connection

from frontend_api.crew.processes import Setup
from frontend_api.domain.request import RequestRules
from frontend_api.flow.bulk_bills import Press
from frontend_api.flow.bulk_work import BulkWorker
from frontend_api.kinds import load_kinds
from frontend_api.store.bulk import SqlBulk
from frontend_api.store.database import Database
from frontend_api.store.vault import AesVault
from frontend_api.store.views import SqlViews


def main(descriptor: int) -> None:
    """Answer messages until the other end closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that leads
    connection: Connection[object, object] = Connection(descriptor)
    try:
        setup = connection.recv()
        assert isinstance(setup, Setup)
        worker = _worker(setup)
        # A chunk is many thousand objects that live together: looking through them again and
        # again for cycles, which they do not have, costs a fifth of the time.
        gc.collect()
        gc.freeze()
        gc.disable()
        while True:
            answer = worker.handle(connection.recv())
            if answer is not None:
                connection.send(answer)
            if not worker.at_work:
                gc.collect(0)
    except (EOFError, OSError):
        return


def _worker(setup: Setup) -> BulkWorker:
    kinds = load_kinds()
    database = Database(setup.database_url)
    press = Press(
        platform=setup.platform,
        kinds=kinds,
        rules=RequestRules(kinds),
        vault=AesVault(setup.master_key),
        clock=_clock,
        new_seed=lambda: secrets.token_bytes(32),
        promise_seconds=setup.promise_seconds,
    )
    return BulkWorker(press, SqlBulk(database, _clock), SqlViews(database))


def _clock() -> int:
    return int(time.time())


if __name__ == "__main__":
    main(int(sys.argv[1]))
