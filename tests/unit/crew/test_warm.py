"""Real worker processes are lent to one import after the other, and never left behind."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from in_memory.values import DEPLOYMENT

from frontend_api.crew import ProcessCrew, Setup, WarmCrew
from frontend_api.flow.desk import Platform
from frontend_api.store.database import Database

SIZE = 2


class Started:
    """Starts crews and remembers them."""

    def __init__(self, folder: Path) -> None:
        url = f"sqlite:///{folder / 'bills.db'}"
        Database(url).close()
        platform = Platform(DEPLOYMENT, "http://127.0.0.1", "财政厅", sample=True)
        self._setup = Setup(url, bytes(32), platform, 3600)
        self.crews: list[ProcessCrew] = []

    def __call__(self) -> ProcessCrew:
        self.crews.append(ProcessCrew(self._setup, SIZE))
        return self.crews[-1]


@pytest.fixture
def started(tmp_path: Path) -> Iterator[Started]:
    made = Started(tmp_path)
    yield made
    for crew in made.crews:
        crew.close()


def test_lent__one_import_after_the_other__same_workers(started: Started) -> None:
    warm = WarmCrew(started)
    with warm.lent() as first:
        pass
    with warm.lent() as second:
        assert second is first
        assert second.runs()
    warm.close()
    assert len(started.crews) == 1
    assert not first.runs()


def test_lent__two_at_once__a_crew_each_and_one_is_kept(started: Started) -> None:
    warm = WarmCrew(started)
    with warm.lent() as first, warm.lent() as second:
        assert first is not second
    assert [crew.runs() for crew in (second, first)] == [True, False]
    warm.close()
    assert not second.runs()


def test_lent__import_fails__its_workers_may_be_busy_and_are_ended(started: Started) -> None:
    warm = WarmCrew(started)
    with pytest.raises(RuntimeError), warm.lent() as first:
        raise RuntimeError
    assert not first.runs()
    with warm.lent() as second:
        assert second is not first
    warm.close()


def test_lent__a_waiting_worker_was_killed__new_ones(started: Started) -> None:
    warm = WarmCrew(started)
    with warm.lent() as first:
        pass
    first._workers[0].process.kill()
    first._workers[0].process.wait()
    with warm.lent() as second:
        assert second is not first
    assert not any(worker.runs() for worker in first._workers)
    warm.close()


def test_kept__nobody_wants_them__end_after_a_while(started: Started) -> None:
    warm = WarmCrew(started, idle_seconds=0.1)
    with warm.lent() as crew:
        pass
    until = time.monotonic() + 20
    while any(worker.runs() for worker in crew._workers) and time.monotonic() < until:
        time.sleep(0.05)
    assert not any(worker.runs() for worker in crew._workers)


def test_close__a_crew_is_lent__ends_when_it_comes_back(started: Started) -> None:
    warm = WarmCrew(started)
    with warm.lent() as crew:
        warm.close()
        assert crew.runs()
    assert not crew.runs()
