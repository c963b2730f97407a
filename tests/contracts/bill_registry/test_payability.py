"""INV-3: a bill that is voided or was signed by an untrusted key is never payable."""

import boa
import pytest

from ..support.world import DAY, DISPUTED, GOOD, HOSPITAL, NOT_IN_BATCH, VOIDED


@pytest.fixture
def batch(world):
    return world.anchor(3)


def test_payability__every_bill_of_a_batch__good(bills, batch):
    for key in range(batch.batch_id, batch.batch_id + 3):
        assert bills.payability(key, batch.batch_id) == GOOD
        assert bills.is_payable(key, batch.batch_id)


@pytest.mark.parametrize("step", [-1, 3, -(10**10)])
def test_payability__outside_the_batch__not_in_batch(bills, batch, step):
    assert bills.payability(batch.batch_id + step, batch.batch_id) == NOT_IN_BATCH
    assert not bills.is_payable(batch.batch_id + step, batch.batch_id)


def test_payability__unknown_batch__not_in_batch(bills, batch):
    assert bills.payability(0, 0) == NOT_IN_BATCH
    assert bills.payability(batch.batch_id + 1, batch.batch_id + 1) == NOT_IN_BATCH


@pytest.mark.parametrize(("step", "expected"), [(-1, DISPUTED), (0, DISPUTED), (1, GOOD)])
def test_payability__compromised_since__bills_from_then_on_disputed(
    world, bills, registry, batch, step, expected
):
    """INV-26: anchored at t - 1 of the window is good, at t and t + 1 disputed."""
    since = boa.env.timestamp + step
    boa.env.timestamp += DAY
    registry.disown_key(world.hospital_key, since, sender=world.supervisor)
    assert bills.payability(batch.batch_id, batch.batch_id) == expected
    assert bills.disputed(batch.batch_id) == (expected == DISPUTED)


def test_payability__key_revoked_later__stays_good(world, bills, registry, batch):
    boa.env.timestamp += 1
    registry.revoke_key(world.hospital_key, sender=world.supervisor)
    assert bills.payability(batch.batch_id, batch.batch_id) == GOOD


def test_payability__key_revoked_in_the_same_block__disputed(world, bills, registry, batch):
    registry.revoke_key(world.hospital_key, sender=world.supervisor)
    assert bills.payability(batch.batch_id, batch.batch_id) == DISPUTED


def test_payability__issuer_revoked__stays_good(world, bills, registry, batch):
    """INV-7: what an issuer did while it was active stands."""
    registry.revoke_issuer(HOSPITAL, sender=world.supervisor)
    assert bills.payability(batch.batch_id, batch.batch_id) == GOOD


def test_payability__voided_and_disputed__voided(world, bills, registry, batch):
    bills.void(batch.batch_id, batch.batch_id, 1, sender=world.hospital_key)
    registry.disown_key(world.hospital_key, boa.env.timestamp, sender=world.supervisor)
    assert bills.payability(batch.batch_id, batch.batch_id) == VOIDED
    assert bills.payability(batch.batch_id + 1, batch.batch_id) == DISPUTED


def test_disputed__unknown_batch__reverts(bills, batch):
    with boa.reverts("batch: unknown"):
        bills.disputed(batch.batch_id + 1)
