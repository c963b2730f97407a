"""Times are kept as the interfaces name them: to 64 bits, and until when a claim is good to 40."""

import boa
import pytest

from ..support.world import BUREAU, CLAIM, DAY, HOSPITAL, ISSUER, LIFE_VOIDED

# Seconds since 1970, with the highest of 64 bits set.
LATE = 2**63 + 12_345
# The last second that 40 bits hold, in some 34,000 years, and the longest reservation.
LAST_EXPIRY = 2**40 - 1
LONGEST = 180 * DAY


@pytest.fixture
def late():
    boa.env.timestamp = LATE
    return LATE


def test_time__of_a_batch__all_64_bits(world, bills, late):
    assert bills.batch(world.anchor().batch_id).anchored_at == late


def test_time__of_a_bills_end__all_64_bits(world, bills, late):
    batch = world.anchor()
    bills.void(batch.batch_id, batch.batch_id, 1, sender=world.hospital_key)
    life = bills.bill_life(batch.batch_id)
    assert (life.validity, life.ended_at) == (LIFE_VOIDED, late)


def test_time__of_a_key__all_64_bits(world, registry, late):
    key = boa.env.generate_address("new key")
    registry.register_key(key, HOSPITAL, ISSUER, sender=world.supervisor)
    boa.env.timestamp += 2
    registry.disown_key(key, late + 1, sender=world.supervisor)
    assert tuple(registry.key(key)) == (HOSPITAL, ISSUER, late, late + 2, late + 1)


def test_time__until_when_a_claim_is_good__all_40_bits(world, ledger):
    boa.env.timestamp = LAST_EXPIRY - LONGEST
    batch = world.anchor()
    world.lock(batch, world.granted(batch.batch_id, BUREAU), expires_at=LAST_EXPIRY)
    assert ledger.claim(BUREAU, batch.batch_id, CLAIM).expires_at == LAST_EXPIRY
    boa.env.timestamp = LAST_EXPIRY
    world.settle(batch, BUREAU, 1)
    assert ledger.amounts(batch.batch_id) == (1, 0, True)
