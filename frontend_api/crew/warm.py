"""Workers that stay a while for the next import: to start them takes longer than a small file."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from frontend_api.crew.processes import ProcessCrew

IDLE_SECONDS = 20.0  # they hold some 60 MB each, and their last file


class WarmCrew:
    """Lends a crew to one import at a time; a second one meanwhile gets a crew of its own.

    ``start`` makes a crew. A crew is kept only when its import came to its end: after a fault its
    workers may be in the middle of something. Safe to share between threads.
    """

    def __init__(
        self, start: Callable[[], ProcessCrew], idle_seconds: float = IDLE_SECONDS
    ) -> None:
        self._start = start
        self._idle_seconds = idle_seconds
        self._lock = threading.Lock()
        self._kept: ProcessCrew | None = None
        self._end: threading.Timer | None = None
        self._closed = False

    @contextmanager
    def lent(self) -> Iterator[ProcessCrew]:
        """A crew, for the time of the block."""
        crew = self._taken() or self._start()
        try:
            yield crew
        except BaseException:
            crew.close()
            raise
        self._keep(crew)

    def close(self) -> None:
        """End the crew that waits; a crew that is lent ends when it comes back."""
        with self._lock:
            self._closed = True
        if crew := self._taken():
            crew.close()

    def _taken(self) -> ProcessCrew | None:
        with self._lock:
            crew, self._kept = self._kept, None
            if self._end:
                self._end.cancel()
        if crew and not crew.runs():
            crew.close()
            return None
        return crew

    def _keep(self, crew: ProcessCrew) -> None:
        with self._lock:
            if not self._closed and self._kept is None:
                self._kept = crew
                self._end = threading.Timer(self._idle_seconds, self._tire, [crew])
                self._end.daemon = True
                self._end.start()
                return
        crew.close()

    def _tire(self, crew: ProcessCrew) -> None:
        with self._lock:
            if self._kept is not crew:
                return
            self._kept = None
        crew.close()
