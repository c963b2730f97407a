"""INV-2, INV-3, INV-5, INV-14, INV-28: a claim is settled once, by its payer, in time."""

import boa
import pytest
from eth_utils import keccak

from ..support.events import Event, events_of
from ..support.world import BUREAU, CLAIM, DAY, HOSPITAL, LIVE, SETTLED, VOUCHER


@pytest.fixture
def batch(world):
    return world.locked(BUREAU, 10_000)


def test_settle__in_part__rest_is_free_again(world, ledger, batch):
    key = batch.batch_id
    grant_id = ledger.claim(BUREAU, key, CLAIM).grant_id
    world.settle(batch, BUREAU, 6_000)
    assert events_of(ledger) == [
        Event("GrantReleased", {"grant_id": grant_id, "amount_fen": 4_000, "used_fen": 6_000}),
        Event(
            "Settled",
            {
                "bill_key": key,
                "payer": BUREAU,
                "claim_id": CLAIM,
                "approved_fen": 6_000,
                "deducted_fen": 4_000,
                "voucher": VOUCHER,
            },
        ),
    ]
    claim = ledger.claim(BUREAU, key, CLAIM)
    assert tuple(claim)[:3] == (SETTLED, 10_000, 6_000)
    assert ledger.amounts(key) == (6_000, 0, True)
    assert ledger.has_open_or_settled(key)
    assert ledger.amount_left(batch.headers[0], key, []) == 94_000
    assert tuple(world.consents.grant_state(grant_id)) == (LIVE, 6_000)


def test_settle__in_whole__one_event(world, ledger, batch):
    world.settle(batch, BUREAU, 10_000)
    expected = {
        "bill_key": batch.batch_id,
        "payer": BUREAU,
        "claim_id": CLAIM,
        "approved_fen": 10_000,
        "deducted_fen": 0,
        "voucher": VOUCHER,
    }
    assert events_of(ledger) == [Event("Settled", expected)]


def test_settle__bill_inside_its_batch__by_its_own_number(world, bills, ledger):
    """Its neighbours, the first of the batch included, neither help nor hinder."""
    batch = world.anchor(3)
    key = batch.batch_id + 1
    world.lock(batch, world.granted(key, BUREAU), 50, index=1)
    bills.void(batch.batch_id, batch.batch_id, 1, sender=world.hospital_key)
    ledger.settle(key, batch.batch_id, CLAIM, 50, VOUCHER, sender=world.bureau_key)
    assert ledger.amounts(key) == (50, 0, True)
    assert ledger.amounts(batch.batch_id) == (0, 0, False)


def test_settle__twice__reverts(world, ledger, batch):
    """INV-5."""
    world.settle(batch, BUREAU, 6_000)
    with boa.reverts("claim: already closed"):
        world.settle(batch, BUREAU, 4_000)
    assert ledger.amounts(batch.batch_id) == (6_000, 0, True)


def test_settle__rejected_before__reverts(world, ledger, batch):
    ledger.reject(batch.batch_id, CLAIM, 1, sender=world.bureau_key)
    with boa.reverts("claim: already closed"):
        world.settle(batch, BUREAU, 1)


@pytest.mark.parametrize("claim_id", [bytes(32), keccak(text="other")])
def test_settle__claim_unknown__reverts(world, batch, claim_id):
    with boa.reverts("claim: unknown"):
        world.settle(batch, BUREAU, 1, claim_id)


def test_settle__by_another_payer__reverts(world, ledger, batch):
    with boa.reverts("claim: unknown"):
        ledger.settle(batch.batch_id, batch.batch_id, CLAIM, 1, VOUCHER, sender=world.insurer_key)


def test_settle__more_than_reserved__reverts(world, batch):
    with boa.reverts("claim: approved exceeds reserved"):
        world.settle(batch, BUREAU, 10_001)


def test_settle__nothing__reverts(world, batch):
    with boa.reverts("claim: approved is zero"):
        world.settle(batch, BUREAU, 0)


def test_settle__last_second__settled(world, ledger, batch):
    """INV-26, INV-28: settled at t - 1 and t, expired only after."""
    expires_at = ledger.claim(BUREAU, batch.batch_id, CLAIM).expires_at
    for early in (1, 0):
        with boa.env.anchor():
            boa.env.timestamp = expires_at - early
            with boa.reverts("claim: not expired"):
                ledger.expire(batch.batch_id, BUREAU, CLAIM)
            world.settle(batch, BUREAU, 1)


def test_settle__a_second_late__reverts(world, ledger, batch):
    boa.env.timestamp = ledger.claim(BUREAU, batch.batch_id, CLAIM).expires_at + 1
    with boa.reverts("claim: expired"):
        world.settle(batch, BUREAU, 1)
    ledger.expire(batch.batch_id, BUREAU, CLAIM)
    with boa.reverts("claim: already closed"):
        world.settle(batch, BUREAU, 1)


def test_settle__disputed_since__reverts(world, registry, batch):
    """INV-3: payable when locked is not enough."""
    since = boa.env.timestamp
    boa.env.timestamp += 60
    registry.disown_key(world.hospital_key, since, sender=world.supervisor)
    with boa.reverts("bill: disputed"):
        world.settle(batch, BUREAU, 1)


def test_settle__batch_of_another_bill__reverts(world, ledger, batch):
    other = world.anchor()
    with boa.reverts("bill: not in batch"):
        ledger.settle(batch.batch_id, other.batch_id, CLAIM, 1, VOUCHER, sender=world.bureau_key)


def test_settle__payer_suspended_or_key_revoked__reverts(world, registry, batch):
    registry.suspend_payer(BUREAU, sender=world.supervisor)
    with boa.reverts("payer: not active"):
        world.settle(batch, BUREAU, 1)
    registry.resume_payer(BUREAU, sender=world.supervisor)
    registry.revoke_key(world.bureau_key, sender=world.supervisor)
    with boa.reverts("key: revoked"):
        world.settle(batch, BUREAU, 1)


def test_settle__by_another_key_of_the_payer__settled(world, ledger, registry, batch):
    another = boa.env.generate_address()
    registry.register_key(another, BUREAU, 2, sender=world.supervisor)
    registry.revoke_key(world.bureau_key, sender=world.supervisor)
    ledger.settle(batch.batch_id, batch.batch_id, CLAIM, 1, VOUCHER, sender=another)
    assert ledger.amounts(batch.batch_id)[0] == 1


def test_settle__grant_revoked_or_expired_since__settled(world, ledger, consents, batch):
    """INV-10: the consent was live when the amount was reserved."""
    grant = world.grant_for(batch.batch_id, BUREAU)
    consents.revoke(grant, sender=world.holder.address)
    world.settle(batch, BUREAU, 4_000)
    assert ledger.amounts(batch.batch_id) == (4_000, 0, True)


def test_settle__issuer_suspended_since__settled(world, ledger, registry, batch):
    registry.suspend_issuer(HOSPITAL, sender=world.supervisor)
    world.settle(batch, BUREAU, 10_000)
    assert ledger.amounts(batch.batch_id) == (10_000, 0, True)


def test_settle__many_claims__settled_is_the_sum_of_the_events(world, ledger):
    """INV-2."""
    batch = world.anchor()
    grant = world.granted(batch.batch_id, BUREAU)
    total = 0
    for number, approved in enumerate((1, 999, 30_000, 12)):
        claim_id = keccak(text=f"claim {number}")
        world.lock(batch, grant, 30_000, claim_id=claim_id)
        world.settle(batch, BUREAU, approved, claim_id)
        total += events_of(ledger)[-1].args["approved_fen"]
        assert ledger.amounts(batch.batch_id) == (total, 0, True)
    boa.env.timestamp += DAY
    assert total == 31_012
