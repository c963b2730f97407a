"""INV-21: who calls decides, not who signed the transaction that the call is part of."""

import boa
import pytest

from ..support.events import events_of
from ..support.relay import Relay
from ..support.world import (
    BUREAU,
    CLAIM,
    CODE,
    EMPLOYER,
    HOSPITAL,
    ISSUER,
    PAYER,
    VOUCHER,
    word_of,
)


@pytest.fixture
def safe():
    """A contract that the hospital, the bureau and the employer let act for them."""
    return Relay()


@pytest.fixture
def anyone():
    return boa.env.generate_address("anyone")


def test_safe__of_an_issuer__anchors_in_its_own_name(world, bills, registry, safe, anyone):
    registry.register_key(safe.address, HOSPITAL, ISSUER, sender=world.supervisor)
    first = CODE * 10**10 + world.next_no()
    safe.call(bills.anchor, world.segment, first, 1, b"\x05" * 32, 1, origin=anyone)
    assert events_of(safe.contract)[0].args["signer"] == safe.address
    safe.call(bills.void, first, first, 1, origin=anyone)
    assert bills.bill_state(first).voided


def test_safe__of_a_payer__locks_and_settles(world, ledger, registry, safe, anyone):
    registry.register_key(safe.address, BUREAU, PAYER, sender=world.supervisor)
    batch = world.anchor()
    key, grant = batch.batch_id, world.granted(batch.batch_id, BUREAU)
    expires_at = boa.env.timestamp + 1
    lock = (batch.headers[0], key, [], grant, CLAIM, 5, expires_at)
    safe.call(ledger.lock, *lock, origin=anyone)
    safe.call(ledger.settle, key, key, CLAIM, 5, VOUCHER, origin=anyone)
    assert ledger.amounts(key) == (5, 0, True)


def test_safe__of_an_employer__accounts(world, ledger, registry, safe, anyone):
    registry.register_key(safe.address, EMPLOYER, PAYER, sender=world.supervisor)
    batch = world.anchor()
    grant = world.granted(batch.batch_id, EMPLOYER, no_statutory=True)
    account = (batch.headers[0], batch.batch_id, [], grant, CLAIM, VOUCHER, boa.env.timestamp)
    safe.call(ledger.account, *account, origin=anyone)
    assert ledger.amounts(batch.batch_id) == (100_000, 0, False)


def test_safe__of_a_holder__grants_and_revokes(world, consents, safe, anyone):
    grant = world.grant_for(CODE * 10**10 + 1, BUREAU, holder=word_of(safe.address))
    safe.call(consents.grant, grant, origin=anyone)
    safe.call(consents.revoke, grant, origin=anyone)
    assert [event.name for event in events_of(safe.contract)] == ["GrantRevoked"]
