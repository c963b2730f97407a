"""Why a bill ended is kept in full: a reason has eight bits."""

import pytest

from ..support.world import LIFE_RED, LIFE_REVERSED, LIFE_VOIDED

REASONS = pytest.mark.parametrize("reason", [1, 128, 255])


@REASONS
def test_void__any_reason__told_as_given(world, bills, reason):
    batch = world.anchor()
    bills.void(batch.batch_id, batch.batch_id, reason, sender=world.hospital_key)
    assert bills.bill_state(batch.batch_id).reason == reason
    life = bills.bill_life(batch.batch_id)
    assert (life.validity, life.reason) == (LIFE_VOIDED, reason)


@REASONS
def test_reverse__any_reason__told_of_the_bill_and_its_red_bill(world, bills, reason):
    batch, red = world.anchor(), world.anchor()
    world.reverse(batch, red, reason=reason)
    for each, validity in ((batch, LIFE_REVERSED), (red, LIFE_RED)):
        life = bills.bill_life(each.batch_id)
        assert (life.validity, life.reason) == (validity, reason)
