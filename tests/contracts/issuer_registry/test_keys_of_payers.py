"""The keys of a payer are its own region's officers' to register and to end."""

import boa
import pytest

from ..support.world import BEIJING, BUREAU, DONGCHENG, HEBEI, ISSUER, NOBODY, PAYER, STATUTORY


@pytest.fixture
def officer(world):
    """Of the province that the bureau is admitted for."""
    return world.officer(BEIJING)


@pytest.fixture
def key():
    return boa.env.generate_address("new key")


def test_register_key__of_a_payer__by_an_officer_of_its_region(registry, officer, key):
    registry.register_key(key, BUREAU, PAYER, sender=officer)
    assert registry.owner_of_live_key(key, PAYER) == BUREAU


def test_revoke_key__of_a_payer__by_an_officer_of_its_region(world, registry, officer):
    registry.revoke_key(world.bureau_key, sender=officer)
    assert registry.key(world.bureau_key).revoked_at == boa.env.timestamp


def test_disown_key__of_a_payer__by_an_officer_of_its_region(world, registry, officer):
    since = boa.env.timestamp - 60
    registry.disown_key(world.bureau_key, since, sender=officer)
    assert registry.key(world.bureau_key).compromised_since == since


@pytest.mark.parametrize("region", [HEBEI, DONGCHENG])
def test_keys_of_a_payer__officer_of_elsewhere_or_below__reverts(world, registry, key, region):
    officer = world.officer(region)
    for function, arguments in (
        (registry.register_key, (key, BUREAU, PAYER)),
        (registry.revoke_key, (world.bureau_key,)),
        (registry.disown_key, (world.bureau_key, boa.env.timestamp)),
    ):
        with boa.reverts("supervisor: not in this region"):
            function(*arguments, sender=officer)


def test_register_key__issuer_here_and_payer_there__each_by_its_own_officers(
    world, registry, officer, key
):
    """An institution in two roles has a region in each."""
    registry.admit_issuer(NOBODY, "name", DONGCHENG, sender=world.supervisor)
    registry.admit_payer(NOBODY, "name", STATUTORY, HEBEI, sender=world.supervisor)
    elsewhere = world.officer(HEBEI)
    for own, other, role in ((officer, elsewhere, ISSUER), (elsewhere, officer, PAYER)):
        with boa.reverts("supervisor: not in this region"):
            registry.register_key(key, NOBODY, role, sender=other)
        with boa.env.anchor():
            registry.register_key(key, NOBODY, role, sender=own)
            assert registry.owner_of_live_key(key, role) == NOBODY
