"""INV-3: a disputed bill is payable only after the supervisor's word."""

import boa
import pytest

from ..support.events import Event, events_of
from ..support.world import (
    BEIJING,
    BUREAU,
    CHAOYANG,
    DISPUTED,
    DONGCHENG,
    GOOD,
    HEBEI,
    PLATFORM,
    VOIDED,
)


@pytest.fixture
def batch(world):
    """Three bills in the window of a stolen key."""
    batch = world.anchor(3)
    boa.env.timestamp += 60
    world.registry.disown_key(world.hospital_key, boa.env.timestamp - 60, sender=world.supervisor)
    return batch


def test_attest_batch__disputed__event_and_payable_again(world, bills, batch):
    assert bills.payability(batch.batch_id, batch.batch_id) == DISPUTED
    before = tuple(bills.batch(batch.batch_id))
    bills.attest_batch(batch.batch_id, sender=world.supervisor)
    expected = {"batch_id": batch.batch_id, "officer": world.supervisor}
    assert events_of(bills) == [Event("BatchAttested", expected)]
    assert bills.batch_attested(batch.batch_id)
    assert not bills.disputed(batch.batch_id)
    assert bills.payability(batch.batch_id + 2, batch.batch_id) == GOOD
    assert tuple(bills.batch(batch.batch_id)) == before
    world.lock(batch, world.granted(batch.batch_id, BUREAU))


def test_attest_batch__not_disputed_or_already__reverts(world, bills, batch):
    with boa.reverts("batch: unknown"):
        bills.attest_batch(batch.batch_id + 1, sender=world.supervisor)
    bills.attest_batch(batch.batch_id, sender=world.supervisor)
    with boa.reverts("batch: not disputed"):
        bills.attest_batch(batch.batch_id, sender=world.supervisor)


def test_attest_batch__good_batch__reverts(world, bills):
    batch = world.anchor()
    with boa.reverts("batch: not disputed"):
        bills.attest_batch(batch.batch_id, sender=world.supervisor)


def test_attest_batch__by_another__reverts(world, bills, batch):
    for sender in (world.hospital_key, world.bureau_key, world.stranger.address):
        with boa.reverts("supervisor: caller is not"):
            bills.attest_batch(batch.batch_id, sender=sender)


def test_attest_batch__window_widened_later__stays_good(world, bills, registry, batch):
    bills.attest_batch(batch.batch_id, sender=world.supervisor)
    registry.disown_key(world.hospital_key, boa.env.timestamp - 3_600, sender=world.supervisor)
    assert bills.is_payable(batch.batch_id, batch.batch_id)


def test_attest_bill__disputed__this_bill_alone(world, bills, batch):
    key = batch.batch_id + 1
    bills.attest_bill(key, batch.batch_id, sender=world.supervisor)
    expected = {"bill_key": key, "batch_id": batch.batch_id, "officer": world.supervisor}
    assert events_of(bills) == [Event("BillAttested", expected)]
    assert tuple(bills.bill_life(key)) == (0, 0, 0, 0, True)
    states = [bills.payability(batch.batch_id + i, batch.batch_id) for i in range(3)]
    assert states == [DISPUTED, GOOD, DISPUTED]
    assert bills.disputed(batch.batch_id)
    assert tuple(bills.bill_state(key)) == (False, 0, 0)


def test_attest_bill__twice_outside_or_not_disputed__reverts(world, bills, batch):
    key = batch.batch_id
    bills.attest_bill(key, key, sender=world.supervisor)
    with boa.reverts("bill: already attested"):
        bills.attest_bill(key, key, sender=world.supervisor)
    with boa.reverts("bill: not in batch"):
        bills.attest_bill(key + 3, key, sender=world.supervisor)
    bills.attest_batch(key, sender=world.supervisor)
    with boa.reverts("batch: not disputed"):
        bills.attest_bill(key + 1, key, sender=world.supervisor)


def test_attest_bill__by_another__reverts(world, bills, batch):
    with boa.reverts("supervisor: caller is not"):
        bills.attest_bill(batch.batch_id, batch.batch_id, sender=world.hospital_key)


def test_attest_bill__voided__stays_voided(world, bills, registry, batch):
    """INV-14: a good word revives nothing."""
    another, key = boa.env.generate_address(), batch.batch_id
    registry.register_key(another, bills.batch(key).issuer, 1, sender=world.supervisor)
    bills.void(key, key, 5, sender=another)
    bills.attest_bill(key, key, sender=world.supervisor)
    assert bills.payability(key, key) == VOIDED
    assert bills.bill_state(key).reason == 5


@pytest.mark.parametrize("region", [PLATFORM, BEIJING, DONGCHENG])
def test_attest__by_an_officer_of_the_issuers_region__vouched_for(world, bills, batch, region):
    """INV-21."""
    officer, key = world.officer(region), batch.batch_id
    bills.attest_bill(key, key, sender=officer)
    assert events_of(bills)[0].args["officer"] == officer
    bills.attest_batch(key, sender=officer)
    assert events_of(bills)[0].args["officer"] == officer
    assert bills.is_payable(key + 1, key)


@pytest.mark.parametrize("region", [CHAOYANG, HEBEI])
def test_attest__by_an_officer_of_elsewhere__reverts(world, bills, batch, region):
    """INV-21."""
    officer, key = world.officer(region), batch.batch_id
    with boa.reverts("supervisor: not in this region"):
        bills.attest_batch(key, sender=officer)
    with boa.reverts("supervisor: not in this region"):
        bills.attest_bill(key, key, sender=officer)


def test_attest__batch_unknown_and_officer_of_a_region__reverts(world, bills):
    with boa.reverts("supervisor: not in this region"):
        bills.attest_batch(1, sender=world.officer(BEIJING))
