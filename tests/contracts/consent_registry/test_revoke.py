"""INV-10: a revoked grant never becomes live again."""

import boa
import pytest
from eth_account.messages import encode_typed_data
from eth_utils import keccak

from ..support.events import Event, events_of
from ..support.world import BUREAU, CODE, GRANT_REVOKED, LIVE, REVOKE_TYPE

KEY = CODE * 10**10 + 1


@pytest.fixture
def grant(world):
    return world.granted(KEY, BUREAU)


def revoked_event(world, grant):
    return Event(
        "GrantRevoked",
        {"grant_id": world.grant_id(grant), "holder": grant.holder, "bill_key": KEY},
    )


def test_revoke__by_the_holder__revoked(world, consents, grant):
    consents.revoke(grant, sender=world.holder.address)
    assert events_of(consents) == [revoked_event(world, grant)]
    assert tuple(consents.grant_state(world.grant_id(grant))) == (GRANT_REVOKED, 0)


def test_revoke__by_somebody_else__reverts(world, consents, grant):
    for caller in (world.stranger.address, world.supervisor, world.bureau_key):
        with boa.reverts("grant: caller is not the holder"):
            consents.revoke(grant, sender=caller)
    assert consents.grant_state(world.grant_id(grant)).status == LIVE


def test_revoke__twice__reverts(world, consents, grant):
    consents.revoke(grant, sender=world.holder.address)
    with boa.reverts("grant: revoked"):
        consents.revoke(grant, sender=world.holder.address)


def test_revoke__expired__still_allowed(world, consents, grant):
    boa.env.timestamp = grant.expires_at
    consents.revoke(grant, sender=world.holder.address)
    assert consents.grant_state(world.grant_id(grant)).status == GRANT_REVOKED


def test_revoke__part_used__keeps_count_of_the_use(world, consents):
    batch = world.anchor()
    grant = world.granted(batch.batch_id, BUREAU)
    world.lock(batch, grant, 10_000)
    consents.revoke(grant, sender=world.holder.address)
    assert tuple(consents.grant_state(world.grant_id(grant))) == (GRANT_REVOKED, 10_000)


def test_revoke_digest__a_grant__as_another_library_works_it_out(world, consents, grant):
    """INV-12."""
    grant_id = world.grant_id(grant)
    types = {"Revoke": REVOKE_TYPE}
    signable = encode_typed_data(world.domain(), types, {"grantId": grant_id})
    digest = keccak(b"\x19" + signable.version + signable.header + signable.body)
    assert consents.revoke_digest(grant_id) == digest


def test_revoke_signed__by_the_holder__revoked_whoever_relays(world, consents, grant):
    assert consents.revoke_digest(world.grant_id(grant)) != world.grant_id(grant)
    consents.revoke_signed(grant, world.sign_revoke(grant))
    assert events_of(consents) == [revoked_event(world, grant)]
    assert consents.grant_state(world.grant_id(grant)).status == GRANT_REVOKED


def test_revoke_signed__before_the_grant_was_relayed__never_live(world, consents):
    grant = world.grant_for(KEY, BUREAU, nonce=9)
    consents.revoke_signed(grant, world.sign_revoke(grant))
    with boa.reverts("grant: revoked"):
        consents.grant_signed(grant, world.sign_grant(grant))


def test_revoke_signed__relayed_twice__reverts(world, consents, grant):
    signature = world.sign_revoke(grant)
    consents.revoke_signed(grant, signature)
    with boa.reverts("grant: revoked"):
        consents.revoke_signed(grant, signature)


def test_revoke_signed__not_the_holders_words__reverts(world, consents, grant):
    other = world.granted(KEY, BUREAU, nonce=2)
    for signature in (
        world.sign_revoke(grant, world.stranger),
        world.sign_revoke(other),
        world.sign_grant(grant),
        world.sign_revoke(grant, chainId=1),
        world.sign_revoke(grant, salt=bytes(32)),
    ):
        with boa.reverts("signature: not the holder's"):
            consents.revoke_signed(grant, signature)
    assert consents.grant_state(world.grant_id(grant)).status == LIVE
