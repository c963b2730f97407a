"""INV-9 and INV-11: a grant comes from its holder and lives once."""

import boa
import pytest

from ..support.events import Event, events_of
from ..support.world import BUREAU, CODE, GRANT_REVOKED, LIVE

KEY = CODE * 10**10 + 1


@pytest.fixture
def grant(world):
    return world.grant_for(KEY, BUREAU)


def granted_event(world, grant):
    return Event("Granted", {"grant_id": world.grant_id(grant)} | grant._asdict())


def test_grant__by_the_holder__live(world, consents, grant):
    returned = consents.grant(grant, sender=world.holder.address)
    assert events_of(consents) == [granted_event(world, grant)]
    assert returned == world.grant_id(grant)
    assert tuple(consents.grant_state(returned)) == (LIVE, 0)


def test_grant_id__any_member_changed__another_id(world, consents, grant):
    changed = [
        grant._replace(holder=b"\x01" * 32),
        grant._replace(bill_key=KEY + 1),
        grant._replace(payer=grant.payer[:-1] + b"Y"),
        grant._replace(purpose=b"\x02" * 32),
        grant._replace(field_set=b"\x03" * 32),
        grant._replace(cap_fen=grant.cap_fen + 1),
        grant._replace(expires_at=grant.expires_at + 1),
        grant._replace(no_statutory=True),
        grant._replace(nonce=2),
    ]
    ids = {consents.grant_id(each) for each in [grant, *changed]}
    assert len(ids) == 10
    assert ids == {world.grant_id(each) for each in [grant, *changed]}


def test_grant_state__unknown__nothing(world, consents, grant):
    assert tuple(consents.grant_state(world.grant_id(grant))) == (0, 0)


def test_grant__by_somebody_else__reverts(world, consents, grant):
    for caller in (world.stranger.address, world.supervisor, world.bureau_key):
        with boa.reverts("grant: caller is not the holder"):
            consents.grant(grant, sender=caller)


def test_grant__holder_padded_otherwise__reverts(world, consents, grant):
    """An address with anything before it is not that address."""
    odd = grant._replace(holder=b"\x01" + grant.holder[1:])
    with boa.reverts("grant: caller is not the holder"):
        consents.grant(odd, sender=world.holder.address)


def test_grant__twice__reverts(world, grant):
    world.give(grant)
    with boa.reverts("grant: already given"):
        world.give(grant)


def test_grant__revoked_before__reverts(world, consents, grant):
    consents.revoke(grant, sender=world.holder.address)
    with boa.reverts("grant: revoked"):
        world.give(grant)
    assert consents.grant_state(world.grant_id(grant)).status == GRANT_REVOKED


def test_grant__equal_but_for_the_nonce__both_live(world, consents, grant):
    world.give(grant)
    world.give(grant._replace(nonce=2))
    assert consents.grant_state(world.grant_id(grant._replace(nonce=2))).status == LIVE


def test_grant__expiry__exact_to_the_second(world):
    """INV-26: accepted at t - 1, not at t nor t + 1."""
    now = boa.env.timestamp
    for expires_at in (now - 1, now):
        with boa.reverts("grant: expired"):
            world.granted(KEY, BUREAU, expires_at=expires_at)
    world.granted(KEY, BUREAU, expires_at=now + 1)


def test_grant__nothing_allowed__reverts(world):
    with boa.reverts("grant: cap is zero"):
        world.granted(KEY, BUREAU, cap_fen=0)
