import boa
import pytest

from ..support.events import Event, events_of
from ..support.world import BEIJING, CHAOYANG, DISTRICTS, DONGCHENG, HEBEI, PLATFORM

ZERO = "0x" + "00" * 20


@pytest.fixture
def account():
    return boa.env.generate_address("new officer")


@pytest.mark.parametrize("region", [PLATFORM, BEIJING, DISTRICTS, DONGCHENG, 100_000, 999_999])
def test_appoint_officer__by_the_whole_platforms__holds_the_office(
    world, registry, account, region
):
    before = registry.platform_officers()
    registry.appoint_officer(account, region, sender=world.supervisor)
    expected = {"officer": account, "region": region}
    assert events_of(registry) == [Event("OfficerAppointed", expected)]
    assert tuple(registry.officer(account)) == (region, boa.env.timestamp, ZERO)
    assert registry.platform_officers() == before + (region == PLATFORM)


def test_officer__unknown__holds_none(registry, account):
    assert tuple(registry.officer(account)) == (0, 0, ZERO)


@pytest.mark.parametrize("region", [BEIJING, DISTRICTS, DONGCHENG, 119999])
def test_appoint_officer__within_the_callers_region__appointed(world, registry, account, region):
    registry.appoint_officer(account, region, sender=world.officer(BEIJING))
    assert registry.officer(account).region == region


@pytest.mark.parametrize(
    ("own", "region"),
    [
        (BEIJING, PLATFORM),
        (BEIJING, HEBEI),
        (DISTRICTS, BEIJING),
        (DONGCHENG, CHAOYANG),
        (DONGCHENG, DISTRICTS),
    ],
)
def test_appoint_officer__outside_the_callers_region__reverts(
    world, registry, account, own, region
):
    """INV-21: nobody widens the own region."""
    with boa.reverts("supervisor: not in this region"):
        registry.appoint_officer(account, region, sender=world.officer(own))


def test_appoint_officer__holds_one_already__reverts(world, registry, account):
    """INV-24: one office an account."""
    registry.appoint_officer(account, BEIJING, sender=world.supervisor)
    for region in (BEIJING, DONGCHENG, PLATFORM):
        with boa.reverts("office: already held"):
            registry.appoint_officer(account, region, sender=world.supervisor)


@pytest.mark.parametrize("region", [1, 99_999, 1_000_000])
def test_appoint_officer__region_not_of_six_digits__reverts(world, registry, account, region):
    with boa.reverts("office: region not six digits"):
        registry.appoint_officer(account, region, sender=world.supervisor)


def test_appoint_officer__zero_address__reverts(world, registry):
    with boa.reverts("office: zero address"):
        registry.appoint_officer(ZERO, BEIJING, sender=world.supervisor)


def test_appoint_officer__by_another__reverts(world, registry, account):
    with boa.reverts("supervisor: caller is not"):
        registry.appoint_officer(account, DONGCHENG, sender=world.hospital_key)
