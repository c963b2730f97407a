import boa
import pytest

from ..support.events import Event, events_of
from ..support.world import (
    ACTIVE,
    BEIJING,
    BUREAU,
    COMMERCIAL,
    EMPLOYING,
    HOSPITAL,
    NOBODY,
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


def test_admit_payer__no_name__reverts(registry):
    with boa.reverts("payer: name missing"):
        registry.admit_payer(NOBODY, "", STATUTORY, BEIJING)
