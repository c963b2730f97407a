"""INV-3, INV-14: of bill and paper only one is live, and the paper goes out once."""

import boa
import pytest

from ..support.events import Event, events_of
from ..support.world import BUREAU, CLAIM, GOOD, HOSPITAL, PAPER_BACK, PAPER_OUT, SWAPPED


@pytest.fixture
def key(world):
    return world.anchor(2).batch_id


def swap(world, key, paper_no="No 0001", sender=None):
    world.bills.swap_to_paper(key, key, paper_no, sender=sender or world.hospital_key)


def recover(world, key, sender=None):
    world.bills.recover_paper(key, key, sender=sender or world.hospital_key)


def test_swap__by_its_issuer__event_and_blocked(world, bills, key):
    swap(world, key)
    expected = {
        "bill_key": key,
        "issuer": HOSPITAL,
        "paper_no": "No 0001",
        "settled_fen": 0,
    }
    assert events_of(bills) == [Event("SwappedToPaper", expected)]
    assert tuple(bills.bill_life(key)) == (0, 0, 0, PAPER_OUT, False)
    assert bills.payability(key, key) == SWAPPED
    assert bills.payability(key + 1, key) == GOOD


def test_swap_and_recover__bill_inside_its_batch__by_its_own_number(world, bills, key):
    bills.swap_to_paper(key + 1, key, "P", sender=world.hospital_key)
    assert bills.payability(key + 1, key) == SWAPPED
    assert bills.payability(key, key) == GOOD
    bills.recover_paper(key + 1, key, sender=world.hospital_key)
    assert bills.payability(key + 1, key) == GOOD


def test_swap__on_paper__lock_reverts(world):
    """INV-3: locked again once it is back, and not before."""
    batch = world.anchor()
    swap(world, batch.batch_id)
    with boa.reverts("bill: on paper"):
        world.lock(batch, world.granted(batch.batch_id, BUREAU))
    recover(world, batch.batch_id)
    world.lock(batch, world.grant_for(batch.batch_id, BUREAU))


def test_swap__reserved__reverts_until_rejected(world, ledger):
    batch = world.locked()
    with boa.reverts("bill: reserved"):
        swap(world, batch.batch_id)
    ledger.reject(batch.batch_id, CLAIM, 1, sender=world.bureau_key)
    swap(world, batch.batch_id)


def test_swap__settled_in_part__the_paper_says_how_much(world, bills):
    batch = world.settled(amount_fen=700)
    swap(world, batch.batch_id)
    assert events_of(bills)[0].args["settled_fen"] == 700


def test_swap__twice__reverts_before_and_after_it_is_back(world, key):
    """INV-14: NONE, SWAPPED, RECOVERED, and no way back."""
    swap(world, key)
    with boa.reverts("bill: on paper"):
        swap(world, key)
    recover(world, key)
    with boa.reverts("paper: went out before"):
        swap(world, key)


def test_swap__no_paper_number__reverts(world, key):
    with boa.reverts("paper: number missing"):
        swap(world, key, "")


def test_swap__ended_bill__reverts(world, bills, key):
    bills.void(key, key, 1, sender=world.hospital_key)
    with boa.reverts("bill: already voided"):
        swap(world, key)
    batch, red = world.anchor(), world.anchor()
    world.reverse(batch, red)
    with boa.reverts("bill: reversed"):
        swap(world, batch.batch_id)
    with boa.reverts("bill: red-letter"):
        swap(world, red.batch_id)


def test_swap__by_another_or_not_in_the_batch__reverts(world, bills, key):
    with boa.reverts("bill: of another issuer"):
        swap(world, key, sender=world.clinic_key)
    with boa.reverts("bill: not in batch"):
        bills.swap_to_paper(key + 2, key, "P", sender=world.hospital_key)


def test_recover_paper__by_its_issuer__event_and_usable_again(world, bills, key):
    swap(world, key)
    recover(world, key)
    expected = {"bill_key": key, "issuer": HOSPITAL}
    assert events_of(bills) == [Event("PaperRecovered", expected)]
    assert tuple(bills.bill_life(key)) == (0, 0, 0, PAPER_BACK, False)
    assert bills.is_payable(key, key)


def test_recover_paper__not_out__reverts(world, key):
    with boa.reverts("paper: not out"):
        recover(world, key)
    swap(world, key)
    recover(world, key)
    with boa.reverts("paper: not out"):
        recover(world, key)


def test_recover_paper__by_another__reverts(world, key):
    swap(world, key)
    with boa.reverts("bill: of another issuer"):
        recover(world, key, sender=world.clinic_key)


def test_void__on_paper__reverts_until_it_is_back(world, bills, key):
    swap(world, key)
    with boa.reverts("bill: on paper"):
        bills.void(key, key, 1, sender=world.hospital_key)
    recover(world, key)
    bills.void(key, key, 1, sender=world.hospital_key)
    assert tuple(bills.bill_life(key))[3] == PAPER_BACK
