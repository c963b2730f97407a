import pytest

from .support import World, world


@pytest.fixture
def genuine() -> World:
    """A batch of genuine bills and the chain that holds it, new for every test."""
    return world()
