"""INV-4: segments of a series never overlap."""

import boa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ..support.events import Event, events_of
from ..support.world import BEIJING, CLINIC, CODE, HOSPITAL, NOBODY, OTHER_CODE

pytestmark = pytest.mark.usefixtures("as_supervisor")

LAST_NO = 10**10 - 1


@pytest.fixture
def series(world, registry):
    registry.open_series(OTHER_CODE, "donation", BEIJING, sender=world.supervisor)
    return OTHER_CODE


def test_grant_numbers__open_series__next_numbers(registry):
    segment_id = registry.grant_numbers(CLINIC, CODE, 7)
    expected = {
        "segment_id": 3,
        "issuer": CLINIC,
        "bill_code": CODE,
        "first": 100_051,
        "count": 7,
        "request_id": 0,
    }
    assert events_of(registry) == [Event("NumbersGranted", expected)]
    assert segment_id == 3 == registry.segment_total()
    assert tuple(registry.segment(3)) == (CLINIC, CODE, 100_051, 7)
    assert registry.series(CODE).next_no == 100_058


def test_segment__unknown__empty(registry):
    assert tuple(registry.segment(0)) == (bytes(18), 0, 0, 0)
    assert tuple(registry.segment(3)) == (bytes(18), 0, 0, 0)


def test_grant_numbers__whole_series__granted(registry, series):
    registry.grant_numbers(HOSPITAL, series, LAST_NO)
    assert tuple(registry.segment(3)) == (HOSPITAL, series, 1, LAST_NO)
    with boa.reverts("numbers: series exhausted"):
        registry.grant_numbers(HOSPITAL, series, 1)


def test_grant_numbers__last_number__granted_and_no_more(registry, series):
    registry.grant_numbers(HOSPITAL, series, LAST_NO - 1)
    with boa.reverts("numbers: series exhausted"):
        registry.grant_numbers(HOSPITAL, series, 2)
    registry.grant_numbers(CLINIC, series, 1)
    assert tuple(registry.segment(4)) == (CLINIC, series, LAST_NO, 1)


@pytest.mark.parametrize("count", [LAST_NO + 1, 2**64 - 1])
def test_grant_numbers__more_than_a_series_has__reverts(registry, series, count):
    with boa.reverts("numbers: series exhausted"):
        registry.grant_numbers(HOSPITAL, series, count)


def test_grant_numbers__none__reverts(registry):
    with boa.reverts("numbers: count is zero"):
        registry.grant_numbers(HOSPITAL, CODE, 0)


def test_grant_numbers__series_not_open__reverts(registry):
    with boa.reverts("series: not open"):
        registry.grant_numbers(HOSPITAL, OTHER_CODE, 1)


def test_grant_numbers__issuer_not_active__reverts(registry):
    """INV-6: only an active issuer."""
    with boa.reverts("issuer: not active"):
        registry.grant_numbers(NOBODY, CODE, 1)
    registry.suspend_issuer(HOSPITAL)
    with boa.reverts("issuer: not active"):
        registry.grant_numbers(HOSPITAL, CODE, 1)
    registry.resume_issuer(HOSPITAL)
    registry.grant_numbers(HOSPITAL, CODE, 1)
    registry.revoke_issuer(HOSPITAL)
    with boa.reverts("issuer: not active"):
        registry.grant_numbers(HOSPITAL, CODE, 1)


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    counts=st.lists(
        st.tuples(st.sampled_from([HOSPITAL, CLINIC]), st.integers(1, 10**9)),
        min_size=1,
        max_size=9,
    )
)
def test_grant_numbers__any_grants__partition_the_series(registry, series, counts):
    with boa.env.anchor():
        expected = 1
        for issuer, count in counts:
            segment_id = registry.grant_numbers(issuer, series, count)
            assert tuple(registry.segment(segment_id)) == (issuer, series, expected, count)
            expected += count
        assert registry.series(series).next_no == expected
