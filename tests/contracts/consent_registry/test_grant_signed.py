"""INV-9, INV-11, INV-12: a relayed grant needs the holder's own signature for this contract."""

import boa
import pytest
from eth_utils import keccak

from ..support.events import Event, events_of
from ..support.world import BUREAU, CODE, LIVE, deployer_of, word_of

KEY = CODE * 10**10 + 1
ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
NOT_HOLDERS = "signature: not the holder's"


@pytest.fixture
def grant(world):
    return world.grant_for(KEY, BUREAU)


def test_grant_signed__by_the_holder__live_whoever_relays(world, consents, grant):
    returned = consents.grant_signed(grant, world.sign_grant(grant))
    expected = {"grant_id": world.grant_id(grant)} | grant._asdict()
    assert events_of(consents) == [Event("Granted", expected)]
    assert returned == world.grant_id(grant)
    assert consents.grant_state(returned).status == LIVE


def test_grant_signed__relayed_twice__reverts(world, consents, grant):
    signature = world.sign_grant(grant)
    consents.grant_signed(grant, signature)
    with boa.reverts("grant: already given"):
        consents.grant_signed(grant, signature)


def test_grant_signed__revoked_before_it_was_relayed__reverts(world, consents, grant):
    signature = world.sign_grant(grant)
    consents.revoke(grant, sender=world.holder.address)
    with boa.reverts("grant: revoked"):
        consents.grant_signed(grant, signature)


def test_grant_signed__expired__reverts(world, consents, grant):
    signature = world.sign_grant(grant)
    boa.env.timestamp = grant.expires_at
    with boa.reverts("grant: expired"):
        consents.grant_signed(grant, signature)
    boa.env.timestamp = grant.expires_at - 1
    consents.grant_signed(grant, signature)


def test_grant_signed__by_somebody_else__reverts(world, consents, grant):
    with boa.reverts(NOT_HOLDERS):
        consents.grant_signed(grant, world.sign_grant(grant, world.stranger))


def test_grant_signed__for_another_holder__is_that_holders_own(world, consents, grant):
    """Whoever signs speaks for himself alone; the ledger compares him with the header."""
    own = grant._replace(holder=word_of(world.stranger.address))
    consents.grant_signed(own, world.sign_grant(own, world.stranger))
    assert tuple(consents.grant_state(world.grant_id(grant))) == (0, 0)


@pytest.mark.parametrize(
    "domain",
    [
        {"chainId": 1},
        {"verifyingContract": "0x" + "11" * 20},
        {"salt": keccak(text="another instance")},
        {"name": "Piaolian"},
        {"version": "2"},
    ],
    ids=lambda domain: next(iter(domain)),
)
def test_grant_signed__for_another_domain__reverts(world, consents, grant, domain):
    """INV-12."""
    with boa.reverts(NOT_HOLDERS):
        consents.grant_signed(grant, world.sign_grant(grant, **domain))


def test_grant_signed__for_another_deployment__reverts_there(world, grant):
    """INV-12: the same chain, registry and instance; only the contract differs."""
    twin = deployer_of("ConsentRegistry").deploy(world.registry.address, world.ledger.address)
    with boa.reverts(NOT_HOLDERS):
        twin.grant_signed(grant, world.sign_grant(grant))


@pytest.mark.parametrize(
    "changes", [{"cap_fen": 100_001}, {"payer": b"91110000100001234J"}, {"no_statutory": True}]
)
def test_grant_signed__another_grant_than_the_signed_one__reverts(world, consents, grant, changes):
    with boa.reverts(NOT_HOLDERS):
        consents.grant_signed(grant._replace(**changes), world.sign_grant(grant))


def test_grant_signed__revocation_as_a_grant__reverts(world, consents, grant):
    with boa.reverts(NOT_HOLDERS):
        consents.grant_signed(grant, world.sign_revoke(grant))


def test_grant_signed__high_s__reverts(world, consents, grant):
    """INV-11: the other signature that says the same is not taken."""
    signature = world.sign_grant(grant)
    s, v = int.from_bytes(signature[32:64]), signature[64]
    twin = signature[:32] + (ORDER - s).to_bytes(32) + bytes([55 - v])
    with boa.reverts(NOT_HOLDERS):
        consents.grant_signed(grant, twin)


@pytest.mark.parametrize("v", [0, 1, 26, 29, 255])
def test_grant_signed__odd_v__reverts(world, consents, grant, v):
    signature = world.sign_grant(grant)[:64] + bytes([v])
    with boa.reverts(NOT_HOLDERS):
        consents.grant_signed(grant, signature)


@pytest.mark.parametrize("length", [0, 1, 64])
def test_grant_signed__short_signature__reverts(world, consents, grant, length):
    with boa.reverts(NOT_HOLDERS):
        consents.grant_signed(grant, world.sign_grant(grant)[:length])


@pytest.mark.parametrize("holder", [bytes(32), keccak(text="a passkey")])
def test_grant_signed__holder_is_no_address__reverts(world, consents, grant, holder):
    """A recovery that fails gives the zero address, and zero never grants."""
    own = grant._replace(holder=holder)
    for signature in (world.sign_grant(own), bytes(64) + b"\x1b"):
        with boa.reverts(NOT_HOLDERS):
            consents.grant_signed(own, signature)
