"""INV-28: a reservation is decided or expires, never both."""

import boa
import pytest
from eth_utils import keccak

from ..support.events import Event, events_of
from ..support.world import BUREAU, CLAIM, DAY, EXPIRED, INSURER


@pytest.fixture
def batch(world):
    return world.locked(BUREAU, 10_000)


@pytest.fixture
def expires_at(ledger, batch):
    return ledger.claim(BUREAU, batch.batch_id, CLAIM).expires_at


def test_expire__time_is_over__anyone_frees_it(ledger, batch, expires_at):
    grant_id = ledger.claim(BUREAU, batch.batch_id, CLAIM).grant_id
    boa.env.timestamp = expires_at + 1
    ledger.expire(batch.batch_id, BUREAU, CLAIM, sender=boa.env.generate_address())
    assert events_of(ledger) == [
        Event("GrantReleased", {"grant_id": grant_id, "amount_fen": 10_000, "used_fen": 0}),
        Event(
            "Expired",
            {
                "bill_key": batch.batch_id,
                "payer": BUREAU,
                "claim_id": CLAIM,
                "released_fen": 10_000,
            },
        ),
    ]
    assert tuple(ledger.claim(BUREAU, batch.batch_id, CLAIM))[:3] == (EXPIRED, 10_000, 0)
    assert ledger.amounts(batch.batch_id) == (0, 0, False)
    assert not ledger.has_open_or_settled(batch.batch_id)


@pytest.mark.parametrize("early", [DAY, 1, 0])
def test_expire__time_is_not_over__reverts(ledger, batch, expires_at, early):
    """INV-26: not at t - 1 nor t; at t + 1 above."""
    boa.env.timestamp = expires_at - early
    with boa.reverts("claim: not expired"):
        ledger.expire(batch.batch_id, BUREAU, CLAIM)


def test_expire__twice__reverts(ledger, batch, expires_at):
    boa.env.timestamp = expires_at + 1
    ledger.expire(batch.batch_id, BUREAU, CLAIM)
    with boa.reverts("claim: already closed"):
        ledger.expire(batch.batch_id, BUREAU, CLAIM)


def test_expire__settled_or_rejected__reverts(world, ledger, batch, expires_at):
    world.settle(batch, BUREAU, 1)
    boa.env.timestamp = expires_at + 1
    with boa.reverts("claim: already closed"):
        ledger.expire(batch.batch_id, BUREAU, CLAIM)


def test_expire__unknown__reverts(ledger, batch):
    with boa.reverts("claim: unknown"):
        ledger.expire(batch.batch_id, INSURER, CLAIM)


def test_expire__freed_amount__may_be_locked_again(world, ledger):
    batch = world.anchor()
    grant = world.granted(batch.batch_id, BUREAU)
    world.lock(batch, grant, 100_000)
    boa.env.timestamp += DAY + 1
    again = keccak(text="again")
    with boa.reverts("claim: exceeds what is left"):
        world.lock(batch, grant, 1, claim_id=again)
    ledger.expire(batch.batch_id, BUREAU, CLAIM)
    world.lock(batch, grant, 100_000, claim_id=again)
    assert ledger.amounts(batch.batch_id) == (0, 100_000, False)
