"""INV-1, INV-2, INV-8, INV-26: an employer accounts what is left, in one step."""

import boa
import pytest

from ..support.events import Event, events_of
from ..support.world import (
    BUREAU,
    CLAIM,
    DAY,
    EMPLOYER,
    INSURER,
    REIMBURSEMENT,
    SETTLED,
    VOUCHER,
    proved,
)


@pytest.fixture
def batch(world):
    """A bill of which the bureau settled 100 of 1,000 yuan."""
    return world.settled(BUREAU, 10_000)


@pytest.fixture
def grant(world, batch):
    return world.granted(batch.batch_id, EMPLOYER)


def test_account__what_is_left__events_claim_and_amounts(world, ledger, batch, grant):
    world.account(batch, grant, accounted_at=boa.env.timestamp - 5)
    key = batch.batch_id
    used = {
        "grant_id": world.grant_id(grant),
        "bill_key": key,
        "payer": EMPLOYER,
        "amount_fen": 90_000,
        "used_fen": 90_000,
    }
    accounted = {
        "bill_key": key,
        "payer": EMPLOYER,
        "claim_id": CLAIM,
        "batch_id": key,
        "grant_id": world.grant_id(grant),
        "amount_fen": 90_000,
        "voucher": VOUCHER,
        "accounted_at": boa.env.timestamp - 5,
    }
    assert events_of(ledger) == [Event("GrantUsed", used), Event("Accounted", accounted)]
    assert tuple(ledger.claim(EMPLOYER, key, CLAIM)) == (
        SETTLED,
        90_000,
        90_000,
        boa.env.timestamp,
        False,
        world.grant_id(grant),
    )
    assert ledger.amounts(key) == (100_000, 0, True)
    assert ledger.amount_left(batch.headers[0], key, []) == 0


def test_account__bill_inside_its_batch__by_its_own_number(world, ledger):
    batch = world.anchor(3)
    key = batch.batch_id + 1
    grant = world.granted(key, EMPLOYER, no_statutory=True)
    now = boa.env.timestamp
    ledger.account(*proved(batch, 1), grant, CLAIM, VOUCHER, now, sender=world.employer_key)
    assert ledger.amounts(key) == (100_000, 0, False)
    assert ledger.amounts(batch.batch_id) == (0, 0, False)


@pytest.mark.parametrize(
    ("ahead", "why"),
    [
        (DAY, None),
        (DAY + 1, "bill: issued after its batch"),
        (-31 * DAY, None),
        (-31 * DAY - 1, "bill: issued too long ago"),
    ],
)
def test_account__issued_long_before_or_after_its_batch__reverts(world, ledger, ahead, why):
    """INV-26: as for a claim, a month before and a day after."""
    batch = world.anchor(issued_at=boa.env.timestamp + ahead)
    grant = world.granted(batch.batch_id, EMPLOYER, no_statutory=True)
    date = boa.env.timestamp + DAY
    if why is None:
        world.account(batch, grant, accounted_at=date)
        assert ledger.amounts(batch.batch_id) == (100_000, 0, False)
    else:
        with boa.reverts(why):
            world.account(batch, grant, accounted_at=date)


def test_account__again__nothing_left(world, batch, grant):
    world.account(batch, grant)
    with boa.reverts("claim: id already used"):
        world.account(batch, grant)
    with boa.reverts("bill: nothing left"):
        world.account(batch, grant, claim_id=b"2".ljust(32, b"\0"))


def test_account__by_a_payer_of_another_kind__reverts(world, batch):
    for payer, key in ((BUREAU, world.bureau_key), (INSURER, world.insurer_key)):
        other = world.granted(batch.batch_id, payer, nonce=2)
        with boa.reverts("payer: not an employer"):
            world.account(batch, other, sender=key)
    with boa.reverts("key: wrong role"):
        world.account(batch, world.grant_for(batch.batch_id, EMPLOYER), sender=world.hospital_key)


def test_account__reserved_by_another__reverts_until_decided(world):
    batch = world.locked()
    grant = world.granted(batch.batch_id, EMPLOYER, no_statutory=True)
    with boa.reverts("bill: reserved"):
        world.account(batch, grant)
    world.settle(batch, BUREAU, 1)
    world.account(batch, grant)


def test_account__statutory_payer_has_not_decided__reverts(world):
    batch = world.anchor()
    with boa.reverts("claim: statutory payer first"):
        world.account(batch, world.granted(batch.batch_id, EMPLOYER))
    with boa.env.anchor():
        world.account(batch, world.granted(batch.batch_id, EMPLOYER, nonce=2, no_statutory=True))
    at_source = world.anchor(at_source_fen=1)
    world.account(at_source, world.granted(at_source.batch_id, EMPLOYER))


@pytest.mark.parametrize("kind", ["not given", "revoked", "expired", "cap", "purpose", "payer"])
def test_account__grant_does_not_carry_it__reverts(world, consents, batch, kind):
    """INV-8, INV-10."""
    key = batch.batch_id
    if kind == "not given":
        grant, why = world.grant_for(key, EMPLOYER), "grant: not given"
    elif kind == "revoked":
        grant, why = world.granted(key, EMPLOYER), "grant: revoked"
        consents.revoke(grant, sender=world.holder.address)
    elif kind == "expired":
        grant, why = world.granted(key, EMPLOYER), "grant: expired"
        boa.env.timestamp = grant.expires_at
    elif kind == "cap":
        grant, why = world.granted(key, EMPLOYER, cap_fen=89_999), "grant: cap exceeded"
    elif kind == "purpose":
        grant, why = world.granted(key, EMPLOYER, purpose=bytes(32)), "grant: for another purpose"
    else:
        grant, why = world.granted(key, INSURER), "grant: for another payer"
    with boa.reverts(why):
        world.account(batch, grant)


def test_account__no_voucher__reverts(world, batch, grant):
    with boa.reverts("account: voucher missing"):
        world.account(batch, grant, voucher=bytes(32))


def test_account__date__exact_at_both_ends(world, batch, grant):
    """INV-26: a day of grace on either side, to the second."""
    latest, earliest = boa.env.timestamp + DAY, batch.headers[0].issued_at - DAY
    with boa.reverts("account: date in the future"):
        world.account(batch, grant, accounted_at=latest + 1)
    with boa.reverts("account: date before the bill"):
        world.account(batch, grant, accounted_at=earliest - 1)
    for good in (latest - 1, latest, earliest, earliest + 1):
        with boa.env.anchor():
            world.account(batch, grant, accounted_at=good)


def test_account__bill_not_good__reverts(world, bills):
    """INV-3."""
    batch = world.anchor()
    grant = world.granted(batch.batch_id, EMPLOYER, no_statutory=True)
    bills.void(batch.batch_id, batch.batch_id, 1, sender=world.hospital_key)
    with boa.reverts("bill: voided"):
        world.account(batch, grant)


def test_account__another_header__reverts(world, ledger, batch, grant):
    changed = batch.headers[0]._replace(amount_fen=1)
    arguments = (changed, batch.batch_id, [], grant, CLAIM, VOUCHER, boa.env.timestamp)
    with boa.reverts("proof: bill not in batch"):
        ledger.account(*arguments, sender=world.employer_key)
    assert grant.purpose == REIMBURSEMENT


def test_account__reversed_afterwards__due_for_recovery(world, ledger, batch, grant):
    """INV-15."""
    world.account(batch, grant)
    world.reverse(batch, world.anchor())
    assert ledger.recovery_due(EMPLOYER, batch.batch_id, CLAIM) == 90_000
    ledger.recover(batch.batch_id, CLAIM, VOUCHER, sender=world.employer_key)
    assert ledger.recoveries_due(batch.batch_id) == 10_000
