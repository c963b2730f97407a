"""Approvals take room while they are pending, and no other time."""

import boa
import pytest

from ..support.acts import act_of, need
from ..support.storage import storage_of
from ..support.world import DONGCHENG, HOSPITAL, ISSUER


@pytest.fixture
def key():
    return boa.env.generate_address("new key")


def slots_written(registry) -> set[int]:
    """Ever, whatever they hold now."""
    return set(boa.env.sstore_trace[registry.address])


def test_act__of_one_officer__writes_its_own_record_alone(world, registry, key):
    before = slots_written(registry)
    registry.register_key(key, HOSPITAL, ISSUER, sender=world.supervisor)
    assert len(slots_written(registry) - before) == 1


def test_act__withdrawn_by_its_only_officer__neither_time_nor_region_stays(world, registry, key):
    officer, _ = need(world, 2)
    boa.env.timestamp += 60
    pending = {DONGCHENG, boa.env.timestamp}
    before = storage_of(registry.address).items()
    registry.register_key(key, HOSPITAL, ISSUER, sender=officer)
    assert pending <= {word for _, word in storage_of(registry.address).items() - before}
    registry.withdraw_approval(act_of("register_key", key, HOSPITAL, ISSUER), sender=officer)
    left = {word for _, word in storage_of(registry.address).items() - before}
    assert not pending & left
