"""A clean end for commands that run until they are told to stop."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def until_stopped(farewell: Callable[[], None]) -> Iterator[None]:
    """Ctrl-C and SIGTERM end the block in order: what was opened inside is closed and saved."""

    def stop(_signal: int, _frame: object) -> None:
        raise KeyboardInterrupt

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    try:
        yield
    except KeyboardInterrupt:
        farewell()
