"""An indexer between a chain in memory and an empty database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from in_memory.chain import MemoryChain
from in_memory.platform import MemoryPlatform, opened
from in_memory.values import Clock


@pytest.fixture
def home(tmp_path: Path) -> Iterator[MemoryPlatform]:
    with opened(tmp_path, MemoryChain(), Clock()) as platform:
        yield platform
