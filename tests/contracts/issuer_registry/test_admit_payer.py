import boa
import pytest

from ..support.events import Event, events_of
from ..support.world import (
    ACTIVE,
    BEIJING,
    BUREAU,
    COMMERCIAL,
    DONGCHENG,
    EMPLOYING,
    HOSPITAL,
    INSURER,
    NOBODY,
    PLATFORM,
    PROVIDENT_FUND,
    STATUTORY,
)

pytestmark = pytest.mark.usefixtures("as_supervisor")


@pytest.mark.parametrize("kind", [STATUTORY, COMMERCIAL, EMPLOYING, PROVIDENT_FUND])
def test_admit_payer__new__active(registry, kind):
    registry.admit_payer(NOBODY, "住房公积金管理中心", kind, BEIJING)
    expected = {"uscc": NOBODY, "name": "住房公积金管理中心", "payer_kind": kind, "region": BEIJING}
    assert events_of(registry) == [Event("PayerAdmitted", expected)]
    assert tuple(registry.payer(NOBODY)) == (
        ACTIVE,
        kind,
        BEIJING,
        boa.env.timestamp,
        "住房公积金管理中心",
    )
    assert registry.is_active_payer(NOBODY)
    assert not registry.is_active_issuer(NOBODY)


def test_admit_payer__is_an_issuer_too__both_active(registry):
    registry.admit_payer(HOSPITAL, "北京协和医院", EMPLOYING, BEIJING)
    assert registry.is_active_payer(HOSPITAL)
    assert registry.is_active_issuer(HOSPITAL)


@pytest.mark.parametrize("kind", [0, STATUTORY | COMMERCIAL, 15])
def test_admit_payer__not_exactly_one_kind__reverts(registry, kind):
    with boa.reverts("payer: not exactly one kind"):
        registry.admit_payer(NOBODY, "name", kind, BEIJING)


def test_admit_payer__twice__reverts(registry):
    with boa.reverts("payer: already admitted"):
        registry.admit_payer(BUREAU, "name", STATUTORY, BEIJING)


def test_admit_payer__no_code__reverts(registry):
    with boa.reverts("payer: code missing"):
        registry.admit_payer(bytes(18), "name", STATUTORY, BEIJING)


def test_admit_payer__no_name__reverts_and_one_letter_is_a_name(registry):
    with boa.reverts("payer: name missing"):
        registry.admit_payer(NOBODY, "", STATUTORY, BEIJING)
    registry.admit_payer(NOBODY, "A", STATUTORY, BEIJING)
    assert registry.is_active_payer(NOBODY)


@pytest.mark.parametrize("region", [PLATFORM, BEIJING, DONGCHENG, 100_000, 999_999])
def test_admit_payer__of_a_region_or_nationwide__recorded(registry, region):
    registry.admit_payer(NOBODY, "name", COMMERCIAL, region)
    assert registry.payer(NOBODY).region == region


@pytest.mark.parametrize("region", [1, 99_999, 1_000_000])
def test_admit_payer__region_not_of_six_digits__reverts(registry, region):
    with boa.reverts("payer: region not six digits"):
        registry.admit_payer(NOBODY, "name", COMMERCIAL, region)


def test_admit_payer__nationwide__only_by_an_officer_of_the_whole_platform(world, registry):
    """INV-21."""
    officer = world.officer(BEIJING)
    with boa.reverts("supervisor: not in this region"):
        registry.admit_payer(NOBODY, "name", COMMERCIAL, PLATFORM, sender=officer)
    registry.admit_payer(NOBODY, "name", COMMERCIAL, DONGCHENG, sender=officer)
    with boa.reverts("supervisor: not in this region"):
        registry.suspend_payer(INSURER, sender=officer)
    registry.suspend_payer(NOBODY, sender=officer)
