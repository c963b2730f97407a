"""Running the service with uvicorn, in the foreground or beside a test."""

from __future__ import annotations

import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import uvicorn

from frontend_api.bootstrap import Services, return_free_memory
from frontend_api.domain.errors import StateConflict, Unavailable
from frontend_api.server.app import create_app

_GRACE_SECONDS = 10  # for requests at hand when the service is told to stop
_START_SECONDS = 15
_BACKLOG = 2048


def serve(
    services: Services,
    host: str = "127.0.0.1",
    port: int = 8000,
    on_bound: Callable[[str], None] = print,
) -> None:
    """Serve until a signal stops it. Port 0 takes a free one; ``on_bound`` gets the address.

    Raises StateConflict when the port is taken.
    """
    return_free_memory()
    with _bound(host, port) as listening, _stopped_by_signals(), services.imports.working():
        on_bound(_address(host, listening))
        _server(services).run(sockets=[listening])


@contextmanager
def serving(services: Services, host: str = "127.0.0.1", port: int = 0) -> Iterator[str]:
    """The service in a thread of its own; yields its address and stops it at the end."""
    with _bound(host, port) as listening, services.imports.working():
        server = _server(services)
        thread = threading.Thread(target=server.run, args=([listening],), name="http", daemon=True)
        thread.start()
        try:
            deadline = time.monotonic() + _START_SECONDS
            while not server.started:
                if not thread.is_alive() or time.monotonic() > deadline:
                    raise Unavailable("the HTTP service did not start: see its log")
                time.sleep(0.01)
            yield _address(host, listening)
        finally:
            server.should_exit = True
            thread.join()


@contextmanager
def _stopped_by_signals() -> Iterator[None]:
    """Let a signal end the service, not the process: whoever called still has to clean up.

    uvicorn stops gracefully and then raises the signal again for the handlers it found.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {s: signal.signal(s, lambda *_: None) for s in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _server(services: Services) -> uvicorn.Server:
    config = uvicorn.Config(
        create_app(services),
        loop="uvloop",  # named, so that a missing package is a fault and not a slow service
        http="httptools",
        access_log=False,  # it would write addresses, which hold tokens; the edge logs routes
        log_level="warning",
        server_header=False,
        timeout_graceful_shutdown=_GRACE_SECONDS,
    )
    return uvicorn.Server(config)


@contextmanager
def _bound(host: str, port: int) -> Iterator[socket.socket]:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((host, port))
        except OSError as e:
            raise StateConflict(f"cannot listen on {host}:{port}: {e.strerror}") from e
        listening.listen(_BACKLOG)  # whoever is told the address may call before uvicorn is up
        yield listening


def _address(host: str, listening: socket.socket) -> str:
    name = f"[{host}]" if ":" in host else host
    return f"http://{name}:{listening.getsockname()[1]}"
