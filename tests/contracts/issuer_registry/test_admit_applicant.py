"""INV-14: an application is decided once."""

import boa
import pytest

from ..support.acts import act_of, need
from ..support.events import Event, events_of
from ..support.world import (
    ACTIVE,
    BEIJING,
    CHAOYANG,
    CODE,
    DONGCHENG,
    HOSPITAL,
    ISSUER,
    NOBODY,
    PLATFORM,
)

OPEN, ADMITTED, REFUSED = 1, 2, 4
NAME = "某学校"


@pytest.fixture
def applicant(registry):
    applicant = boa.env.generate_address("applicant")
    registry.apply_as_issuer(NOBODY, NAME, DONGCHENG, sender=applicant)
    return applicant


@pytest.mark.parametrize("region", [PLATFORM, BEIJING, DONGCHENG])
def test_admit_applicant__by_an_officer_of_the_region__issuer_with_its_key(
    world, registry, applicant, region
):
    registry.admit_applicant(1, sender=world.officer(region))
    assert events_of(registry) == [
        Event("ApplicationAdmitted", {"application_id": 1, "uscc": NOBODY}),
        Event("IssuerAdmitted", {"uscc": NOBODY, "name": NAME, "region": DONGCHENG}),
        Event("KeyRegistered", {"key": applicant, "owner": NOBODY, "role": ISSUER}),
    ]
    now = boa.env.timestamp
    assert registry.application(1).status == ADMITTED
    assert tuple(registry.issuer(NOBODY)) == (ACTIVE, DONGCHENG, now, NAME)
    assert tuple(registry.key(applicant)) == (NOBODY, ISSUER, now, 0, 0)
    assert registry.authorised_issuer(applicant) == NOBODY
    registry.grant_numbers(NOBODY, CODE, 5, sender=world.supervisor)


def test_admit_applicant__by_an_officer_of_elsewhere_or_another__reverts(
    world, registry, applicant
):
    with boa.reverts("supervisor: not in this region"):
        registry.admit_applicant(1, sender=world.officer(CHAOYANG))
    for caller in (applicant, world.hospital_key):
        with boa.reverts("supervisor: caller is not"):
            registry.admit_applicant(1, sender=caller)


def test_admit_applicant__decided_or_unknown__reverts(world, registry, applicant):
    with boa.reverts("application: not open"):
        registry.admit_applicant(2, sender=world.supervisor)
    registry.admit_applicant(1, sender=world.supervisor)
    for function in (registry.admit_applicant, registry.refuse_applicant):
        with boa.reverts("application: not open"):
            function(1, sender=world.supervisor)
    assert registry.authorised_issuer(applicant) == NOBODY


@pytest.mark.usefixtures("applicant")
def test_admit_applicant__institution_admitted_since__reverts(world, registry):
    registry.admit_issuer(NOBODY, NAME, DONGCHENG, sender=world.supervisor)
    with boa.reverts("issuer: already admitted"):
        registry.admit_applicant(1, sender=world.supervisor)


def test_admit_applicant__key_registered_since__reverts(world, registry, applicant):
    registry.register_key(applicant, HOSPITAL, ISSUER, sender=world.supervisor)
    with boa.reverts("key: already registered"):
        registry.admit_applicant(1, sender=world.supervisor)


def test_admit_applicant__own_application__reverts(world, registry):
    officer, colleague = world.officer(DONGCHENG), world.officer(DONGCHENG)
    registry.apply_as_issuer(NOBODY, NAME, DONGCHENG, sender=officer)
    with boa.reverts("application: officer is applicant"):
        registry.admit_applicant(1, sender=officer)
    registry.admit_applicant(1, sender=colleague)
    assert registry.authorised_issuer(officer) == NOBODY


def test_admit_applicant__takes_several__nothing_until_the_last(world, registry, applicant):
    """INV-29."""
    first, second = need(world, 2)
    registry.admit_applicant(1, sender=first)
    assert registry.pending_act(act_of("admit_applicant", 1)).approvers == [first]
    assert registry.application(1).status == OPEN
    assert registry.issuer(NOBODY).status == 0
    assert registry.key(applicant).role == 0
    registry.admit_applicant(1, sender=second)
    assert registry.application(1).status == ADMITTED


def test_admit_applicant__refused_while_pending__stays_refused(world, registry, applicant):
    first, second = need(world, 2)
    registry.admit_applicant(1, sender=first)
    registry.refuse_applicant(1, sender=second)
    with boa.reverts("application: not open"):
        registry.admit_applicant(1, sender=second)
    assert registry.key(applicant).role == 0


@pytest.mark.usefixtures("applicant")
@pytest.mark.parametrize("region", [PLATFORM, BEIJING, DONGCHENG])
def test_refuse_applicant__by_an_officer_of_the_region__final(world, registry, region):
    registry.refuse_applicant(1, sender=world.officer(region))
    expected = {"application_id": 1, "uscc": NOBODY}
    assert events_of(registry) == [Event("ApplicationRefused", expected)]
    assert registry.application(1).status == REFUSED
    assert registry.issuer(NOBODY).status == 0
    with boa.reverts("application: not open"):
        registry.refuse_applicant(1, sender=world.supervisor)


@pytest.mark.usefixtures("applicant")
def test_refuse_applicant__by_an_officer_of_elsewhere_or_another__reverts(world, registry):
    with boa.reverts("supervisor: not in this region"):
        registry.refuse_applicant(1, sender=world.officer(CHAOYANG))
    with boa.reverts("supervisor: caller is not"):
        registry.refuse_applicant(1, sender=world.hospital_key)
