"""INV-6: numbers are granted only of series whose region covers the issuer's."""

import boa
import pytest

from ..support.acts import officers
from ..support.world import (
    BEIJING,
    CHAOYANG,
    CLINIC,
    CODE,
    DISTRICTS,
    DONGCHENG,
    HEBEI,
    HOSPITAL,
    OTHER_CODE,
    PLATFORM,
    SHIJIAZHUANG,
)


def opened(world, region: int, code: int = OTHER_CODE) -> int:
    world.registry.open_series(code, "donation", region, sender=world.supervisor)
    return code


@pytest.mark.parametrize("region", [PLATFORM, BEIJING, DISTRICTS, DONGCHENG])
def test_grant__series_covers_the_issuer__granted_and_requested(world, registry, region):
    code = opened(world, region)
    segment = registry.grant_numbers(HOSPITAL, code, 5, sender=world.supervisor)
    assert registry.segment(segment).issuer == HOSPITAL
    assert registry.request_numbers(code, 5, sender=world.hospital_key) == 1


@pytest.mark.parametrize(
    ("region", "code"),
    [(CHAOYANG, 11020126), (110200, 11020126), (HEBEI, 13020126), (SHIJIAZHUANG, 13020126)],
)
def test_grant__series_of_elsewhere__reverts(world, registry, region, code):
    opened(world, region, code)
    with boa.reverts("series: of another region"):
        registry.grant_numbers(HOSPITAL, code, 5, sender=world.supervisor)
    with boa.reverts("series: of another region"):
        registry.request_numbers(code, 5, sender=world.hospital_key)


def test_grant__by_the_issuers_officer_of_the_provinces_series__granted(world, registry):
    """The series' region says who gets numbers; the issuer's who may hand them out."""
    (officer,) = officers(world, 1, DONGCHENG)
    registry.grant_numbers(HOSPITAL, CODE, 5, sender=officer)
    with boa.reverts("supervisor: not in this region"):
        registry.grant_numbers(CLINIC, CODE, 5, sender=officer)


def test_open_series__region__is_recorded_and_takes_its_officer(world, registry):
    """INV-21."""
    (city,) = officers(world, 1, DISTRICTS)
    registry.open_series(OTHER_CODE, "donation", DONGCHENG, sender=city)
    assert tuple(registry.series(OTHER_CODE)) == ("donation", DONGCHENG, 1, True)
    for region in (PLATFORM, BEIJING, HEBEI):
        with boa.reverts("supervisor: not in this region"):
            registry.open_series(11030126, "donation", region, sender=city)


@pytest.mark.parametrize(("region", "code"), [(BEIJING, 11_000_000), (DONGCHENG, 11_999_999)])
def test_open_series__code_of_the_province__opened(world, registry, region, code):
    opened(world, region, code)
    assert registry.series(code).opened


@pytest.mark.parametrize(
    ("region", "code"),
    [(BEIJING, 10_999_999), (BEIJING, 12_000_000), (DONGCHENG, 13020126), (HEBEI, 11020126)],
)
def test_open_series__code_of_another_province__reverts(world, registry, region, code):
    """Or an officer of one province could use up the codes of all others."""
    with boa.reverts("series: code of another region"):
        registry.open_series(code, "donation", region, sender=world.supervisor)


@pytest.mark.parametrize("region", [1, 99_999, 1_000_000])
def test_open_series__region_not_of_six_digits__reverts(world, registry, region):
    with boa.reverts("series: region not six digits"):
        registry.open_series(OTHER_CODE, "donation", region, sender=world.supervisor)
