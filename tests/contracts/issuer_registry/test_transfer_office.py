"""INV-24: every office changes hands in two steps, and no account holds two."""

import boa
import pytest

from ..support.events import Event, events_of
from ..support.world import BEIJING, DAY, HEBEI, HOSPITAL, PLATFORM

ZERO = "0x" + "00" * 20


@pytest.fixture
def successor():
    return boa.env.generate_address("successor")


def test_transfer_office__offer__changes_nothing_yet(world, registry, successor):
    appointed_at = registry.officer(world.supervisor).appointed_at
    registry.transfer_office(successor, sender=world.supervisor)
    expected = {"officer": world.supervisor, "successor": successor}
    assert events_of(registry) == [Event("OfficeTransferStarted", expected)]
    assert tuple(registry.officer(world.supervisor)) == (PLATFORM, appointed_at, successor)
    assert tuple(registry.officer(successor)) == (0, 0, ZERO)
    with boa.reverts("supervisor: caller is not"):
        registry.suspend_issuer(HOSPITAL, sender=successor)


@pytest.mark.parametrize("region", [PLATFORM, BEIJING])
def test_accept_office__offered__takes_over_the_region(world, registry, successor, region):
    officer, platform_officers = world.officer(region), registry.platform_officers()
    registry.transfer_office(successor, sender=officer)
    boa.env.timestamp += DAY
    registry.accept_office(officer, sender=successor)
    expected = {"predecessor": officer, "officer": successor, "region": region}
    assert events_of(registry) == [Event("OfficeTransferred", expected)]
    assert tuple(registry.officer(successor)) == (region, boa.env.timestamp, ZERO)
    assert tuple(registry.officer(officer)) == (0, 0, ZERO)
    assert registry.platform_officers() == platform_officers
    registry.suspend_issuer(HOSPITAL, sender=successor)
    with boa.reverts("supervisor: caller is not"):
        registry.resume_issuer(HOSPITAL, sender=officer)


def test_accept_office__not_offered__reverts(world, registry, successor):
    registry.transfer_office(successor, sender=world.supervisor)
    for caller in (world.supervisor, world.hospital_key, boa.env.generate_address()):
        with boa.reverts("office: not offered to caller"):
            registry.accept_office(world.supervisor, sender=caller)
    with boa.reverts("office: not offered to caller"):
        registry.accept_office(world.officer(BEIJING), sender=successor)
    registry.accept_office(world.supervisor, sender=successor)


def test_accept_office__second_time__reverts(world, registry, successor):
    registry.transfer_office(successor, sender=world.supervisor)
    registry.accept_office(world.supervisor, sender=successor)
    with boa.reverts("office: not offered to caller"):
        registry.accept_office(world.supervisor, sender=successor)


def test_transfer_office__offer_replaced_or_withdrawn__first_is_refused(world, registry, successor):
    registry.transfer_office(successor, sender=world.supervisor)
    registry.transfer_office(boa.env.generate_address(), sender=world.supervisor)
    with boa.reverts("office: not offered to caller"):
        registry.accept_office(world.supervisor, sender=successor)
    registry.transfer_office(successor, sender=world.supervisor)
    registry.transfer_office(ZERO, sender=world.supervisor)
    with boa.reverts("office: not offered to caller"):
        registry.accept_office(world.supervisor, sender=successor)


def test_transfer_office__to_who_holds_one__reverts(world, registry):
    other = world.officer(HEBEI)
    for officer in (other, world.supervisor):
        with boa.reverts("office: already held"):
            registry.transfer_office(officer, sender=world.supervisor)


def test_accept_office__holds_one_since_the_offer__reverts(world, registry, successor):
    registry.transfer_office(successor, sender=world.supervisor)
    registry.appoint_officer(successor, BEIJING, sender=world.supervisor)
    with boa.reverts("office: already held"):
        registry.accept_office(world.supervisor, sender=successor)


def test_accept_office__predecessor_dismissed_since__reverts_even_when_appointed_again(
    world, registry, successor
):
    officer = world.officer(BEIJING)
    registry.transfer_office(successor, sender=officer)
    registry.dismiss_officer(officer, sender=world.supervisor)
    with boa.reverts("office: not offered to caller"):
        registry.accept_office(officer, sender=successor)
    registry.appoint_officer(officer, BEIJING, sender=world.supervisor)
    with boa.reverts("office: not offered to caller"):
        registry.accept_office(officer, sender=successor)


def test_transfer_office__by_another__reverts(world, registry, successor):
    with boa.reverts("supervisor: caller is not"):
        registry.transfer_office(successor, sender=world.hospital_key)
