"""Codes are kept to their last bit, whatever stands beside them in a word."""

import boa
import pytest

from ..support.world import BEIJING, DONGCHENG, HOSPITAL, ISSUER, PAYER, STATUTORY

# A registry takes any 18 bytes for the code of an institution.
ALL_BITS = b"\xff" * 18
ODD_CODE = 11_020_127


@pytest.fixture
def key():
    return boa.env.generate_address("new key")


@pytest.fixture
def series(world, registry):
    registry.open_series(ODD_CODE, "donation", BEIJING, sender=world.supervisor)
    return ODD_CODE


def test_key__of_an_issuer_with_all_bits__names_it(world, registry, key):
    registry.admit_issuer(ALL_BITS, "name", DONGCHENG, sender=world.supervisor)
    registry.register_key(key, ALL_BITS, ISSUER, sender=world.supervisor)
    assert tuple(registry.key(key)) == (ALL_BITS, ISSUER, boa.env.timestamp, 0, 0)
    assert registry.authorised_issuer(key) == ALL_BITS


def test_key__of_a_payer_with_all_bits__names_it(world, registry, key):
    registry.admit_payer(ALL_BITS, "name", STATUTORY, BEIJING, sender=world.supervisor)
    registry.register_key(key, ALL_BITS, PAYER, sender=world.supervisor)
    assert registry.authorised_payer(key) == (ALL_BITS, STATUTORY)


def test_segment__of_an_issuer_with_all_bits__names_it(world, registry, series):
    registry.admit_issuer(ALL_BITS, "name", DONGCHENG, sender=world.supervisor)
    segment = registry.grant_numbers(ALL_BITS, series, 3, sender=world.supervisor)
    assert tuple(registry.segment(segment)) == (ALL_BITS, series, 1, 3)


def test_segment__of_an_odd_code__names_its_issuer_and_code(world, registry, series):
    segment = registry.grant_numbers(HOSPITAL, series, 3, sender=world.supervisor)
    assert tuple(registry.segment(segment)) == (HOSPITAL, series, 1, 3)
