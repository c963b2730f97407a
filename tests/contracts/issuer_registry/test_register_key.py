import boa
import pytest

from ..support.events import Event, events_of
from ..support.world import BUREAU, CLINIC, DAY, HOSPITAL, ISSUER, NOBODY, PAYER, START

pytestmark = pytest.mark.usefixtures("as_supervisor")


@pytest.fixture
def key():
    return boa.env.generate_address("new key")


def test_register_key__of_an_issuer__live_from_now(registry, key):
    registry.register_key(key, CLINIC, ISSUER)
    expected = {"key": key, "owner": CLINIC, "role": ISSUER}
    assert events_of(registry) == [Event("KeyRegistered", expected)]
    assert tuple(registry.key(key)) == (CLINIC, ISSUER, boa.env.timestamp, 0, 0)
    assert registry.key_is_live(key, ISSUER)
    assert not registry.key_is_live(key, PAYER)
    assert registry.owner_of_live_key(key, ISSUER) == CLINIC


def test_key__unknown__grants_nothing(registry, key):
    assert tuple(registry.key(key)) == (bytes(18), 0, 0, 0, 0)
    assert not registry.key_is_live(key, 0)
    assert not registry.key_is_live(key, ISSUER)
    assert not registry.key_is_live(key, ISSUER | PAYER)
    assert not registry.key_trusted_at(key, boa.env.timestamp)
    assert not registry.key_trusted_at(key, 0)


def test_register_key__two_keys_of_one_institution__both_live(world, registry, key):
    registry.register_key(key, HOSPITAL, ISSUER)
    assert registry.authorised_issuer(key) == HOSPITAL
    assert registry.authorised_issuer(world.hospital_key) == HOSPITAL


@pytest.mark.parametrize(("owner", "role"), [(HOSPITAL, ISSUER), (CLINIC, ISSUER), (BUREAU, PAYER)])
def test_register_key__address_known__reverts(world, registry, owner, role):
    with boa.reverts("key: already registered"):
        registry.register_key(world.hospital_key, owner, role)


def test_register_key__address_revoked__reverts(world, registry):
    """INV-14: an address is registered once, for ever."""
    registry.revoke_key(world.hospital_key)
    with boa.reverts("key: already registered"):
        registry.register_key(world.hospital_key, HOSPITAL, ISSUER)


@pytest.mark.parametrize("role", [0, ISSUER | PAYER])
def test_register_key__not_exactly_one_role__reverts(registry, key, role):
    with boa.reverts("key: not exactly one role"):
        registry.register_key(key, HOSPITAL, role)


def test_register_key__zero_address__reverts(registry):
    with boa.reverts("key: zero address"):
        registry.register_key("0x" + "00" * 20, HOSPITAL, ISSUER)


@pytest.mark.parametrize(
    ("owner", "role", "why"),
    [
        (NOBODY, ISSUER, "issuer: not admitted"),
        (NOBODY, PAYER, "payer: not admitted"),
        (HOSPITAL, PAYER, "payer: not admitted"),
        (BUREAU, ISSUER, "issuer: not admitted"),
    ],
)
def test_register_key__owner_not_admitted_in_the_role__reverts(registry, key, owner, role, why):
    with boa.reverts(why):
        registry.register_key(key, owner, role)


def test_register_key__owner_revoked__reverts(registry, key):
    registry.revoke_issuer(CLINIC)
    registry.revoke_payer(BUREAU)
    with boa.reverts("issuer: revoked"):
        registry.register_key(key, CLINIC, ISSUER)
    with boa.reverts("payer: revoked"):
        registry.register_key(key, BUREAU, PAYER)


def test_register_key__owner_suspended__registered_but_not_authorised(registry, key):
    registry.suspend_issuer(CLINIC)
    registry.register_key(key, CLINIC, ISSUER)
    assert registry.key_is_live(key, ISSUER)
    with boa.reverts("issuer: not active"):
        registry.authorised_issuer(key)


def test_key_trusted_at__before_the_first_time__not_trusted(world, registry):
    """INV-26: exact at t - 1, t, t + 1."""
    assert not registry.key_trusted_at(world.hospital_key, START - 1)
    assert registry.key_trusted_at(world.hospital_key, START)
    assert registry.key_trusted_at(world.hospital_key, START + 1)
    assert registry.key_trusted_at(world.hospital_key, START + 1000 * DAY)
