"""INV-13 and INV-17: the batch commits to every member of every header, at its own place."""

import boa
import pytest
from eth_utils import keccak

from ..support.world import CODE, OTHER_CODE, deploy


@pytest.fixture
def batch(world):
    return world.anchor(5)


def test_leaf_of__any_header__ten_words_behind_a_zero_byte(world, bills):
    header = world.header(7, at_source_fen=31)
    assert bills.leaf_of(header) == header.leaf(world.instance)


def test_leaf_of__largest_members__ten_words_behind_a_zero_byte(world, bills):
    header = world.header(7)._replace(
        bill_code=2**64 - 1,
        bill_no=2**64 - 1,
        amount_fen=2**128 - 1,
        at_source_fen=2**128 - 1,
        currency=b"\xff\xfe\xfd",
        holder=b"\xff" * 32,
        content_root=b"\xfe" * 32,
        issued_at=2**64 - 1,
    )
    assert bills.leaf_of(header) == header.leaf(world.instance)


def test_leaf_of__another_instance__another_leaf(world, bills):
    """INV-12: nothing of one deployment is good in another."""
    other = deploy(keccak(text="another instance"), boa.env.generate_address())
    header = world.header(7)
    assert other.bills.leaf_of(header) != bills.leaf_of(header)


def test_holds__every_header__with_its_path(bills, batch):
    for index, header in enumerate(batch.headers):
        assert bills.holds(header, batch.batch_id, batch.path(index))


def test_holds__batch_of_one__root_is_the_leaf(world, bills):
    batch = world.anchor()
    assert batch.tree.root == bills.leaf_of(batch.headers[0])
    assert bills.holds(batch.headers[0], batch.batch_id, [])


CHANGES = {
    "bill_no": lambda h: h.bill_no + 1,
    "amount_fen": lambda h: h.amount_fen + 1,
    "at_source_fen": lambda h: h.at_source_fen + 1,
    "currency": lambda _: b"USD",
    "holder": lambda h: keccak(h.holder),
    "content_root": lambda h: keccak(h.content_root),
    "issued_at": lambda h: h.issued_at + 1,
    "bill_code": lambda _: OTHER_CODE,
}


@pytest.mark.parametrize("member", CHANGES)
def test_holds__one_member_changed__not_held(bills, batch, member):
    header = batch.headers[2]
    changed = header._replace(**{member: CHANGES[member](header)})
    assert not bills.holds(changed, batch.batch_id, batch.path(2))


def test_holds__path_of_another_bill__not_held(bills, batch):
    for index, header in enumerate(batch.headers):
        for other in range(5):
            path = batch.path(other)
            if other != index and len(path) == len(batch.path(index)):
                assert not bills.holds(header, batch.batch_id, path)


def test_holds__path_of_the_wrong_length__reverts(bills, batch):
    with boa.reverts("proof: wrong length"):
        bills.holds(batch.headers[0], batch.batch_id, batch.path(4))
    with boa.reverts("proof: wrong length"):
        bills.holds(batch.headers[4], batch.batch_id, batch.path(0))
    with boa.reverts("proof: wrong length"):
        bills.holds(batch.headers[0], batch.batch_id, [])


def test_holds__another_batch__not_held(world, bills, batch):
    other = world.anchor(5)
    header, path = batch.headers[0], batch.path(0)
    assert not bills.holds(header, other.batch_id, path)
    assert not bills.holds(other.headers[0], batch.batch_id, other.path(0))


def test_holds__unknown_batch__not_held(world, bills, batch):
    header, path = batch.headers[1], batch.path(1)
    assert not bills.holds(header, batch.batch_id + 1, path)
    assert not bills.holds(header, 0, path)
    assert not bills.holds(world.header(world.next_no()), batch.batch_id + 5, [])


def test_holds__header_just_outside_the_batch__not_held(world, bills):
    world.anchor(2)
    batch = world.anchor(4)
    before = world.header(batch.headers[0].bill_no - 1)
    after = world.header(batch.headers[3].bill_no + 1)
    assert not bills.holds(before, batch.batch_id, batch.path(0))
    assert not bills.holds(after, batch.batch_id, batch.path(3))


def test_holds__code_and_number_that_add_up_to_the_same_key__reverts(bills, batch):
    """INV-4: one key, one way to write it."""
    header = batch.headers[0]
    alias = header._replace(bill_code=CODE - 1, bill_no=10**10 + header.bill_no)
    assert alias.key == header.key
    with boa.reverts("bill: number out of range"):
        bills.holds(alias, batch.batch_id, batch.path(0))


@pytest.mark.parametrize("code", [0, 9_999_999, 100_000_000, 2**64 - 1])
def test_holds__code_not_of_eight_digits__reverts(world, bills, batch, code):
    with boa.reverts("bill: code not eight digits"):
        bills.holds(world.header(1, bill_code=code), batch.batch_id, [])


@pytest.mark.parametrize("number", [0, 10**10, 2**64 - 1])
def test_holds__number_out_of_range__reverts(world, bills, batch, number):
    with boa.reverts("bill: number out of range"):
        bills.holds(world.header(number), batch.batch_id, [])


@pytest.mark.parametrize(("code", "number"), [(10_000_000, 1), (99_999_999, 10**10 - 1)])
def test_holds__first_and_last_possible_bill__asked_but_not_held(world, bills, code, number):
    assert not bills.holds(world.header(number, bill_code=code), 0, [])
