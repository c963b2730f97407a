# pragma version 0.4.3
"""
@title Regions
@license Apache-2.0
@notice GB/T 2260: six decimal digits, the first not zero: province, city and county, two each.
        0 is the whole platform.
@custom:invariant
     INV-6 A region covers itself, and a province and a city all within them; nothing else.
"""

WHOLE_PLATFORM: constant(uint32) = 0

MIN_REGION: constant(uint32) = 100_000
MAX_REGION: constant(uint32) = 999_999
# A province ends in four zeros, a city in two.
WITHIN_PROVINCE: constant(uint32) = 10_000
WITHIN_CITY: constant(uint32) = 100


@internal
@pure
def _is_region(region: uint32) -> bool:
    return region >= MIN_REGION and region <= MAX_REGION


@internal
@pure
def _is_region_or_whole(region: uint32) -> bool:
    return region == WHOLE_PLATFORM or self._is_region(region)


@internal
@pure
def _covers(over: uint32, region: uint32) -> bool:
    if over == WHOLE_PLATFORM or over == region:
        return True
    if over % WITHIN_PROVINCE == 0:
        return over // WITHIN_PROVINCE == region // WITHIN_PROVINCE
    return over % WITHIN_CITY == 0 and over // WITHIN_CITY == region // WITHIN_CITY
