"""INV-2, INV-14, INV-15: what was settled of a reversed bill is due, seen and counted until it is
recovered."""

import boa
import pytest

from ..support.events import Event, events_of
from ..support.world import BUREAU, CLAIM, INSURER, RECOVERED, SETTLED, VOUCHER


@pytest.fixture
def bill(world):
    """600 at source of 1,000; the insurer settled 250."""
    batch = world.settled(INSURER, 25_000, at_source_fen=60_000)
    world.replacement = world.anchor(amount_fen=50_000, at_source_fen=20_000)
    world.reverse(batch, world.anchor(), world.replacement.batch_id)
    return batch


def recover(world, bill, claim_id=CLAIM, voucher=VOUCHER, sender=None):
    world.ledger.recover(bill.batch_id, claim_id, voucher, sender=sender or world.insurer_key)


def left(world, batch):
    return world.ledger.amount_left(batch.headers[0], batch.batch_id, batch.path(0))


def test_recover__by_its_payer__event_claim_and_amounts(world, ledger, bill):
    assert ledger.recovery_due(INSURER, bill.batch_id, CLAIM) == 25_000
    assert ledger.recoveries_due(bill.batch_id) == 25_000
    recover(world, bill)
    expected = {
        "bill_key": bill.batch_id,
        "payer": INSURER,
        "claim_id": CLAIM,
        "amount_fen": 25_000,
        "voucher": VOUCHER,
    }
    assert events_of(ledger) == [Event("Recovered", expected)]
    claim = ledger.claim(INSURER, bill.batch_id, CLAIM)
    assert (claim.status, claim.approved_fen) == (RECOVERED, 25_000)
    assert ledger.amounts(bill.batch_id) == (0, 0, False)
    assert ledger.recovery_due(INSURER, bill.batch_id, CLAIM) == 0
    assert ledger.recoveries_due(bill.batch_id) == 0


def test_recover__twice__reverts(world, bill):
    recover(world, bill)
    with boa.reverts("claim: nothing due"):
        recover(world, bill)


def test_recover__not_reversed__reverts(world, ledger):
    batch = world.settled()
    with boa.reverts("claim: nothing due"):
        recover(world, batch, sender=world.bureau_key)
    assert ledger.recovery_due(BUREAU, batch.batch_id, CLAIM) == 0
    assert ledger.recoveries_due(batch.batch_id) == 0
    assert ledger.claim(BUREAU, batch.batch_id, CLAIM).status == SETTLED


def test_recover__claim_unknown_or_of_another_payer__reverts(world, bill):
    with boa.reverts("claim: nothing due"):
        recover(world, bill, claim_id=bytes(32))
    with boa.reverts("claim: nothing due"):
        recover(world, bill, sender=world.bureau_key)


def test_recover__rejected_claim__reverts(world, ledger):
    batch = world.locked()
    ledger.reject(batch.batch_id, CLAIM, 1, sender=world.bureau_key)
    world.reverse(batch, world.anchor())
    with boa.reverts("claim: nothing due"):
        recover(world, batch, sender=world.bureau_key)


def test_recover__no_voucher__reverts(world, bill):
    with boa.reverts("recovery: voucher missing"):
        recover(world, bill, voucher=bytes(32))


def test_recover__payer_suspended__reverts_until_resumed(world, registry, bill):
    registry.suspend_payer(INSURER, sender=world.supervisor)
    with boa.reverts("payer: not active"):
        recover(world, bill)
    registry.resume_payer(INSURER, sender=world.supervisor)
    recover(world, bill)


def test_reversed__lock__reverts(world, bill):
    """INV-3."""
    with boa.reverts("bill: reversed"):
        world.lock(bill, world.granted(bill.batch_id, BUREAU))


def test_red_bill__lock__reverts(world):
    """INV-3."""
    batch, red = world.anchor(), world.anchor()
    world.reverse(batch, red)
    with boa.reverts("bill: red-letter"):
        world.lock(red, world.granted(red.batch_id, BUREAU))


def test_replacement__something_due__counts_as_settled_until_recovered(world, bill):
    """INV-1: at source + settled + reserved + due of the original <= amount."""
    new = world.replacement
    grant = world.granted(new.batch_id, BUREAU)
    assert left(world, new) == 5_000
    with boa.reverts("claim: exceeds what is left"):
        world.lock(new, grant, 5_001)
    world.lock(new, grant, 5_000)
    assert left(world, new) == 0
    recover(world, bill)
    assert left(world, new) == 25_000


def test_replacement__more_due_than_its_face__nothing_left(world, ledger):
    old = world.settled(amount_fen=80_000)
    new = world.anchor(amount_fen=50_000)
    world.reverse(old, world.anchor(), new.batch_id)
    assert left(world, new) == 0
    with boa.reverts("claim: exceeds what is left"):
        world.lock(new, world.granted(new.batch_id, BUREAU), 1)
    ledger.recover(old.batch_id, CLAIM, VOUCHER, sender=world.bureau_key)
    assert left(world, new) == 50_000


def test_replacement__statutory_order__decided_anew(world):
    """The decision on the old bill says nothing on the new one."""
    old = world.settled(BUREAU, 10)
    new = world.anchor()
    world.reverse(old, world.anchor(), new.batch_id)
    with boa.reverts("claim: statutory payer first"):
        world.lock(new, world.granted(new.batch_id, INSURER))
