"""INV-29: who has taken an approval back counts no longer."""

import boa

from ..support.acts import act_of, need
from ..support.events import Event, events_of
from ..support.world import BEIJING, DAY, DONGCHENG, NOBODY

ADMISSION = (NOBODY, "name", DONGCHENG)
ACT = act_of("admit_issuer", *ADMISSION)


def test_withdraw_approval__the_only_one__nothing_is_pending(world, registry):
    first, second = need(world, 2)
    registry.admit_issuer(*ADMISSION, sender=first)
    registry.withdraw_approval(ACT, sender=first)
    expected = {"act": ACT, "officer": first, "given": 0}
    assert events_of(registry) == [Event("ApprovalWithdrawn", expected)]
    assert tuple(registry.pending_act(ACT)) == (0, 0, [])
    registry.admit_issuer(*ADMISSION, sender=second)
    assert not registry.is_active_issuer(NOBODY)
    registry.admit_issuer(*ADMISSION, sender=first)
    assert registry.is_active_issuer(NOBODY)


def test_withdraw_approval__one_of_two__the_other_stands_since_the_first(world, registry):
    first, second, third = need(world, 3)
    registry.admit_issuer(*ADMISSION, sender=first)
    opened_at = boa.env.timestamp
    boa.env.timestamp += 60
    registry.admit_issuer(*ADMISSION, sender=second)
    registry.withdraw_approval(ACT, sender=first)
    expected = {"act": ACT, "officer": first, "given": 1}
    assert events_of(registry) == [Event("ApprovalWithdrawn", expected)]
    assert tuple(registry.pending_act(ACT)) == (opened_at, DONGCHENG, [second])
    registry.admit_issuer(*ADMISSION, sender=third)
    assert not registry.is_active_issuer(NOBODY)
    registry.admit_issuer(*ADMISSION, sender=first)
    assert registry.is_active_issuer(NOBODY)


def test_withdraw_approval__not_given_or_done_or_lapsed__reverts(world, registry):
    first, second = need(world, 2)
    with boa.reverts("approval: not given"):
        registry.withdraw_approval(ACT, sender=first)
    registry.admit_issuer(*ADMISSION, sender=first)
    with boa.reverts("approval: not given"):
        registry.withdraw_approval(ACT, sender=second)
    boa.env.timestamp += 7 * DAY + 1
    with boa.reverts("approval: not given"):
        registry.withdraw_approval(ACT, sender=first)
    for officer in (first, second):
        registry.admit_issuer(*ADMISSION, sender=officer)
    with boa.reverts("approval: not given"):
        registry.withdraw_approval(ACT, sender=second)


def test_withdraw_approval__no_officer_any_more__reverts(world, registry):
    leaving = world.officer(BEIJING)
    need(world, 2)
    registry.admit_issuer(*ADMISSION, sender=leaving)
    registry.dismiss_officer(leaving, sender=world.supervisor)
    with boa.reverts("supervisor: caller is not"):
        registry.withdraw_approval(ACT, sender=leaving)
