"""INV-6: a key is authorised when it is live, in its role, and its owner is active."""

import boa
import pytest

from ..support.world import BUREAU, HOSPITAL, ISSUER, PAYER, STATUTORY

pytestmark = pytest.mark.usefixtures("as_supervisor")


def test_authorised_issuer__live_key_of_an_active_issuer__its_owner(world, registry):
    assert registry.authorised_issuer(world.hospital_key) == HOSPITAL


def test_authorised_payer__live_key_of_an_active_payer__its_owner_and_kind(world, registry):
    assert registry.authorised_payer(world.bureau_key) == (BUREAU, STATUTORY)


def test_authorised__key_unknown__reverts(registry):
    with boa.reverts("key: not registered"):
        registry.authorised_issuer(boa.env.generate_address())
    with boa.reverts("key: not registered"):
        registry.authorised_payer(boa.env.generate_address())


def test_authorised__key_of_the_other_role__reverts(world, registry):
    with boa.reverts("key: wrong role"):
        registry.authorised_issuer(world.bureau_key)
    with boa.reverts("key: wrong role"):
        registry.authorised_payer(world.hospital_key)
    with boa.reverts("key: wrong role"):
        registry.owner_of_live_key(world.hospital_key, ISSUER | PAYER)


def test_authorised__key_revoked__reverts(world, registry):
    registry.revoke_key(world.hospital_key)
    registry.revoke_key(world.bureau_key)
    with boa.reverts("key: revoked"):
        registry.authorised_issuer(world.hospital_key)
    with boa.reverts("key: revoked"):
        registry.authorised_payer(world.bureau_key)


def test_authorised__owner_suspended_then_resumed__reverts_then_succeeds(world, registry):
    registry.suspend_issuer(HOSPITAL)
    registry.suspend_payer(BUREAU)
    with boa.reverts("issuer: not active"):
        registry.authorised_issuer(world.hospital_key)
    with boa.reverts("payer: not active"):
        registry.authorised_payer(world.bureau_key)
    registry.resume_issuer(HOSPITAL)
    registry.resume_payer(BUREAU)
    assert registry.authorised_issuer(world.hospital_key) == HOSPITAL
    assert registry.authorised_payer(world.bureau_key) == (BUREAU, STATUTORY)


def test_authorised__owner_revoked__reverts(world, registry):
    registry.revoke_issuer(HOSPITAL)
    registry.revoke_payer(BUREAU)
    with boa.reverts("issuer: not active"):
        registry.authorised_issuer(world.hospital_key)
    with boa.reverts("payer: not active"):
        registry.authorised_payer(world.bureau_key)
