"""INV-15: a reversal takes back the whole bill, once, and links bills to one chain."""

import boa
import pytest

from ..support.events import Event, events_of
from ..support.world import (
    BUREAU,
    CLAIM,
    DAY,
    GOOD,
    HOSPITAL,
    INSURER,
    ISSUER,
    LIFE_RED,
    LIFE_REVERSED,
    RED,
    REVERSED,
    VOUCHER,
    proved,
    word_of,
)


@pytest.fixture
def bill(world):
    return world.anchor()


@pytest.fixture
def red(world):
    return world.anchor()


@pytest.fixture
def replacement(world):
    return world.anchor(amount_fen=50_000)


def key_of(batch):
    return batch.batch_id


def test_reverse__nothing_claimed__event_states_and_links(world, bills, bill, red, replacement):
    world.reverse(bill, red, key_of(replacement), reason=9)
    expected = {
        "bill_key": key_of(bill),
        "red_key": key_of(red),
        "replacement_key": key_of(replacement),
        "issuer": HOSPITAL,
        "amount_fen": 100_000,
        "due_fen": 0,
        "reason": 9,
    }
    assert events_of(bills) == [Event("Reversed", expected)]
    now = boa.env.timestamp
    assert tuple(bills.bill_life(key_of(bill))) == (LIFE_REVERSED, now, 9, 0, False)
    assert tuple(bills.bill_life(key_of(red))) == (LIFE_RED, now, 9, 0, False)
    assert tuple(bills.bill_life(key_of(replacement))) == (0, 0, 0, 0, False)
    assert tuple(bills.links(key_of(bill))) == (key_of(red), key_of(replacement), 0)
    assert tuple(bills.links(key_of(red))) == (0, 0, key_of(bill))
    assert tuple(bills.links(key_of(replacement))) == (0, 0, key_of(bill))
    states = [bills.payability(key_of(each), key_of(each)) for each in (bill, red, replacement)]
    assert states == [REVERSED, RED, GOOD]
    assert tuple(bills.bill_state(key_of(bill))) == (False, 0, 0)


def test_reverse__bills_inside_their_batches__each_by_its_own_number(world, bills):
    batches = [world.anchor(3) for _ in range(3)]
    numbers = [batch.batch_id + 1 for batch in batches]
    bill, red, replacement = batches
    bills.reverse(
        proved(bill, 1), proved(red, 1), numbers[2], replacement.batch_id, 3,
        sender=world.hospital_key,
    )  # fmt: skip
    states = [bills.payability(n, b.batch_id) for n, b in zip(numbers, batches, strict=True)]
    assert states == [REVERSED, RED, GOOD]
    assert bills.original_of(numbers[2]) == numbers[0]
    first = [bills.payability(batch.batch_id, batch.batch_id) for batch in batches]
    assert first == [GOOD, GOOD, GOOD]


def test_reverse__without_replacement__taken_back_all_the_same(world, bills, bill, red):
    world.reverse(bill, red)
    assert tuple(bills.links(key_of(bill))) == (key_of(red), 0, 0)
    assert tuple(bills.links(0)) == (0, 0, 0)
    assert bills.is_reversed(key_of(bill))
    assert not bills.is_reversed(key_of(red))


def test_reverse__settled__what_is_due_is_in_the_event(world, bills, red):
    bill = world.settled(amount_fen=700)
    world.reverse(bill, red)
    assert events_of(bills)[0].args["due_fen"] == 700


def test_reverse__reserved__reverts_until_resolved(world, ledger, bill, red):
    world.lock(bill, world.granted(key_of(bill), BUREAU))
    with boa.reverts("bill: reserved"):
        world.reverse(bill, red)
    with boa.env.anchor():
        ledger.reject(key_of(bill), CLAIM, 1, sender=world.bureau_key)
        world.reverse(bill, red)
    with boa.env.anchor():
        world.settle(bill, BUREAU, 5)
        world.reverse(bill, red)
    boa.env.timestamp += DAY + 1
    with boa.reverts("bill: reserved"):
        world.reverse(bill, red)
    ledger.expire(key_of(bill), BUREAU, CLAIM)
    world.reverse(bill, red)


def test_reverse__twice__reverts(world, bill, red):
    """INV-14, INV-15: a bill is taken back once."""
    world.reverse(bill, red)
    with boa.reverts("bill: reversed"):
        world.reverse(bill, world.anchor())


def test_reverse__then_void__reverts(world, bills, bill, red):
    """INV-14: finals stay final, on either side."""
    world.reverse(bill, red)
    with boa.reverts("bill: reversed"):
        bills.void(key_of(bill), key_of(bill), 1, sender=world.hospital_key)
    with boa.reverts("bill: red-letter"):
        bills.void(key_of(red), key_of(red), 1, sender=world.hospital_key)
    with boa.reverts("bill: red-letter"):
        world.reverse(red, world.anchor())


def test_reverse__voided__reverts(world, bills, bill, red):
    bills.void(key_of(bill), key_of(bill), 1, sender=world.hospital_key)
    with boa.reverts("bill: already voided"):
        world.reverse(bill, red)


def test_reverse__by_itself__reverts(world, bill):
    with boa.reverts("red bill: is the bill itself"):
        world.reverse(bill, bill)


@pytest.mark.parametrize("which", ["bill", "red"])
def test_reverse__replacement_is_one_of_the_two__reverts(world, bill, red, which):
    third = {"bill": bill, "red": red}[which]
    with boa.reverts("replacement: not a third"):
        world.reverse(bill, red, key_of(third))


def not_fresh(world):
    """Bills to which something happened, by name."""
    bills, hospital = world.bills, {"sender": world.hospital_key}
    voided, swapped, back, used_red, used_new = (world.anchor() for _ in range(5))
    bills.void(key_of(voided), key_of(voided), 1, **hospital)
    for each in (swapped, back):
        bills.swap_to_paper(key_of(each), key_of(each), "P", **hospital)
    bills.recover_paper(key_of(back), key_of(back), **hospital)
    taken = world.anchor()
    world.reverse(taken, used_red, key_of(used_new))
    return {
        "voided": voided,
        "swapped": swapped,
        "paper came back": back,
        "red of another": used_red,
        "replacement of another": used_new,
        "reversed": taken,
        "reserved": world.locked(),
        "settled": world.settled(),
    }


def test_reverse__red_or_replacement_not_fresh__reverts(world, bill, red):
    """INV-15: no bill in two chains, no cycle, nothing claimed."""
    for name, each in not_fresh(world).items():
        with boa.reverts("red bill: not fresh"):
            world.reverse(bill, each)
        with boa.reverts("replacement: not fresh"):
            world.reverse(bill, red, key_of(each))
        assert name
    world.reverse(bill, red)


def test_reverse__red_or_replacement_of_another_issuer__reverts(world, bills, bill, red):
    first = world.registry.segment(world.clinic_segment).first
    clinics = world.batch_of([world.header(first)])
    bills.anchor(
        world.clinic_segment,
        key_of(clinics),
        1,
        clinics.tree.root,
        100_000,
        sender=world.clinic_key,
    )
    with boa.reverts("red bill: not fresh"):
        world.reverse(bill, clinics)
    with boa.reverts("replacement: not fresh"):
        world.reverse(bill, red, key_of(clinics))
    with boa.reverts("bill: of another issuer"):
        world.reverse(clinics, red)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"amount_fen": 99_999}, "red bill: another amount"),
        ({"amount_fen": 100_001}, "red bill: another amount"),
        ({"currency": b"USD"}, "red bill: another currency"),
        ({"holder": word_of("0x" + "11" * 20)}, "red bill: another holder"),
    ],
)
def test_reverse__red_bill_says_otherwise__reverts(world, bill, changes, why):
    """INV-15: neither more nor less than the original."""
    red = world.anchor(**changes)
    with boa.reverts(why):
        world.reverse(bill, red)


def test_reverse__not_proved__reverts(world, bills, bill, red):
    def reverse(original, by):
        bills.reverse(original, by, 0, 0, 1, sender=world.hospital_key)

    other = bill.headers[0]._replace(amount_fen=1)
    with boa.reverts("proof: bill not in batch"):
        reverse((other, key_of(bill), []), proved(red))
    with boa.reverts("proof: red bill not in batch"):
        reverse(proved(bill), (red.headers[0]._replace(amount_fen=1), key_of(red), []))
    with boa.reverts("bill: not in batch"):
        reverse((bill.headers[0], key_of(red), []), proved(red))
    with boa.reverts("proof: red bill not in batch"):
        reverse(proved(bill), (red.headers[0], key_of(bill), []))


def test_reverse__replacement_not_in_its_batch__reverts(world, bills, bill, red, replacement):
    with boa.reverts("replacement: not fresh"):
        bills.reverse(
            proved(bill), proved(red), key_of(replacement), key_of(bill), 1,
            sender=world.hospital_key,
        )  # fmt: skip


def test_reverse__no_reason__reverts(world, bill, red):
    with boa.reverts("reversal: reason missing"):
        world.reverse(bill, red, reason=0)


def test_reverse__issuer_suspended_or_key_of_another__reverts(world, registry, bill, red):
    """INV-6."""
    with boa.reverts("bill: of another issuer"):
        world.reverse(bill, red, sender=world.clinic_key)
    with boa.reverts("key: wrong role"):
        world.reverse(bill, red, sender=world.bureau_key)
    registry.suspend_issuer(HOSPITAL, sender=world.supervisor)
    with boa.reverts("issuer: not active"):
        world.reverse(bill, red)


def test_reverse__disputed__taken_back_but_not_by_a_disputed_one(world, registry, bill, red):
    another = boa.env.generate_address()
    boa.env.timestamp += 60
    registry.disown_key(world.hospital_key, boa.env.timestamp - 60, sender=world.supervisor)
    registry.register_key(another, HOSPITAL, ISSUER, sender=world.supervisor)
    with boa.reverts("red bill: not fresh"):
        world.reverse(bill, red, sender=another)
    good = world.batch_of([world.header(world.next_no())])
    world.bills.anchor(world.segment, key_of(good), 1, good.tree.root, 100_000, sender=another)
    world.reverse(bill, good, sender=another)


def test_reverse__on_paper__reverts_until_it_is_back(world, bills, bill, red):
    bills.swap_to_paper(key_of(bill), key_of(bill), "P", sender=world.hospital_key)
    with boa.reverts("bill: on paper"):
        world.reverse(bill, red)
    bills.recover_paper(key_of(bill), key_of(bill), sender=world.hospital_key)
    world.reverse(bill, red)


def test_reverse__of_a_replacement__a_chain_of_three(world, bills, bill, red, replacement):
    world.reverse(bill, red, key_of(replacement))
    second_red, last = world.anchor(amount_fen=50_000), world.anchor()
    world.reverse(replacement, second_red, key_of(last))
    links = (key_of(second_red), key_of(last), key_of(bill))
    assert tuple(bills.links(key_of(replacement))) == links
    assert bills.original_of(key_of(last)) == key_of(replacement)


def test_reverse__replacement_while_its_original_is_due__only_without_a_further_one(
    world, ledger, red, replacement
):
    """INV-1: one step back is enough to know what is carried."""
    bill = world.settled(INSURER, 700, at_source_fen=1)
    world.reverse(bill, red, key_of(replacement))
    second_red, last = world.anchor(amount_fen=50_000), world.anchor()
    with boa.reverts("reversal: earlier recovery is due"):
        world.reverse(replacement, second_red, key_of(last))
    with boa.env.anchor():
        world.reverse(replacement, second_red)
    ledger.recover(key_of(bill), CLAIM, VOUCHER, sender=world.insurer_key)
    world.reverse(replacement, second_red, key_of(last))
