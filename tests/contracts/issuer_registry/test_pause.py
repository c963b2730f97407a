"""INV-23: only the supervisor stops and starts, and the pause is one state of two."""

import boa
import pytest

from ..support.events import Event, events_of

pytestmark = pytest.mark.usefixtures("as_supervisor")


def test_pause__by_the_supervisor__event_and_state(world, registry):
    assert not registry.paused()
    registry.pause()
    assert events_of(registry) == [Event("Paused", {"officer": world.supervisor})]
    assert registry.paused()


def test_pause__twice__reverts(registry):
    registry.pause()
    with boa.reverts("pause: contracts are paused"):
        registry.pause()


def test_unpause__by_the_supervisor__event_and_state(world, registry):
    registry.pause()
    registry.unpause()
    assert events_of(registry) == [Event("Unpaused", {"officer": world.supervisor})]
    assert not registry.paused()


def test_unpause__not_paused__reverts(registry):
    with boa.reverts("pause: not paused"):
        registry.unpause()


def test_pause__by_another__reverts(world, registry):
    with boa.reverts("supervisor: caller is not"):
        registry.pause(sender=world.hospital_key)
    registry.pause()
    with boa.reverts("supervisor: caller is not"):
        registry.unpause(sender=world.hospital_key)
    assert registry.paused()


def test_pause__office_handed_over_before__the_new_supervisor_unpauses(world, registry):
    registry.transfer_office(world.stranger.address)
    registry.accept_office(world.supervisor, sender=world.stranger.address)
    registry.pause(sender=world.stranger.address)
    with boa.reverts("supervisor: caller is not"):
        registry.unpause()
    registry.unpause(sender=world.stranger.address)
