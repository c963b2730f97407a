"""The statutory payer decides first, unless it paid at source or the holder signed that none is
concerned."""

import boa
import pytest

from ..support.world import BUREAU, CLAIM, DAY, EMPLOYER, INSURER

OTHERS = pytest.mark.parametrize("payer", [INSURER, EMPLOYER])
FIRST = "claim: statutory payer first"


@OTHERS
def test_order__no_decision_yet__reverts(world, payer):
    batch = world.anchor()
    with boa.reverts(FIRST):
        world.lock(batch, world.granted(batch.batch_id, payer))


@OTHERS
def test_order__statutory_reserved_only__still_reverts(world, payer):
    batch = world.locked(BUREAU)
    with boa.reverts(FIRST):
        world.lock(batch, world.granted(batch.batch_id, payer))


@OTHERS
def test_order__statutory_settled__locked(world, ledger, payer):
    batch = world.locked(BUREAU)
    world.settle(batch, BUREAU, 5_000)
    world.lock(batch, world.granted(batch.batch_id, payer))
    assert ledger.amounts(batch.batch_id) == (5_000, 10_000, True)


@OTHERS
def test_order__statutory_rejected__locked(world, ledger, payer):
    batch = world.locked(BUREAU)
    ledger.reject(batch.batch_id, CLAIM, 1, sender=world.bureau_key)
    world.lock(batch, world.granted(batch.batch_id, payer))
    assert ledger.amounts(batch.batch_id) == (0, 10_000, True)


def test_order__statutory_expired__is_no_decision(world, ledger):
    batch = world.locked(BUREAU)
    boa.env.timestamp += DAY + 1
    ledger.expire(batch.batch_id, BUREAU, CLAIM)
    with boa.reverts(FIRST):
        world.lock(batch, world.granted(batch.batch_id, INSURER))


def test_order__paid_at_source__locked(world, ledger):
    batch = world.anchor(at_source_fen=1)
    world.lock(batch, world.granted(batch.batch_id, INSURER), 99_999)
    assert ledger.amounts(batch.batch_id) == (0, 99_999, False)


def test_order__holder_states_there_is_none__locked(world, ledger):
    batch = world.anchor()
    world.lock(batch, world.granted(batch.batch_id, INSURER, no_statutory=True))
    assert ledger.amounts(batch.batch_id) == (0, 10_000, False)


def test_order__statement_in_another_grant__does_not_count(world):
    batch = world.anchor()
    world.granted(batch.batch_id, EMPLOYER, no_statutory=True)
    with boa.reverts(FIRST):
        world.lock(batch, world.granted(batch.batch_id, INSURER))


def test_order__decision_on_another_bill__does_not_count(world):
    batch = world.anchor(2)
    world.lock(batch, world.granted(batch.batch_id, BUREAU))
    world.settle(batch, BUREAU, 1)
    with boa.reverts(FIRST):
        world.lock(batch, world.granted(batch.batch_id + 1, INSURER), index=1)


def test_order__commercial_decision__is_not_the_statutory_one(world, ledger):
    batch = world.anchor()
    world.lock(batch, world.granted(batch.batch_id, INSURER, no_statutory=True))
    world.settle(batch, INSURER, 1)
    assert ledger.amounts(batch.batch_id) == (1, 0, False)
    with boa.reverts(FIRST):
        world.lock(batch, world.granted(batch.batch_id, EMPLOYER))


def test_order__face_1000_fund_600_insurer_250__holder_keeps_150(world, ledger):
    """The worked example: two payers cannot get more than the face amount together."""
    batch = world.anchor(at_source_fen=60_000)
    grant = world.granted(batch.batch_id, INSURER)
    world.lock(batch, grant, 40_000)
    world.settle(batch, INSURER, 25_000)
    header, path = batch.headers[0], batch.path(0)
    assert ledger.amount_left(header, batch.batch_id, path) == 15_000
    employers = world.granted(batch.batch_id, EMPLOYER)
    with boa.reverts("claim: exceeds what is left"):
        world.lock(batch, employers, 15_001)
    world.lock(batch, employers, 15_000)
    assert ledger.amount_left(header, batch.batch_id, path) == 0
