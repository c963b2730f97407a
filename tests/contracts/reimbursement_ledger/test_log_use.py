"""INV-8, INV-10: seeing a bill without taking of it needs a live grant, too."""

import boa
import pytest

from ..support.events import Event, events_of
from ..support.world import BUREAU, CODE, INSURER, proved

SIGHT = b"provident-fund-evidence".ljust(32, b"\0")


@pytest.fixture
def batch(world):
    return world.anchor()


@pytest.fixture
def grant(world, batch):
    return world.granted(batch.batch_id, INSURER, purpose=SIGHT, cap_fen=1)


def log_use(world, batch, grant, sender=None):
    world.ledger.log_use(
        batch.headers[0], batch.batch_id, [], grant, sender=sender or world.insurer_key
    )


def test_log_use__live_grant__events_and_nothing_taken(world, ledger, batch, grant):
    for _ in range(2):
        log_use(world, batch, grant)
        grant_id = world.grant_id(grant)
        of = {"grant_id": grant_id, "bill_key": batch.batch_id, "payer": INSURER}
        used = of | {"amount_fen": 0, "used_fen": 0}
        logged = of | {"purpose": SIGHT, "field_set": grant.field_set}
        assert events_of(ledger) == [Event("GrantUsed", used), Event("UseLogged", logged)]
    assert ledger.amounts(batch.batch_id) == (0, 0, False)


def test_log_use__bill_inside_its_batch__by_its_own_number(world, ledger):
    batch = world.anchor(3)
    key = batch.batch_id + 1
    grant = world.granted(key, INSURER, purpose=SIGHT)
    ledger.log_use(*proved(batch, 1), grant, sender=world.insurer_key)
    assert events_of(ledger)[-1].args["bill_key"] == key


def test_log_use__revoked__reverts(world, consents, batch, grant):
    consents.revoke(grant, sender=world.holder.address)
    with boa.reverts("grant: revoked"):
        log_use(world, batch, grant)


def test_log_use__expiry__exact(world, batch, grant):
    """INV-26."""
    boa.env.timestamp = grant.expires_at
    with boa.reverts("grant: expired"):
        log_use(world, batch, grant)
    boa.env.timestamp = grant.expires_at - 1
    log_use(world, batch, grant)


def test_log_use__grant_for_reimbursement_or_not_given__reverts(world, batch):
    with boa.reverts("grant: for reimbursement"):
        log_use(world, batch, world.granted(batch.batch_id, INSURER))
    with boa.reverts("grant: not given"):
        log_use(world, batch, world.grant_for(batch.batch_id, INSURER, purpose=SIGHT))


def test_log_use__grant_of_another__reverts(world, batch, grant):
    with boa.reverts("grant: for another payer"):
        log_use(world, batch, grant, sender=world.bureau_key)
    with boa.reverts("grant: of another holder"):
        log_use(world, batch, grant._replace(holder=bytes(32)))
    other = world.granted(CODE * 10**10 + 99, INSURER, purpose=SIGHT)
    with boa.reverts("grant: for another bill"):
        log_use(world, batch, other)


def test_log_use__by_no_payer__reverts(world, batch, grant):
    with boa.reverts("key: wrong role"):
        log_use(world, batch, grant, sender=world.hospital_key)
    with boa.reverts("key: not registered"):
        log_use(world, batch, grant, sender=world.stranger.address)


def test_log_use__bill_not_good_or_not_proved__reverts(world, ledger, bills, batch, grant):
    """INV-3."""
    with boa.reverts("proof: bill not in batch"):
        changed = batch.headers[0]._replace(amount_fen=1)
        ledger.log_use(changed, batch.batch_id, [], grant, sender=world.insurer_key)
    bills.void(batch.batch_id, batch.batch_id, 1, sender=world.hospital_key)
    with boa.reverts("bill: voided"):
        log_use(world, batch, grant)


def test_log_use__fully_settled_bill__still_seen(world):
    batch = world.settled(BUREAU, 100_000)
    log_use(world, batch, world.granted(batch.batch_id, INSURER, purpose=SIGHT))
