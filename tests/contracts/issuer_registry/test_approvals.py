"""INV-29: an act that takes several officers is done by the last of as many different ones."""

import boa
import pytest

from ..support.acts import act_of, need, officers
from ..support.events import Event, events_of
from ..support.world import (
    BEIJING,
    CHAOYANG,
    DAY,
    DONGCHENG,
    HEBEI,
    HOSPITAL,
    NOBODY,
    PLATFORM,
)

LIFE = 7 * DAY
ADMISSION = (NOBODY, "上海某学校", DONGCHENG)
ACT = act_of("admit_issuer", *ADMISSION)
NOTHING = (0, 0, [])


def admit(registry, officer):
    registry.admit_issuer(*ADMISSION, sender=officer)


def pending(registry, act=ACT) -> tuple:
    return tuple(registry.pending_act(act))


def approved(officer, given, needed, act=ACT, region=DONGCHENG) -> Event:
    args = {"act": act, "region": region, "officer": officer, "given": given, "needed": needed}
    return Event("ActApproved", args)


def test_approval__not_the_last__one_event_and_nothing_else(world, registry):
    first, second, _ = need(world, 3)
    admit(registry, first)
    opened_at = boa.env.timestamp
    assert events_of(registry) == [approved(first, 1, 3)]
    assert pending(registry) == (opened_at, DONGCHENG, [first])
    boa.env.timestamp += 60
    admit(registry, second)
    assert events_of(registry) == [approved(second, 2, 3)]
    assert pending(registry) == (opened_at, DONGCHENG, [first, second])
    assert registry.issuer(NOBODY).status == 0


def test_approval__the_last__does_the_act_and_is_used_up(world, registry):
    """INV-14: what was approved once is done once."""
    first, second = need(world, 2)
    admit(registry, first)
    admit(registry, second)
    assert [event.name for event in events_of(registry)] == ["IssuerAdmitted"]
    assert registry.is_active_issuer(NOBODY)
    assert pending(registry) == NOTHING


def test_approval__used_up__the_same_act_needs_all_of_them_again(world, registry):
    first, second = need(world, 2, grant_limit=10)
    again = (HOSPITAL, 11010126, 11)
    for round_ in (3, 4):
        assert registry.grant_numbers(*again, sender=first) == 0
        assert registry.segment_total() == round_ - 1
        assert registry.grant_numbers(*again, sender=second) == round_
        assert registry.segment_total() == round_


@pytest.mark.parametrize("by", [0, 1])
def test_approval__same_officer_twice__reverts(world, registry, by):
    agreeing = need(world, 3)
    for officer in agreeing[:2]:
        admit(registry, officer)
    with boa.reverts("approval: already given"):
        admit(registry, agreeing[by])
    admit(registry, agreeing[2])
    assert registry.is_active_issuer(NOBODY)


@pytest.mark.parametrize(
    "other",
    [
        (b"91310000607378008E", *ADMISSION[1:]),
        (NOBODY, "上海某学院", DONGCHENG),
        (NOBODY, "上海某学校", CHAOYANG),
    ],
)
def test_approval__other_arguments__another_act(world, registry, other):
    first, second = need(world, 2)
    admit(registry, first)
    registry.admit_issuer(*other, sender=second)
    act = act_of("admit_issuer", *other)
    assert events_of(registry) == [approved(second, 1, 2, act, other[2])]
    assert not registry.is_active_issuer(NOBODY)
    assert pending(registry)[2] == [first]
    assert pending(registry, act)[2] == [second]


def test_approval__other_function_with_the_same_arguments__another_act(world, registry):
    registry.admit_payer(HOSPITAL, "北京协和医院", 4, DONGCHENG, sender=world.supervisor)
    first, second = need(world, 2)
    registry.revoke_issuer(HOSPITAL, sender=first)
    registry.revoke_payer(HOSPITAL, sender=second)
    assert registry.is_active_issuer(HOSPITAL)
    assert registry.is_active_payer(HOSPITAL)


def test_approval__by_officers_of_the_region__each_covers_it(world, registry):
    county, city = world.officer(DONGCHENG), world.officer(BEIJING)
    elsewhere = officers(world, 1, HEBEI) + officers(world, 1, CHAOYANG)
    need(world, 2)
    admit(registry, county)
    for officer in elsewhere:
        with boa.reverts("supervisor: not in this region"):
            admit(registry, officer)
    admit(registry, city)
    assert registry.is_active_issuer(NOBODY)


def test_approval__act_not_possible__refused_at_the_first_call(world, registry):
    first, second = need(world, 2)
    with boa.reverts("issuer: already admitted"):
        registry.admit_issuer(HOSPITAL, "北京协和医院", DONGCHENG, sender=first)
    registry.revoke_issuer(HOSPITAL, sender=first)
    registry.revoke_issuer(HOSPITAL, sender=second)
    with boa.reverts("issuer: revoked"):
        registry.revoke_issuer(HOSPITAL, sender=first)


# --- time ---


@pytest.mark.parametrize("late", [-1, 0])
def test_approval__until_seven_days_after_the_first__completes(world, registry, late):
    """INV-26: at t - 1 and t."""
    first, second = need(world, 2)
    admit(registry, first)
    boa.env.timestamp += LIFE + late
    assert pending(registry)[2] == [first]
    admit(registry, second)
    assert registry.is_active_issuer(NOBODY)


def test_approval__a_second_later__lapsed_and_begins_anew(world, registry):
    """INV-26: at t + 1."""
    first, second = need(world, 2)
    admit(registry, first)
    boa.env.timestamp += LIFE + 1
    assert pending(registry) == NOTHING
    admit(registry, second)
    assert events_of(registry) == [approved(second, 1, 2)]
    assert pending(registry) == (boa.env.timestamp, DONGCHENG, [second])
    admit(registry, first)
    assert registry.is_active_issuer(NOBODY)


def test_approval__time_runs_from_the_first__not_from_the_latest(world, registry):
    first, second, third = need(world, 3)
    admit(registry, first)
    boa.env.timestamp += LIFE
    admit(registry, second)
    boa.env.timestamp += 1
    admit(registry, third)
    assert events_of(registry) == [approved(third, 1, 3)]


def test_approval__lapsed__may_be_given_again_by_the_same_officer(world, registry):
    first, _ = need(world, 2)
    admit(registry, first)
    boa.env.timestamp += LIFE + 1
    admit(registry, first)
    assert events_of(registry) == [approved(first, 1, 2)]


# --- officers who left ---


def test_approval__approver_dismissed_since__does_not_count(world, registry):
    leaving = world.officer(BEIJING)
    first, second = need(world, 2)
    admit(registry, leaving)
    registry.dismiss_officer(leaving, sender=first)
    assert pending(registry) == NOTHING
    boa.env.timestamp += 60
    admit(registry, first)
    assert events_of(registry) == [approved(first, 1, 2)]
    assert pending(registry) == (boa.env.timestamp, DONGCHENG, [first])
    admit(registry, second)
    assert registry.is_active_issuer(NOBODY)


def test_approval__first_approver_dismissed_since__time_still_runs_from_it(world, registry):
    leaving = world.officer(BEIJING)
    first, second, third = need(world, 3)
    admit(registry, leaving)
    opened_at = boa.env.timestamp
    boa.env.timestamp += 60
    admit(registry, first)
    registry.dismiss_officer(leaving, sender=first)
    admit(registry, second)
    assert events_of(registry) == [approved(second, 2, 3)]
    assert pending(registry) == (opened_at, DONGCHENG, [first, second])
    admit(registry, third)
    assert registry.is_active_issuer(NOBODY)


def test_approval__approver_moved_elsewhere_since__does_not_count(world, registry):
    moving = world.officer(BEIJING)
    first, second = need(world, 2)
    admit(registry, moving)
    registry.dismiss_officer(moving, sender=first)
    for officer in (first, second):
        registry.appoint_officer(moving, HEBEI, sender=officer)
    assert pending(registry) == NOTHING


def test_approval__office_handed_over_since__the_successor_is_no_second(world, registry):
    first, second = need(world, 2)
    successor = boa.env.generate_address()
    admit(registry, first)
    registry.transfer_office(successor, sender=first)
    registry.accept_office(first, sender=successor)
    admit(registry, successor)
    assert events_of(registry) == [approved(successor, 1, 2)]
    assert pending(registry)[2] == [successor]
    with boa.reverts("supervisor: caller is not"):
        admit(registry, first)
    admit(registry, second)
    assert registry.is_active_issuer(NOBODY)


def test_approval__handed_over_and_back__counts_once(world, registry):
    first, _ = need(world, 2)
    successor = boa.env.generate_address()
    admit(registry, first)
    for giver, taker in ((first, successor), (successor, first)):
        registry.transfer_office(taker, sender=giver)
        registry.accept_office(giver, sender=taker)
    with boa.reverts("approval: already given"):
        admit(registry, first)
    assert registry.officer(first).region == PLATFORM
