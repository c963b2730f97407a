"""INV-21: who calls decides, not who signed the transaction that the call is part of."""

import boa
import pytest

from ..support.acts import act_of
from ..support.events import events_of
from ..support.relay import Relay
from ..support.table import ACTS
from ..support.world import (
    BUREAU,
    CLAIM,
    CODE,
    DONGCHENG,
    EMPLOYER,
    HOSPITAL,
    ISSUER,
    NOBODY,
    PAYER,
    PLATFORM,
    VOUCHER,
    word_of,
)


@pytest.mark.parametrize("act", ACTS, ids=lambda act: act.name)
def test_trap__whoever_signed_the_transaction__no_more_than_a_stranger(stage, act):
    """A rightful account that calls a stranger's contract lends it nothing."""
    arguments, trap = act.prepare(stage), Relay()
    function = getattr(stage.contract(act.contract), act.function)
    allowed = [address for caller, address in stage.callers.items() if act.allows(caller)]
    assert allowed
    for address in allowed:
        with boa.env.anchor():
            if act.allows("stranger"):
                trap.call(function, *arguments, origin=address)
                assert events_of(trap.contract)
            else:
                with boa.reverts():
                    trap.call(function, *arguments, origin=address)


@pytest.fixture
def safe():
    """A contract that an institution, an officer or a holder acts by."""
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


@pytest.fixture
def officer(world, registry, safe, anyone):
    """The safe, in the supervisor's office."""
    registry.transfer_office(safe.address, sender=world.supervisor)
    safe.call(registry.accept_office, world.supervisor, origin=anyone)
    assert registry.officer(safe.address).appointed_at == boa.env.timestamp
    return safe


def told(safe) -> dict:
    [event] = events_of(safe.contract)
    return event.args


def test_safe__of_an_officer__halts_and_hands_over_in_its_own_name(registry, officer, anyone):
    safe = officer
    safe.call(registry.pause, origin=anyone)
    assert told(safe)["officer"] == safe.address
    safe.call(registry.unpause, origin=anyone)
    assert told(safe)["officer"] == safe.address
    safe.call(registry.transfer_office, anyone, origin=anyone)
    assert told(safe) == {"officer": safe.address, "successor": anyone}
    assert registry.officer(safe.address).successor == anyone


def test_safe__of_an_officer__vouches_for_batches_and_bills(
    world, bills, registry, officer, anyone
):
    batch = world.anchor()
    key = batch.batch_id
    safe = officer
    safe.call(registry.disown_key, world.hospital_key, boa.env.timestamp, origin=anyone)
    safe.call(bills.attest_bill, key, key, origin=anyone)
    assert told(safe)["officer"] == safe.address
    safe.call(bills.attest_batch, key, origin=anyone)
    assert told(safe)["officer"] == safe.address


def test_safe__of_an_officer__approves_and_withdraws(registry, officer, anyone):
    safe, colleague = officer, boa.env.generate_address()
    safe.call(registry.appoint_officer, colleague, PLATFORM, origin=anyone)
    rule = (2, 5)
    safe.call(registry.set_approval_rule, *rule, origin=anyone)
    assert told(safe)["officer"] == safe.address
    act = act_of("set_approval_rule", *rule)
    assert list(registry.pending_act(act).approvers) == [safe.address]
    with boa.reverts():
        safe.call(registry.set_approval_rule, *rule, origin=colleague)
    safe.call(registry.withdraw_approval, act, origin=anyone)
    assert told(safe)["officer"] == safe.address
    assert list(registry.pending_act(act).approvers) == []


def test_safe__applying__becomes_the_first_key(registry, world, safe, anyone):
    safe.call(registry.apply_as_issuer, NOBODY, "name", DONGCHENG, origin=anyone)
    assert told(safe)["applicant"] == safe.address
    registry.admit_applicant(told(safe)["application_id"], sender=world.supervisor)
    assert registry.authorised_issuer(safe.address) == NOBODY


def test_safe__applying_again__reverts_whoever_signs(registry, safe, anyone):
    """One open application for each applicant, and for whoever signs for it none."""
    safe.call(registry.apply_as_issuer, NOBODY, "name", DONGCHENG, origin=anyone)
    with boa.reverts():
        another = boa.env.generate_address("another")
        safe.call(registry.apply_as_issuer, NOBODY, "name", DONGCHENG, origin=another)
    registry.apply_as_issuer(NOBODY, "name", DONGCHENG, sender=anyone)


def test_safe__with_a_key_of_its_own__does_not_apply(registry, world, safe, anyone):
    registry.register_key(safe.address, HOSPITAL, ISSUER, sender=world.supervisor)
    with boa.reverts():
        safe.call(registry.apply_as_issuer, NOBODY, "name", DONGCHENG, origin=anyone)
    registry.apply_as_issuer(NOBODY, "name", DONGCHENG, sender=anyone)


def test_safe__officer_and_applicant__does_not_decide_for_itself(registry, officer, anyone):
    safe = officer
    safe.call(registry.apply_as_issuer, NOBODY, "name", DONGCHENG, origin=anyone)
    applied = told(safe)["application_id"]
    with boa.reverts():
        safe.call(registry.admit_applicant, applied, origin=anyone)


def test_safe__officer_and_issuer__does_not_approve_its_own_request(
    world, registry, officer, anyone
):
    safe = officer
    safe.call(registry.register_key, safe.address, HOSPITAL, ISSUER, origin=anyone)
    asked = registry.request_numbers(CODE, 5, sender=world.hospital_key)
    with boa.reverts():
        safe.call(registry.approve_request, asked, origin=anyone)
    others = registry.request_numbers(CODE, 5, sender=world.clinic_key)
    safe.call(registry.approve_request, others, origin=world.clinic_key)
    assert told(safe)["request_id"] == others
