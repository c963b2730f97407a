"""INV-6: a province and a city cover what lies within, all cover themselves, and 0 covers all."""

import boa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ..support.acts import officers
from ..support.world import (
    BEIJING,
    CHAOYANG,
    DISTRICTS,
    DONGCHENG,
    HEBEI,
    HOSPITAL,
    PLATFORM,
    SHIJIAZHUANG,
)

COVERED = [
    (PLATFORM, PLATFORM),
    (PLATFORM, BEIJING),
    (PLATFORM, DONGCHENG),
    (BEIJING, BEIJING),
    (BEIJING, DISTRICTS),
    (BEIJING, 110199),
    (BEIJING, 119999),
    (DISTRICTS, DISTRICTS),
    (DISTRICTS, DONGCHENG),
    (DISTRICTS, 110199),
    (DONGCHENG, DONGCHENG),
]
NOT_COVERED = [
    (BEIJING, PLATFORM),
    (DISTRICTS, PLATFORM),
    (DONGCHENG, PLATFORM),
    (DISTRICTS, BEIJING),
    (DONGCHENG, BEIJING),
    (DONGCHENG, DISTRICTS),
    (DONGCHENG, CHAOYANG),
    (DISTRICTS, 110200),
    (DISTRICTS, 110201),
    (DISTRICTS, 110099),
    (BEIJING, HEBEI),
    (BEIJING, 109999),
    (BEIJING, 120000),
    (BEIJING, SHIJIAZHUANG),
    (SHIJIAZHUANG, DONGCHENG),
]


@pytest.mark.parametrize(("over", "region"), COVERED)
def test_covers__itself_or_what_lies_within__true(registry, over, region):
    assert registry.covers(over, region)


@pytest.mark.parametrize(("over", "region"), NOT_COVERED)
def test_covers__sibling_parent_or_elsewhere__false(registry, over, region):
    assert not registry.covers(over, region)


def digits_say(over: int, region: int) -> bool:
    """The same rule on texts: what is left of a code without its trailing pairs of zeros."""
    if over == PLATFORM:
        return True
    text = str(over)
    prefix = text[:2] if text.endswith("0000") else text[:4] if text.endswith("00") else text
    return str(region).startswith(prefix)


codes = st.one_of(
    st.integers(10, 99).map(lambda n: n * 10_000),
    st.integers(1000, 9999).map(lambda n: n * 100),
    st.integers(100_000, 999_999),
    st.sampled_from([PLATFORM, BEIJING, DISTRICTS, DONGCHENG]),
)


@settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(over=codes, region=codes)
def test_covers__any_two_regions__as_their_digits_say(registry, over, region):
    assert registry.covers(over, region) == digits_say(over, region)


@pytest.mark.parametrize("region", [PLATFORM, BEIJING, DISTRICTS, DONGCHENG])
def test_officer__whose_region_covers_the_issuers__may(world, registry, region):
    (officer,) = officers(world, 1, region)
    registry.suspend_issuer(HOSPITAL, sender=officer)
    assert not registry.is_active_issuer(HOSPITAL)


@pytest.mark.parametrize("region", [CHAOYANG, 110200, HEBEI, SHIJIAZHUANG, 130101])
def test_officer__of_elsewhere__reverts(world, registry, region):
    """INV-21."""
    (officer,) = officers(world, 1, region)
    with boa.reverts("supervisor: not in this region"):
        registry.suspend_issuer(HOSPITAL, sender=officer)


@pytest.mark.parametrize("region", [BEIJING, DISTRICTS, DONGCHENG])
def test_officer__of_a_region__nothing_of_the_whole_platform(world, registry, region):
    """INV-21."""
    (officer,) = officers(world, 1, region)
    for function, arguments in (
        ("pause", ()),
        ("set_stock_limit", (5,)),
        ("set_approval_rule", (1, 5)),
        ("appoint_bills", (world.bills.address,)),
        ("open_series", (99990126, "donation", PLATFORM)),
        ("admit_payer", (b"91310000607378008D", "name", 1, PLATFORM)),
        ("appoint_officer", (boa.env.generate_address(), PLATFORM)),
        ("dismiss_officer", (world.supervisor,)),
        ("unpause", ()),
    ):
        with boa.reverts("supervisor: not in this region"):
            getattr(registry, function)(*arguments, sender=officer)
