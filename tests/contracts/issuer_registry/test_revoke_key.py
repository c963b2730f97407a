import boa
import pytest

from ..support.events import Event, events_of
from ..support.world import HOSPITAL, ISSUER, START

pytestmark = pytest.mark.usefixtures("as_supervisor")


def test_revoke_key__live__ends_in_this_block(world, registry):
    now = boa.env.timestamp
    registry.revoke_key(world.hospital_key)
    assert events_of(registry) == [Event("KeyRevoked", {"key": world.hospital_key})]
    assert tuple(registry.key(world.hospital_key)) == (HOSPITAL, ISSUER, START, now, 0)
    assert not registry.key_is_live(world.hospital_key, ISSUER)
    with boa.reverts("key: revoked"):
        registry.owner_of_live_key(world.hospital_key, ISSUER)


def test_revoke_key__trust_ends_at_that_time(world, registry):
    """INV-26: trusted at t - 1, not at t nor t + 1."""
    now = boa.env.timestamp
    registry.revoke_key(world.hospital_key)
    assert registry.key_trusted_at(world.hospital_key, now - 1)
    assert not registry.key_trusted_at(world.hospital_key, now)
    assert not registry.key_trusted_at(world.hospital_key, now + 1)


def test_revoke_key__twice__reverts(world, registry):
    registry.revoke_key(world.hospital_key)
    with boa.reverts("key: already revoked"):
        registry.revoke_key(world.hospital_key)


def test_revoke_key__disowned__reverts(world, registry):
    registry.disown_key(world.hospital_key, boa.env.timestamp)
    with boa.reverts("key: already revoked"):
        registry.revoke_key(world.hospital_key)


def test_revoke_key__unknown__reverts(registry):
    with boa.reverts("key: not registered"):
        registry.revoke_key(boa.env.generate_address())
