import boa
import pytest

from ..support.events import Event, events_of
from ..support.world import ACTIVE, HOSPITAL, NOBODY

pytestmark = pytest.mark.usefixtures("as_supervisor")


def test_admit_issuer__new__active(registry):
    registry.admit_issuer(NOBODY, "上海某学校", 310101)
    expected = {"uscc": NOBODY, "name": "上海某学校", "region": 310101}
    assert events_of(registry) == [Event("IssuerAdmitted", expected)]
    assert tuple(registry.issuer(NOBODY)) == (ACTIVE, 310101, boa.env.timestamp, "上海某学校")
    assert registry.is_active_issuer(NOBODY)
    assert not registry.is_active_payer(NOBODY)


def test_issuer__unknown__has_no_standing(registry):
    assert tuple(registry.issuer(NOBODY)) == (0, 0, 0, "")
    assert not registry.is_active_issuer(NOBODY)


def test_admit_issuer__twice__reverts(registry):
    with boa.reverts("issuer: already admitted"):
        registry.admit_issuer(HOSPITAL, "北京协和医院", 110101)


def test_admit_issuer__revoked_before__reverts(registry):
    """INV-14: REVOKED is final."""
    registry.revoke_issuer(HOSPITAL)
    with boa.reverts("issuer: already admitted"):
        registry.admit_issuer(HOSPITAL, "北京协和医院", 110101)


@pytest.mark.parametrize("region", [100_000, 999_999])
def test_admit_issuer__region_of_six_digits__accepted(registry, region):
    registry.admit_issuer(NOBODY, "name", region)
    assert registry.issuer(NOBODY).region == region


@pytest.mark.parametrize("region", [0, 99_999, 1_000_000])
def test_admit_issuer__region_not_of_six_digits__reverts(registry, region):
    with boa.reverts("issuer: region not six digits"):
        registry.admit_issuer(NOBODY, "name", region)


def test_admit_issuer__no_code__reverts(registry):
    with boa.reverts("issuer: code missing"):
        registry.admit_issuer(bytes(18), "name", 110101)


def test_admit_issuer__no_name__reverts(registry):
    with boa.reverts("issuer: name missing"):
        registry.admit_issuer(NOBODY, "", 110101)
