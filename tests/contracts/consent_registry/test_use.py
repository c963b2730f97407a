"""INV-8, INV-10, INV-26: what the ledger may use, up to which cap, until when."""

import boa
import pytest

from ..support.events import Event, events_of
from ..support.world import BUREAU, CODE, LIVE

pytestmark = pytest.mark.usefixtures("as_ledger")

KEY = CODE * 10**10 + 1


@pytest.fixture
def grant(world):
    return world.granted(KEY, BUREAU, cap_fen=100)


@pytest.fixture
def as_ledger(world):
    with boa.env.prank(world.ledger.address):
        yield


def test_use__live__counted_and_logged(world, consents, grant):
    returned = consents.use(grant, 60)
    expected = {
        "grant_id": world.grant_id(grant),
        "bill_key": KEY,
        "payer": BUREAU,
        "amount_fen": 60,
        "used_fen": 60,
    }
    assert events_of(consents) == [Event("GrantUsed", expected)]
    assert returned == world.grant_id(grant)
    assert tuple(consents.grant_state(returned)) == (LIVE, 60)


def test_use__to_the_cap__and_not_beyond(consents, grant):
    consents.use(grant, 60)
    with boa.reverts("grant: cap exceeded"):
        consents.use(grant, 41)
    consents.use(grant, 40)
    with boa.reverts("grant: cap exceeded"):
        consents.use(grant, 1)


def test_use__largest_amount__cap_exceeded_not_overflowed(consents, grant):
    consents.use(grant, 60)
    with boa.reverts("grant: cap exceeded"):
        consents.use(grant, 2**128 - 1)


def test_use__largest_cap__counted_in_full(world, consents):
    grant = world.granted(KEY, BUREAU, cap_fen=2**128 - 1)
    consents.use(grant, 2**128 - 1)
    assert tuple(consents.grant_state(world.grant_id(grant))) == (LIVE, 2**128 - 1)


def test_use__expiry__exact_to_the_second(consents, grant):
    """INV-26: used at t - 1, not at t nor t + 1."""
    boa.env.timestamp = grant.expires_at - 1
    consents.use(grant, 1)
    for late in (0, 1):
        boa.env.timestamp = grant.expires_at + late
        with boa.reverts("grant: expired"):
            consents.use(grant, 1)


def test_use__never_given__reverts(world, consents):
    with boa.reverts("grant: not given"):
        consents.use(world.grant_for(KEY, BUREAU, nonce=5), 1)


def test_use__higher_cap_than_granted__reverts(consents, grant):
    with boa.reverts("grant: not given"):
        consents.use(grant._replace(cap_fen=10**9), 1)


def test_use__revoked__reverts(world, consents, grant):
    consents.use(grant, 1)
    consents.revoke(grant, sender=world.holder.address)
    with boa.reverts("grant: revoked"):
        consents.use(grant, 1)


def test_use__not_by_the_ledger__reverts(world, consents, grant):
    for caller in (world.holder.address, world.supervisor, world.bureau_key):
        with boa.reverts("consent: caller is not the ledger"):
            consents.use(grant, 1, sender=caller)


def test_release__part__counted_and_logged(consents, grant):
    grant_id = consents.use(grant, 60)
    consents.release(grant_id, 25)
    expected = {"grant_id": grant_id, "amount_fen": 25, "used_fen": 35}
    assert events_of(consents) == [Event("GrantReleased", expected)]
    assert consents.grant_state(grant_id).used_fen == 35
    consents.use(grant, 65)


def test_release__more_than_used__reverts(consents, grant):
    grant_id = consents.use(grant, 60)
    with boa.reverts("grant: release exceeds use"):
        consents.release(grant_id, 61)


def test_release__revoked_or_expired__still_given_back(world, consents, grant):
    grant_id = consents.use(grant, 60)
    consents.revoke(grant, sender=world.holder.address)
    boa.env.timestamp = grant.expires_at + 1
    consents.release(grant_id, 60)
    assert consents.grant_state(grant_id).used_fen == 0
    with boa.reverts("grant: revoked"):
        consents.use(grant, 1)


def test_release__not_by_the_ledger__reverts(world, consents, grant):
    with boa.reverts("consent: caller is not the ledger"):
        consents.release(world.grant_id(grant), 0, sender=world.holder.address)
