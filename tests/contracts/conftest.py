"""One world for all tests; every test leaves it as it found it."""

import boa
import pytest

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
