"""INV-29: every act that takes several officers, and those that one may do whatever the rule."""

import boa
import pytest

from ..support.acts import act_of, need
from ..support.events import events_of
from ..support.world import (
    BEIJING,
    BUREAU,
    CLINIC,
    CODE,
    DONGCHENG,
    EMPLOYER,
    HOSPITAL,
    ISSUER,
    NOBODY,
    OTHER_CODE,
    PLATFORM,
    STATUTORY,
)

NEW_KEY = "0x" + "77" * 20
APPLICANT = "0x" + "78" * 20
LIMIT = 10

# function → (arguments, region, events when it is done)
SEVERAL = {
    "admit_issuer": ((NOBODY, "某学校", BEIJING), BEIJING, ["IssuerAdmitted"]),
    "revoke_issuer": ((HOSPITAL,), DONGCHENG, ["IssuerRevoked"]),
    "admit_payer": ((NOBODY, "某保险", STATUTORY, PLATFORM), PLATFORM, ["PayerAdmitted"]),
    "revoke_payer": ((EMPLOYER,), DONGCHENG, ["PayerRevoked"]),
    "register_key": ((NEW_KEY, HOSPITAL, ISSUER), DONGCHENG, ["KeyRegistered"]),
    "appoint_officer": ((NEW_KEY, BEIJING), BEIJING, ["OfficerAppointed"]),
    "admit_applicant": (
        (1,),
        DONGCHENG,
        ["ApplicationAdmitted", "IssuerAdmitted", "KeyRegistered"],
    ),
    "grant_numbers": ((HOSPITAL, CODE, LIMIT + 1), DONGCHENG, ["NumbersGranted"]),
    "grant_request": ((1,), DONGCHENG, ["NumbersGranted"]),
    "set_approval_rule": ((2, 5), PLATFORM, ["ApprovalRuleSet"]),
    "dismiss_officer": ((NEW_KEY,), PLATFORM, ["OfficerDismissed"]),
}
# What stops something, and what an issuer waits for every day.
ONE = {
    "suspend_issuer": (HOSPITAL,),
    "resume_issuer": (CLINIC,),
    "suspend_payer": (BUREAU,),
    "revoke_key": (0,),
    "open_series": (OTHER_CODE, "donation", BEIJING),
    "allow_kind": (HOSPITAL, "donation", True),
    "grant_numbers": (HOSPITAL, CODE, LIMIT),
    "grant_request": (2,),
    "refuse_applicant": (1,),
    "set_stock_limit": (5,),
    "pause": (),
}


@pytest.fixture
def agreeing(world, registry):
    """A platform with something of everything, where an act takes two officers."""
    registry.apply_as_issuer(NOBODY, "某学校", DONGCHENG, sender=APPLICANT)
    with boa.env.prank(world.hospital_key):
        registry.request_numbers(CODE, LIMIT + 1)
        registry.request_numbers(CODE, LIMIT)
    with boa.env.prank(world.supervisor):
        registry.appoint_bills(world.bills.address)
        registry.approve_request(1)
        registry.approve_request(2)
        registry.suspend_issuer(CLINIC)
    return need(world, 2, LIMIT)


def done(registry) -> list[str]:
    return [event.name for event in events_of(registry)]


@pytest.mark.parametrize("function", SEVERAL)
def test_act__of_several__approved_by_the_first_done_by_the_second(registry, agreeing, function):
    arguments, region, events = SEVERAL[function]
    first, second = agreeing
    if function == "dismiss_officer":
        for officer in agreeing:
            registry.appoint_officer(NEW_KEY, PLATFORM, sender=officer)
    call, act = getattr(registry, function), act_of(function, *arguments)
    assert not call(*arguments, sender=first)
    assert done(registry) == ["ActApproved"]
    assert registry.pending_act(act).approvers == [first]
    assert registry.pending_act(act).region == region
    call(*arguments, sender=second)
    assert done(registry) == events
    assert registry.pending_act(act).opened_at == 0


@pytest.mark.parametrize("function", ONE)
def test_act__of_one__done_by_the_first(world, registry, agreeing, function):
    arguments = (world.hospital_key,) if function == "revoke_key" else ONE[function]
    getattr(registry, function)(*arguments, sender=agreeing[1])
    assert "ActApproved" not in done(registry)
    assert len(done(registry)) == 1


def test_grant__above_the_limit__exact(registry, agreeing):
    first, second = agreeing
    assert registry.grant_numbers(HOSPITAL, CODE, LIMIT, sender=first) == 3
    assert registry.grant_numbers(HOSPITAL, CODE, LIMIT + 1, sender=first) == 0
    assert registry.request(1).status == 2
    assert registry.grant_request(1, sender=first) == 0
    assert registry.request(1).status == 2
    assert registry.grant_request(1, sender=second) == 4
    assert registry.request(1).status == 4
