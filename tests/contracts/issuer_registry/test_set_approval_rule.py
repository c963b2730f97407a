"""INV-30: the number of officers that an act takes never exceeds those that are there."""

import boa
import pytest

from ..support.acts import need, officers
from ..support.events import Event, events_of
from ..support.world import BEIJING, DONGCHENG, NOBODY

NO_LIMIT = 2**64 - 1


def names(registry) -> list[str]:
    return [event.name for event in events_of(registry)]


def test_approval_rule__at_first__one_officer_and_no_limit(registry):
    assert tuple(registry.approval_rule()) == (1, NO_LIMIT)


def test_set_approval_rule__limit_alone__by_one(world, registry):
    registry.set_approval_rule(1, 500, sender=world.supervisor)
    expected = {"approvals": 1, "grant_limit": 500}
    assert events_of(registry) == [Event("ApprovalRuleSet", expected)]
    assert tuple(registry.approval_rule()) == (1, 500)


@pytest.mark.parametrize("approvals", [2, 3, 4, 5])
def test_set_approval_rule__raised__by_as_many_as_the_new_rule_asks_for(world, registry, approvals):
    agreeing = [world.supervisor, *officers(world, approvals - 1)]
    for officer in agreeing[:-1]:
        registry.set_approval_rule(approvals, 9, sender=officer)
        assert names(registry) == ["ActApproved"]
        assert tuple(registry.approval_rule()) == (1, NO_LIMIT)
    registry.set_approval_rule(approvals, 9, sender=agreeing[-1])
    assert names(registry) == ["ApprovalRuleSet"]
    assert tuple(registry.approval_rule()) == (approvals, 9)


def test_set_approval_rule__lowered__by_as_many_as_the_old_rule_asks_for(world, registry):
    first, second, third = need(world, 3)
    for officer in (first, second):
        registry.set_approval_rule(1, 9, sender=officer)
        assert registry.approval_rule().approvals == 3
    registry.set_approval_rule(1, 9, sender=third)
    assert tuple(registry.approval_rule()) == (1, 9)


def test_set_approval_rule__officers_of_a_region__do_not_count(world, registry):
    for officer in officers(world, 2, BEIJING):
        with boa.reverts("supervisor: not in this region"):
            registry.set_approval_rule(2, 9, sender=officer)
    registry.set_approval_rule(2, 9, sender=world.supervisor)
    assert registry.approval_rule().approvals == 1


def test_set_approval_rule__none_or_more_than_five__reverts(world, registry):
    with boa.reverts("approval: none needed"):
        registry.set_approval_rule(0, 9, sender=world.supervisor)
    with boa.reverts("approval: more than five needed"):
        registry.set_approval_rule(6, 9, sender=world.supervisor)


def test_set_approval_rule__counts_for_what_is_pending(world, registry):
    first, second, third = need(world, 3)
    admission = (NOBODY, "name", DONGCHENG)
    registry.admit_issuer(*admission, sender=first)
    for officer in (first, second, third):
        registry.set_approval_rule(2, 9, sender=officer)
    registry.admit_issuer(*admission, sender=third)
    assert registry.is_active_issuer(NOBODY)


def test_set_approval_rule__lowered_below_what_is_given__one_more_call_does_it(world, registry):
    first, second, third = need(world, 3)
    admission = (NOBODY, "name", DONGCHENG)
    for officer in (first, second):
        registry.admit_issuer(*admission, sender=officer)
    for officer in (first, second, third):
        registry.set_approval_rule(1, 9, sender=officer)
    with boa.reverts("approval: already given"):
        registry.admit_issuer(*admission, sender=first)
    registry.admit_issuer(*admission, sender=third)
    assert registry.is_active_issuer(NOBODY)
