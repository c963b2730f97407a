import boa
import pytest

from ..support.events import Event, events_of
from ..support.world import BUREAU, CLAIM, DAY, HOSPITAL, VOIDED


@pytest.fixture
def batch(world):
    return world.anchor(3)


def test_void__by_its_issuer__event_and_state(world, bills, batch):
    key = batch.batch_id + 1
    bills.void(key, batch.batch_id, 7, sender=world.hospital_key)
    expected = {"bill_key": key, "issuer": HOSPITAL, "reason": 7}
    assert events_of(bills) == [Event("Voided", expected)]
    assert tuple(bills.bill_state(key)) == (True, boa.env.timestamp, 7)
    assert bills.payability(key, batch.batch_id) == VOIDED


def test_void__one_bill__its_neighbours_stand(world, bills, batch):
    bills.void(batch.batch_id + 1, batch.batch_id, 255, sender=world.hospital_key)
    assert bills.is_payable(batch.batch_id, batch.batch_id)
    assert bills.is_payable(batch.batch_id + 2, batch.batch_id)
    assert tuple(bills.bill_state(batch.batch_id)) == (False, 0, 0)


def test_void__still_held__the_number_stays_used(world, bills, batch):
    """INV-4: a voided number is never issued again."""
    bills.void(batch.batch_id, batch.batch_id, 1, sender=world.hospital_key)
    assert bills.holds(batch.headers[0], batch.batch_id, batch.path(0))
    assert bills.consumed(world.segment) == 3


def test_void__some_bills__counted_for_their_segment(world, bills, batch):
    """What a write-off is held against, whichever batch a bill is in."""
    for index in (0, 2):
        bills.void(batch.batch_id + index, batch.batch_id, 1, sender=world.hospital_key)
    another = world.anchor()
    bills.void(another.batch_id, another.batch_id, 1, sender=world.hospital_key)
    assert bills.voided_in(world.segment) == 3
    assert bills.voided_in(world.clinic_segment) == 0


def test_void__twice__reverts(world, bills, batch):
    """INV-14: a void is final."""
    bills.void(batch.batch_id, batch.batch_id, 1, sender=world.hospital_key)
    with boa.reverts("bill: already voided"):
        bills.void(batch.batch_id, batch.batch_id, 2, sender=world.hospital_key)
    assert bills.bill_state(batch.batch_id).reason == 1


@pytest.mark.parametrize("step", [-1, 3, 10**10])
def test_void__bill_not_in_the_batch__reverts(world, bills, batch, step):
    with boa.reverts("bill: not in batch"):
        bills.void(batch.batch_id + step, batch.batch_id, 1, sender=world.hospital_key)


def test_void__batch_unknown__reverts(world, bills, batch):
    for batch_id in (0, batch.batch_id + 1):
        with boa.reverts("bill: not in batch"):
            bills.void(batch.batch_id + 1, batch_id, 1, sender=world.hospital_key)


def test_void__no_reason__reverts(world, bills, batch):
    with boa.reverts("void: reason missing"):
        bills.void(batch.batch_id, batch.batch_id, 0, sender=world.hospital_key)


def test_void__by_another_issuer__reverts(world, bills, batch):
    with boa.reverts("bill: of another issuer"):
        bills.void(batch.batch_id, batch.batch_id, 1, sender=world.clinic_key)


def test_void__issuer_suspended__reverts(world, bills, registry, batch):
    registry.suspend_issuer(HOSPITAL, sender=world.supervisor)
    with boa.reverts("issuer: not active"):
        bills.void(batch.batch_id, batch.batch_id, 1, sender=world.hospital_key)


def test_void__reserved__reverts_until_rejected(world, bills, ledger):
    batch = world.locked()
    with boa.reverts("bill: reserved or settled"):
        bills.void(batch.batch_id, batch.batch_id, 1, sender=world.hospital_key)
    ledger.reject(batch.batch_id, CLAIM, 1, sender=world.bureau_key)
    bills.void(batch.batch_id, batch.batch_id, 1, sender=world.hospital_key)


def test_void__reserved__reverts_until_expired(world, bills, ledger):
    batch = world.locked()
    boa.env.timestamp += DAY + 1
    with boa.reverts("bill: reserved or settled"):
        bills.void(batch.batch_id, batch.batch_id, 1, sender=world.hospital_key)
    ledger.expire(batch.batch_id, BUREAU, CLAIM)
    bills.void(batch.batch_id, batch.batch_id, 1, sender=world.hospital_key)


def test_void__settled__reverts(world, bills):
    batch = world.locked()
    world.settle(batch, BUREAU, 1)
    with boa.reverts("bill: reserved or settled"):
        bills.void(batch.batch_id, batch.batch_id, 1, sender=world.hospital_key)


def test_void__disputed__allowed(world, bills, registry, batch):
    another = boa.env.generate_address()
    registry.disown_key(world.hospital_key, boa.env.timestamp, sender=world.supervisor)
    registry.register_key(another, HOSPITAL, 1, sender=world.supervisor)
    bills.void(batch.batch_id, batch.batch_id, 1, sender=another)
    assert bills.payability(batch.batch_id, batch.batch_id) == VOIDED
