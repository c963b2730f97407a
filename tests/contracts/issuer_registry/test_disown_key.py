import boa
import pytest

from ..support.events import Event, events_of
from ..support.world import HOSPITAL, ISSUER, START

pytestmark = pytest.mark.usefixtures("as_supervisor")


def test_disown_key__live__revoked_now_and_compromised_since_then(world, registry):
    now, since = boa.env.timestamp, boa.env.timestamp - 3600
    registry.disown_key(world.hospital_key, since)
    expected = {"key": world.hospital_key, "compromised_since": since}
    assert events_of(registry) == [Event("KeyDisowned", expected)]
    assert tuple(registry.key(world.hospital_key)) == (HOSPITAL, ISSUER, START, now, since)
    with boa.reverts("key: revoked"):
        registry.owner_of_live_key(world.hospital_key, ISSUER)


def test_disown_key__trust_ends_where_the_window_begins(world, registry):
    """INV-26: trusted at t - 1, not at t nor t + 1."""
    since = boa.env.timestamp - 3600
    registry.disown_key(world.hospital_key, since)
    assert registry.key_trusted_at(world.hospital_key, since - 1)
    assert not registry.key_trusted_at(world.hospital_key, since)
    assert not registry.key_trusted_at(world.hospital_key, since + 1)


def test_disown_key__revoked_before__keeps_its_end(world, registry):
    ended = boa.env.timestamp
    registry.revoke_key(world.hospital_key)
    boa.env.timestamp += 3600
    registry.disown_key(world.hospital_key, ended - 10)
    assert tuple(registry.key(world.hospital_key))[3:] == (ended, ended - 10)


def test_disown_key__window_widened__earlier_time_counts(world, registry):
    since = boa.env.timestamp - 100
    registry.disown_key(world.hospital_key, since)
    registry.disown_key(world.hospital_key, since - 1)
    assert registry.key(world.hospital_key).compromised_since == since - 1


@pytest.mark.parametrize("later", [0, 1])
def test_disown_key__window_narrowed__reverts(world, registry, later):
    since = boa.env.timestamp - 100
    registry.disown_key(world.hospital_key, since)
    with boa.reverts("key: window only widens"):
        registry.disown_key(world.hospital_key, since + later)


def test_disown_key__since_its_first_time__accepted(world, registry):
    registry.disown_key(world.hospital_key, START)
    assert not registry.key_trusted_at(world.hospital_key, START)


def test_disown_key__since_before_its_first_time__reverts(world, registry):
    with boa.reverts("key: compromised before its time"):
        registry.disown_key(world.hospital_key, START - 1)


def test_disown_key__since_now__accepted(world, registry):
    registry.disown_key(world.hospital_key, boa.env.timestamp)
    assert registry.key_trusted_at(world.hospital_key, boa.env.timestamp - 1)


def test_disown_key__since_a_future_time__reverts(world, registry):
    with boa.reverts("key: compromised in the future"):
        registry.disown_key(world.hospital_key, boa.env.timestamp + 1)


def test_disown_key__unknown__reverts(registry):
    with boa.reverts("key: not registered"):
        registry.disown_key(boa.env.generate_address(), START)
