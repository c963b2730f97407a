"""A process for each job, a few at a time, forked from this one so that what is loaded stays."""

from __future__ import annotations

import json
import os
import resource
import signal
import tempfile
import traceback
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, TypeVar

Job = TypeVar("Job")

# Of processor time, however busy the machine is: many times what the slowest job takes.
CPU_SECONDS = 600


def each(
    jobs: Iterable[Job], task: Callable[[Job], Any], workers: int
) -> Iterator[tuple[Job, Any | None]]:
    """Every job with what its task returned, as they finish; None for one that did not end.

    Raises RuntimeError when a job ends in any other way.
    """
    waiting = iter(jobs)
    running: dict[int, Job] = {}
    with tempfile.TemporaryDirectory() as place:
        try:
            while True:
                while len(running) < workers and (job := next(waiting, None)) is not None:
                    running[_start(Path(place), task, job)] = job
                if not running:
                    return
                pid, status = os.wait()
                yield running.pop(pid), _answer(Path(place) / str(pid), status)
        finally:
            for pid in running:
                os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, 0)


def _start(place: Path, task: Callable[[Any], Any], job: Any) -> int:
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        os.setsid()  # who interrupts the run interrupts the parent, which ends its jobs
        resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, 2 * CPU_SECONDS))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        answer = json.dumps(task(job))
        (place / str(os.getpid())).write_text(answer, encoding="utf-8")
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(code)


def _answer(file: Path, status: int) -> Any | None:
    if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGXCPU:
        return None
    if status != 0:
        raise RuntimeError(f"a job ended with status {status}")
    answer = json.loads(file.read_text(encoding="utf-8"))
    file.unlink()
    return answer
