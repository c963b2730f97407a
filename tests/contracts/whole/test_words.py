"""How records stand in storage: the words that whoever has a proof of storage reads.

The contracts are never replaced, so these places are for ever. Bits that no field has tell nothing.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import boa
import pytest

from ..support.storage import storage_of
from ..support.world import (
    BUREAU,
    CLAIM,
    CODE,
    DAY,
    HOSPITAL,
    INSURER,
    ISSUER,
    LIFE_VOIDED,
    LIVE,
    PAPER_OUT,
    RESERVED,
    SETTLED,
)


@contextmanager
def changes(contract) -> Iterator[dict[int, int]]:
    """Slot → word, of what is written meanwhile; what becomes zero is left out."""
    before = storage_of(contract.address)
    found: dict[int, int] = {}
    yield found
    for place, word in storage_of(contract.address).items():
        if before.get(place) != word:
            found[place[1]] = word


def set_spare_bits(contract, words: dict[int, int], word: int, spare_from: int) -> None:
    """Sets every bit from one on in the slot that holds a word."""
    [slot] = [slot for slot, each in words.items() if each == word]
    assert word < 2**spare_from
    boa.env.set_storage(contract.address, slot, word | 2**256 - 2**spare_from)


@pytest.fixture
def another_key(world, registry):
    key = boa.env.generate_address("another key")
    registry.register_key(key, HOSPITAL, ISSUER, sender=world.supervisor)
    return key


def disown(world) -> None:
    world.registry.disown_key(world.hospital_key, boa.env.timestamp, sender=world.supervisor)


# --- bill registry ---


def test_word__of_a_batch__count_time_segment_and_whether_attested(world, bills):
    with changes(bills) as words:
        batch = world.anchor(3)
    shape = 3 | boa.env.timestamp << 32 | world.segment << 96
    origin = int(world.hospital_key, 16) | 300_000 << 160
    assert {shape, origin, int.from_bytes(batch.tree.root)} <= set(words.values())
    disown(world)
    with changes(bills) as words:
        bills.attest_batch(batch.batch_id, sender=world.supervisor)
    assert list(words.values()) == [shape | 1 << 160]


def test_word__of_a_batch__spare_bits_tell_nothing(world, bills):
    with changes(bills) as words:
        batch = world.anchor(3)
    disown(world)
    before = bills.batch(batch.batch_id)
    shape = 3 | boa.env.timestamp << 32 | world.segment << 96
    set_spare_bits(bills, words, shape, 161)
    assert bills.batch(batch.batch_id) == before
    assert not bills.batch_attested(batch.batch_id)
    assert bills.disputed(batch.batch_id)


def test_word__of_a_bills_life__end_reason_validity_paper_and_whether_attested(
    world, bills, another_key
):
    first, second = world.anchor(2), world.anchor()
    disown(world)
    with changes(bills) as words:
        bills.attest_bill(first.batch_id, first.batch_id, sender=world.supervisor)
    assert list(words.values()) == [1 << 88]
    with changes(bills) as words:
        bills.void(first.batch_id, first.batch_id, 200, sender=another_key)
    ended = boa.env.timestamp | 200 << 64 | LIFE_VOIDED << 72
    assert ended | 1 << 88 in words.values()
    with changes(bills) as words:
        bills.swap_to_paper(second.batch_id, second.batch_id, "P1", sender=another_key)
    assert list(words.values()) == [PAPER_OUT << 80]


def test_word__of_a_bills_life__spare_bits_tell_nothing(world, bills):
    batch = world.anchor()
    with changes(bills) as words:
        bills.swap_to_paper(batch.batch_id, batch.batch_id, "P1", sender=world.hospital_key)
    before = bills.bill_life(batch.batch_id)
    set_spare_bits(bills, words, PAPER_OUT << 80, 89)
    assert bills.bill_life(batch.batch_id) == before


def test_word__of_a_bills_links__red_bill_replacement_and_original(world, bills):
    batch, red, replacement = world.anchor(), world.anchor(), world.anchor()
    with changes(bills) as words:
        world.reverse(batch, red, replacement.batch_id)
    original = batch.batch_id << 128
    assert list(words.values()).count(original) == 2
    assert red.batch_id | replacement.batch_id << 64 in words.values()


# --- ledger ---


def test_word__of_a_claimed_bill__settled_reserved_and_whether_decided(world, ledger):
    batch = world.anchor()
    with changes(ledger) as words:
        world.lock(batch, world.granted(batch.batch_id, BUREAU), 10_000)
    assert 10_000 << 96 in words.values()
    with changes(ledger) as words:
        world.settle(batch, BUREAU, 6_000)
    assert 6_000 | 1 << 192 in words.values()


def test_word__of_a_claim__status_amounts_expiry_and_whether_statutory(world, ledger):
    batch, expires_at = world.anchor(), boa.env.timestamp + DAY
    amount_and_rest = 10_000 << 8 | expires_at << 200 | 1 << 240
    with changes(ledger) as words:
        world.lock(batch, world.granted(batch.batch_id, BUREAU), 10_000, expires_at=expires_at)
    assert RESERVED | amount_and_rest in words.values()
    with changes(ledger) as words:
        world.settle(batch, BUREAU, 6_000)
    assert SETTLED | 6_000 << 104 | amount_and_rest in words.values()


def test_words__of_a_bill_and_its_claim__spare_bits_tell_nothing(world, ledger):
    batch, expires_at = world.anchor(), boa.env.timestamp + DAY
    key = batch.batch_id
    grant = world.granted(key, INSURER, no_statutory=True)
    with changes(ledger) as words:
        world.lock(batch, grant, 10_000, expires_at=expires_at)
    before = ledger.claim(INSURER, key, CLAIM)
    set_spare_bits(ledger, words, 10_000 << 96, 193)
    set_spare_bits(ledger, words, RESERVED | 10_000 << 8 | expires_at << 200, 241)
    assert ledger.amounts(key) == (0, 10_000, False)
    assert ledger.claim(INSURER, key, CLAIM) == before


# --- consents ---


def test_word__of_a_grant__status_and_what_is_used(world, consents):
    batch = world.anchor()
    with changes(consents) as words:
        grant = world.granted(batch.batch_id, BUREAU)
    assert list(words.values()) == [LIVE]
    with changes(consents) as words:
        world.lock(batch, grant, 10_000)
    assert list(words.values()) == [LIVE | 10_000 << 8]
    set_spare_bits(consents, words, LIVE | 10_000 << 8, 136)
    assert tuple(consents.grant_state(world.grant_id(grant))) == (LIVE, 10_000)


# --- issuer registry ---


def test_words__of_a_key__owner_role_and_times(world, registry):
    key, since = boa.env.generate_address("new key"), boa.env.timestamp
    with changes(registry) as words:
        registry.register_key(key, HOSPITAL, ISSUER, sender=world.supervisor)
    owner = int.from_bytes(HOSPITAL)
    assert list(words.values()) == [owner | ISSUER << 144 | since << 152]
    boa.env.timestamp += 60
    with changes(registry) as words:
        registry.disown_key(key, since + 1, sender=world.supervisor)
    assert list(words.values()) == [since + 60 | since + 1 << 64]


def test_word__of_a_segment__issuer_code_first_and_count(world, registry):
    with changes(registry) as words:
        registry.grant_numbers(HOSPITAL, CODE, 7, sender=world.supervisor)
    owner = int.from_bytes(HOSPITAL)
    assert owner | CODE << 144 | 100_051 << 176 | 7 << 216 in words.values()
