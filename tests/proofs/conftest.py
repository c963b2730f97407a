"""The runs of forge and halmos that the chosen tests ask for, two at a time."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest

from .tools import Workshop

WORKERS = 2


@pytest.fixture(scope="session")
def outcome(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[Any], Any]]:
    """What came of a job: all jobs start with the first test, each test waits for its own."""
    workshop = Workshop(tmp_path_factory.mktemp("proofs"))
    jobs: dict[Any, None] = dict.fromkeys(
        item.callspec.params["job"]
        for item in request.session.items
        if isinstance(item, pytest.Function)
        and hasattr(item, "callspec")
        and "job" in item.callspec.params
    )
    with ThreadPoolExecutor(WORKERS) as pool:
        waiting: dict[Any, Future[Any]] = {job: pool.submit(job, workshop) for job in jobs}
        yield lambda job: waiting[job].result()
        pool.shutdown(cancel_futures=True)
