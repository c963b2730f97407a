"""INV-24: the office changes hands in two steps."""

import boa
import pytest

from ..support.events import Event, events_of

ZERO = "0x" + "00" * 20


@pytest.fixture
def successor():
    return boa.env.generate_address("successor")


def test_transfer_supervisor__offer__changes_nothing_yet(world, registry, successor):
    registry.transfer_supervisor(successor, sender=world.supervisor)
    expected = {"supervisor": world.supervisor, "pending_supervisor": successor}
    assert events_of(registry) == [Event("SupervisorTransferStarted", expected)]
    assert registry.supervisor() == world.supervisor
    assert registry.pending_supervisor() == successor
    with boa.reverts("supervisor: caller is not"):
        registry.open_series(11990126, "donation", sender=successor)


def test_accept_supervisor__offered__takes_over(world, registry, successor):
    registry.transfer_supervisor(successor, sender=world.supervisor)
    registry.accept_supervisor(sender=successor)
    expected = {"previous_supervisor": world.supervisor, "supervisor": successor}
    assert events_of(registry) == [Event("SupervisorTransferred", expected)]
    assert registry.supervisor() == successor
    assert registry.pending_supervisor() == ZERO
    registry.open_series(11990126, "donation", sender=successor)
    with boa.reverts("supervisor: caller is not"):
        registry.open_series(11980126, "donation", sender=world.supervisor)


def test_accept_supervisor__not_offered__reverts(world, registry, successor):
    registry.transfer_supervisor(successor, sender=world.supervisor)
    for caller in (world.supervisor, world.hospital_key, boa.env.generate_address()):
        with boa.reverts("supervisor: not offered to caller"):
            registry.accept_supervisor(sender=caller)


def test_accept_supervisor__second_time__reverts(world, registry, successor):
    registry.transfer_supervisor(successor, sender=world.supervisor)
    registry.accept_supervisor(sender=successor)
    with boa.reverts("supervisor: not offered to caller"):
        registry.accept_supervisor(sender=successor)


def test_transfer_supervisor__offer_replaced_or_withdrawn__first_is_refused(
    world, registry, successor
):
    registry.transfer_supervisor(successor, sender=world.supervisor)
    registry.transfer_supervisor(ZERO, sender=world.supervisor)
    with boa.reverts("supervisor: not offered to caller"):
        registry.accept_supervisor(sender=successor)
