import boa
import pytest

from ..support.events import Event, events_of
from ..support.world import BEIJING, CODE, OTHER_CODE, PLATFORM

pytestmark = pytest.mark.usefixtures("as_supervisor")


def test_open_series__new__first_number_is_one(registry):
    registry.open_series(OTHER_CODE, "donation", BEIJING)
    expected = {"bill_code": OTHER_CODE, "kind": "donation", "region": BEIJING}
    assert events_of(registry) == [Event("SeriesOpened", expected)]
    assert tuple(registry.series(OTHER_CODE)) == ("donation", BEIJING, 1, True)


def test_series__unknown__not_opened(registry):
    assert tuple(registry.series(OTHER_CODE)) == ("", 0, 0, False)


def test_open_series__twice__reverts(registry):
    with boa.reverts("series: already open"):
        registry.open_series(CODE, "donation", BEIJING)


@pytest.mark.parametrize("code", [10_000_000, 99_999_999])
def test_open_series__code_of_eight_digits__opened(registry, code):
    registry.open_series(code, "donation", PLATFORM)
    assert registry.series(code).opened


@pytest.mark.parametrize("code", [0, 9_999_999, 100_000_000])
def test_open_series__code_not_of_eight_digits__reverts(registry, code):
    with boa.reverts("series: code not eight digits"):
        registry.open_series(code, "donation", PLATFORM)


def test_open_series__no_kind__reverts(registry):
    with boa.reverts("series: kind missing"):
        registry.open_series(OTHER_CODE, "", BEIJING)
