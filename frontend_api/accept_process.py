"""The process that accepts bills for the service: ``python -m frontend_api.accept_process FD``."""

from __future__ import annotations

import signal
import sys
import traceback
from multiprocessing.connection import Connection

import structlog

from frontend_api.accepting import FAILED, READY, read_drafts, write_answers
from frontend_api.bootstrap import build, return_free_memory
from frontend_api.flow.issue import accept_drafts
from frontend_api.settings import Settings

_NO_CHAIN = "http://127.0.0.1:0"  # accepting asks the database alone

_log = structlog.get_logger(__name__)


def accept_for(service: Connection) -> None:
    """Accept the groups that come in, until the service is gone."""
    services = build(Settings.model_validate_json(service.recv_bytes()), _NO_CHAIN)
    service.send_bytes(READY)
    while True:
        try:
            data = service.recv_bytes()
        except (EOFError, OSError):
            return services.close()
        try:
            answer = write_answers(accept_drafts(services.desk, read_drafts(data)))
        except Exception:  # the service tries for itself, one by one
            _log.error("accepting_failed", traceback=traceback.format_exc())
            answer = FAILED
        service.send_bytes(answer)


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the service ends it, by closing the socket
    return_free_memory()
    accept_for(Connection(int(sys.argv[1])))
