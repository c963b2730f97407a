import boa
import pytest

from ..support.events import Event, events_of
from ..support.world import BUREAU, CLAIM, LIVE, REJECTED


@pytest.fixture
def batch(world):
    return world.locked(BUREAU, 10_000)


def test_reject__by_its_payer__all_is_free_again(world, ledger, batch):
    grant_id = ledger.claim(BUREAU, batch.batch_id, CLAIM).grant_id
    ledger.reject(batch.batch_id, CLAIM, 3, sender=world.bureau_key)
    assert events_of(ledger) == [
        Event("GrantReleased", {"grant_id": grant_id, "amount_fen": 10_000, "used_fen": 0}),
        Event(
            "Rejected",
            {
                "bill_key": batch.batch_id,
                "payer": BUREAU,
                "claim_id": CLAIM,
                "released_fen": 10_000,
                "reason": 3,
            },
        ),
    ]
    assert tuple(ledger.claim(BUREAU, batch.batch_id, CLAIM))[:3] == (REJECTED, 10_000, 0)
    assert ledger.amounts(batch.batch_id) == (0, 0, True)
    assert not ledger.has_open_or_settled(batch.batch_id)
    assert tuple(world.consents.grant_state(grant_id)) == (LIVE, 0)


def test_reject__twice_or_after_settling__reverts(world, ledger, batch):
    """INV-14."""
    world.settle(batch, BUREAU, 1)
    with boa.reverts("claim: already closed"):
        ledger.reject(batch.batch_id, CLAIM, 3, sender=world.bureau_key)


def test_reject__no_reason__reverts(world, ledger, batch):
    with boa.reverts("claim: reason missing"):
        ledger.reject(batch.batch_id, CLAIM, 0, sender=world.bureau_key)


def test_reject__by_another_payer__reverts(world, ledger, batch):
    with boa.reverts("claim: unknown"):
        ledger.reject(batch.batch_id, CLAIM, 3, sender=world.insurer_key)


def test_reject__disputed_bill__rejected(world, ledger, registry, batch):
    """Freeing money needs no payable bill."""
    registry.disown_key(world.hospital_key, boa.env.timestamp, sender=world.supervisor)
    ledger.reject(batch.batch_id, CLAIM, 3, sender=world.bureau_key)
    assert ledger.amounts(batch.batch_id) == (0, 0, True)


def test_reject__expiry__exact_to_the_second(world, ledger, batch):
    """INV-26, INV-28: decided at t - 1 and t, not at t + 1."""
    expires_at = ledger.claim(BUREAU, batch.batch_id, CLAIM).expires_at
    boa.env.timestamp = expires_at + 1
    with boa.reverts("claim: expired"):
        ledger.reject(batch.batch_id, CLAIM, 3, sender=world.bureau_key)
    for early in (0, 1):
        with boa.env.anchor():
            boa.env.timestamp = expires_at - early
            ledger.reject(batch.batch_id, CLAIM, 3, sender=world.bureau_key)
