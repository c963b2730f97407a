"""One world for all tests; every test leaves it as it found it."""

import boa
import pytest

from .support.stage import Stage
from .support.world import World


@pytest.fixture(scope="session")
def _the_world() -> World:
    return World()


@pytest.fixture
def world(_the_world):
    with boa.env.anchor():
        yield _the_world


@pytest.fixture
def registry(world):
    return world.registry


@pytest.fixture
def bills(world):
    return world.bills


@pytest.fixture
def consents(world):
    return world.consents


@pytest.fixture
def ledger(world):
    return world.ledger


@pytest.fixture
def as_supervisor(world):
    """Calls without a sender of their own come from the supervisor."""
    with boa.env.prank(world.supervisor):
        yield world.supervisor


@pytest.fixture(scope="module")
def _the_stage(_the_world):
    # After the world of the session, which must not be born in this anchor.
    with boa.env.anchor():
        yield Stage(World())


@pytest.fixture
def stage(_the_stage):
    """A world of its own in mid-life, the same before every test."""
    with boa.env.anchor():
        yield _the_stage
