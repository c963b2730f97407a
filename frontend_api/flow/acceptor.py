"""The acceptor: gathers concurrent requests and accepts them together (group commit).

Nothing waits on purpose: while one transaction is on its way to the disk, the next requests
gather. A lone request is a group of one.
"""

from __future__ import annotations

import threading
import traceback
from collections import deque
from collections.abc import Callable, Sequence

import structlog

from frontend_api.domain.errors import Overloaded, PiaolianError
from frontend_api.flow.issue import Draft, Issued

MAX_GROUP = 512  # requests of one transaction
MAX_WAITING = 4_096  # requests that may wait for theirs: a few seconds' worth

_log = structlog.get_logger(__name__)

Answer = Issued | Exception
Accept = Callable[[Sequence[Draft]], Sequence[Issued | PiaolianError]]
Done = Callable[[Answer], None]


class Acceptor:
    """One thread that accepts for all; it starts with the first request."""

    def __init__(
        self, accept: Accept, *, max_group: int = MAX_GROUP, max_waiting: int = MAX_WAITING
    ) -> None:
        self._accept = accept
        self._max_group, self._max_waiting = max_group, max_waiting
        self._waiting: deque[tuple[Draft, Done]] = deque()
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._stopped = False

    def submit(self, draft: Draft, done: Done) -> None:
        """Queue a draft; ``done`` gets its answer, in the acceptor's thread, and must not block.

        Raises Overloaded when too many wait, or the platform is being stopped; nothing was
        accepted then.
        """
        with self._changed:
            if self._stopped or len(self._waiting) >= self._max_waiting:
                raise Overloaded("too many bills are being accepted now: send it again shortly")
            self._waiting.append((draft, done))
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="acceptor", daemon=True)
                self._thread.start()
            self._changed.notify()

    def issue(self, draft: Draft) -> Issued:
        """Submit a draft and wait for its answer. Raises what that is, if it is an error."""
        answers: list[Answer] = []
        answered = threading.Event()

        def done(answer: Answer) -> None:
            answers.append(answer)
            answered.set()

        self.submit(draft, done)
        answered.wait()
        if isinstance(answers[0], Exception):
            raise answers[0]
        return answers[0]

    def stop(self) -> None:
        """Answer what waits, and end."""
        with self._changed:
            self._stopped = True
            self._changed.notify()
        if self._thread:
            self._thread.join()

    def _run(self) -> None:
        while group := self._next_group():
            for (_, done), answer in zip(group, self._answers(group), strict=True):
                try:
                    done(answer)
                except Exception:  # whoever asked is gone; the others still want their answers
                    _log.error("answer_not_delivered", traceback=traceback.format_exc())

    def _next_group(self) -> list[tuple[Draft, Done]]:
        """All that waits, up to the limit; empty when it is time to end."""
        with self._changed:
            while not self._waiting and not self._stopped:
                self._changed.wait()
            count = min(len(self._waiting), self._max_group)
            return [self._waiting.popleft() for _ in range(count)]

    def _answers(self, group: Sequence[tuple[Draft, Done]]) -> Sequence[Answer]:
        drafts = [draft for draft, _ in group]
        try:
            return self._accept(drafts)
        except Exception as e:
            if len(drafts) == 1:
                return [e]
        # Whichever of them it was: the others must not suffer for it.
        return [self._answers([one])[0] for one in group]
