"""INV-25: gas does not grow with the number of bills. Execution only: the transaction's own 21,000
and its calldata come on top."""

import boa
from eth_utils import keccak

from ..support.merkle import numbered_tree
from ..support.signed import signed_batch, signing_key
from ..support.world import BUREAU, CODE, Batch

ANCHOR_LIMIT = 125_000
LOCK_LIMIT = 175_000
# Twenty batches of twenty issuers in one call; a transaction for each costs 21,000 more a batch.
SIGNED_LIMIT = 20 * 118_000


def gas_of(contract) -> int:
    return contract._computation.get_gas_used()


def anchor_gas(world, count: int) -> int:
    first = CODE * 10**10 + world.next_no()
    world.bills.anchor(world.segment, first, count, b"\x05" * 32, 1, sender=world.hospital_key)
    return gas_of(world.bills)


def test_gas__anchor__the_same_for_one_and_for_ten_thousand(world):
    first = anchor_gas(world, 1)
    one, thousand, ten_thousand = (anchor_gas(world, count) for count in (1, 1_000, 10_000))
    assert one == thousand == ten_thousand
    assert one < first < ANCHOR_LIMIT


def test_gas__anchor_signed__twenty_issuers_cost_no_more_than_twenty_calls(world):
    batches = [batch_of_issuer(world, index) for index in range(20)]
    world.bills.anchor_signed(batches)
    assert 20 * 90_000 < gas_of(world.bills) < SIGNED_LIMIT


def batch_of_issuer(world, index: int):
    uscc = f"1211000040068{index:05d}".encode()
    with boa.env.prank(world.supervisor):
        world.registry.admit_issuer(uscc, f"issuer {index}", 110101)
        segment = world.registry.grant_numbers(uscc, CODE, 10_000)
        key = signing_key(world, uscc, f"issuer {index}")
    first = world.registry.segment(segment).first
    return signed_batch(world, key, segment, CODE * 10**10 + first, 10_000)


def test_gas__lock__grows_only_with_the_depth_of_the_tree(world):
    used = {}
    for size in (1, 1_000):
        batch = big_batch(world, size)
        world.lock(batch, world.granted(batch.batch_id + size - 1, BUREAU), index=size - 1)
        used[size] = gas_of(world.ledger)
    levels = len(numbered_tree(1_000).path(999))
    assert used[1] < used[1_000] < used[1] + levels * 1_000
    assert used[1_000] < LOCK_LIMIT


def big_batch(world, size: int) -> Batch:
    first = world.next_no()
    content = keccak(text="content")
    headers = [world.header(first + i, content_root=content) for i in range(size)]
    batch = world.batch_of(headers)
    world.anchor_batch(batch)
    return batch
