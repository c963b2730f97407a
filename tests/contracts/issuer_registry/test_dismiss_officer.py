"""INV-30: as many officers of the whole platform are left as an act takes."""

import boa
import pytest

from ..support.acts import act_of, need, officers
from ..support.events import Event, events_of
from ..support.world import BEIJING, CHAOYANG, DONGCHENG, HEBEI, HOSPITAL, PLATFORM

ZERO = "0x" + "00" * 20
TOO_FEW = "office: too few would be left"


@pytest.mark.parametrize("region", [BEIJING, DONGCHENG])
def test_dismiss_officer__of_a_region__may_nothing_any_more(world, registry, region):
    officer = world.officer(region)
    registry.dismiss_officer(officer, sender=world.officer(BEIJING))
    expected = {"officer": officer, "region": region}
    assert events_of(registry) == [Event("OfficerDismissed", expected)]
    assert tuple(registry.officer(officer)) == (0, 0, ZERO)
    assert registry.platform_officers() == 1
    with boa.reverts("supervisor: caller is not"):
        registry.suspend_issuer(HOSPITAL, sender=officer)


@pytest.mark.parametrize(
    ("own", "region"), [(DONGCHENG, CHAOYANG), (DONGCHENG, BEIJING), (BEIJING, HEBEI)]
)
def test_dismiss_officer__outside_the_callers_region__reverts(world, registry, own, region):
    officer = world.officer(region)
    with boa.reverts("supervisor: not in this region"):
        registry.dismiss_officer(officer, sender=world.officer(own))


def test_dismiss_officer__by_whom_it_is_about__a_resignation(world, registry):
    officer = world.officer(BEIJING)
    registry.dismiss_officer(officer, sender=officer)
    assert registry.officer(officer).appointed_at == 0


def test_dismiss_officer__holds_none__reverts(world, registry):
    with boa.reverts("office: not held"):
        registry.dismiss_officer(world.hospital_key, sender=world.supervisor)
    with boa.reverts("supervisor: not in this region"):
        registry.dismiss_officer(world.hospital_key, sender=world.officer(BEIJING))


def test_dismiss_officer__appointed_again__in_office_anew(world, registry):
    officer = world.officer(BEIJING)
    registry.dismiss_officer(officer, sender=world.supervisor)
    boa.env.timestamp += 1
    registry.appoint_officer(officer, DONGCHENG, sender=world.supervisor)
    assert tuple(registry.officer(officer)) == (DONGCHENG, boa.env.timestamp, ZERO)


def test_dismiss_officer__last_of_the_whole_platform__reverts(world, registry):
    world.officer(BEIJING)
    with boa.reverts(TOO_FEW):
        registry.dismiss_officer(world.supervisor, sender=world.supervisor)
    colleague = world.officer(PLATFORM)
    registry.dismiss_officer(world.supervisor, sender=colleague)
    assert registry.platform_officers() == 1
    with boa.reverts(TOO_FEW):
        registry.dismiss_officer(colleague, sender=colleague)


def test_dismiss_officer__of_the_whole_platform__needs_several_and_leaves_enough(world, registry):
    first, second = need(world, 2)
    with boa.reverts(TOO_FEW):
        registry.dismiss_officer(second, sender=first)
    third = boa.env.generate_address()
    for officer in (first, second):
        registry.appoint_officer(third, PLATFORM, sender=officer)
    registry.dismiss_officer(second, sender=first)
    assert [event.name for event in events_of(registry)] == ["ActApproved"]
    assert registry.officer(second).appointed_at != 0
    registry.dismiss_officer(second, sender=third)
    assert events_of(registry) == [
        Event("OfficerDismissed", {"officer": second, "region": PLATFORM})
    ]
    assert registry.platform_officers() == 2
    with boa.reverts(TOO_FEW):
        registry.dismiss_officer(third, sender=first)


def test_dismiss_officer__another_left_in_between__guard_holds_at_the_last_call(world, registry):
    colleagues = officers(world, 3)
    for officer in (world.supervisor, colleagues[0]):
        registry.set_approval_rule(2, 1, sender=officer)
    for officer in colleagues[:2]:
        registry.dismiss_officer(officer, sender=world.supervisor)
    for officer in colleagues[:2]:
        registry.dismiss_officer(officer, sender=colleagues[2])
    assert registry.platform_officers() == 2
    with boa.reverts(TOO_FEW):
        registry.dismiss_officer(colleagues[2], sender=world.supervisor)


def test_dismiss_officer__of_a_region__one_officer_is_enough_whatever_the_rule(world, registry):
    officer = world.officer(BEIJING)
    need(world, 2)
    registry.dismiss_officer(officer, sender=world.supervisor)
    assert registry.officer(officer).appointed_at == 0
    assert registry.pending_act(act_of("dismiss_officer", officer)).opened_at == 0
