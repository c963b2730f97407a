"""Work of an asynchronous library is done with and without a running loop."""

from __future__ import annotations

import asyncio

import pytest

from frontend_api.documents.awaiting import finished


async def _work(fails: bool = False) -> int:
    await asyncio.sleep(0)
    if fails:
        raise ValueError("of the work")
    return 7


def test_finished__no_loop__result() -> None:
    assert finished(_work()) == 7


def test_finished__inside_a_running_loop__result_and_error_alike() -> None:
    async def inside() -> int:
        with pytest.raises(ValueError, match="of the work"):
            finished(_work(fails=True))
        return finished(_work())

    assert asyncio.run(inside()) == 7
