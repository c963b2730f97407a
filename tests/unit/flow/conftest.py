"""The platform on a chain in memory, one issuer and two payers admitted."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from in_memory.chain import MemoryChain
from in_memory.platform import MemoryPlatform, admit, opened
from in_memory.values import Clock


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def chain() -> MemoryChain:
    return MemoryChain()


@pytest.fixture
def bare(tmp_path: Path, chain: MemoryChain, clock: Clock) -> Iterator[MemoryPlatform]:
    with opened(tmp_path, chain, clock) as platform:
        yield platform


@pytest.fixture
def home(bare: MemoryPlatform) -> MemoryPlatform:
    admit(bare)
    return bare
