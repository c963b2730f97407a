"""The size of a batch is kept in full: a count has 32 bits, and a segment may hold more."""

import pytest

from ..support.world import BEIJING, GOOD, HOSPITAL, NOT_IN_BATCH, OTHER_CODE

FIRST = OTHER_CODE * 10**10 + 1
MOST = 2**32 - 1


@pytest.fixture
def segment(world, registry):
    """More numbers than one batch can take."""
    registry.open_series(OTHER_CODE, "donation", BEIJING, sender=world.supervisor)
    return registry.grant_numbers(HOSPITAL, OTHER_CODE, MOST + 1, sender=world.supervisor)


@pytest.mark.parametrize("count", [2**31, MOST])
def test_anchor__most_bills_of_one_batch__the_last_one_is_in_it(world, bills, segment, count):
    bills.anchor(segment, FIRST, count, b"\x05" * 32, 1, sender=world.hospital_key)
    assert bills.batch(FIRST).count == count
    assert bills.consumed(segment) == count
    assert bills.payability(FIRST + count - 1, FIRST) == GOOD
    assert bills.payability(FIRST + count, FIRST) == NOT_IN_BATCH
