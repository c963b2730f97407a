"""INV-1, INV-3, INV-5, INV-8: what may be reserved, and by whom."""

import boa
import pytest
from eth_utils import keccak

from ..support.events import Event, events_of
from ..support.world import (
    BUREAU,
    CLAIM,
    DAY,
    EMPLOYER,
    HOSPITAL,
    INSURER,
    LIVE,
    RESERVED,
    word_of,
)


@pytest.fixture
def batch(world):
    return world.anchor(5)


@pytest.fixture
def grant(world, batch):
    return world.granted(batch.batch_id, BUREAU)


def test_lock__granted_payer__events_claim_and_amounts(world, ledger, batch, grant):
    expires_at = boa.env.timestamp + DAY
    world.lock(batch, grant, 60_000, expires_at=expires_at)
    key, grant_id = batch.batch_id, world.grant_id(grant)
    assert events_of(ledger) == [
        Event(
            "GrantUsed",
            {
                "grant_id": grant_id,
                "bill_key": key,
                "payer": BUREAU,
                "amount_fen": 60_000,
                "used_fen": 60_000,
            },
        ),
        Event(
            "Locked",
            {
                "bill_key": key,
                "payer": BUREAU,
                "claim_id": CLAIM,
                "batch_id": batch.batch_id,
                "grant_id": grant_id,
                "amount_fen": 60_000,
                "expires_at": expires_at,
                "statutory": True,
            },
        ),
    ]
    claim = ledger.claim(BUREAU, key, CLAIM)
    assert tuple(claim) == (RESERVED, 60_000, 0, expires_at, True, grant_id)
    assert ledger.amounts(key) == (0, 60_000, False)
    assert ledger.has_open_or_settled(key)
    assert tuple(world.consents.grant_state(grant_id)) == (LIVE, 60_000)


def test_claim__unknown__nothing(ledger, batch):
    assert tuple(ledger.claim(BUREAU, batch.batch_id, CLAIM)) == (0, 0, 0, 0, False, bytes(32))
    assert ledger.amounts(batch.batch_id) == (0, 0, False)
    assert not ledger.has_open_or_settled(batch.batch_id)


def test_lock__bill_inside_the_batch__proved_at_its_index(world, ledger, batch):
    for index in (1, 3, 4):
        key = batch.batch_id + index
        world.lock(batch, world.granted(key, BUREAU), index=index)
        assert ledger.amounts(key) == (0, 10_000, False)
    assert ledger.amounts(batch.batch_id) == (0, 0, False)


# --- the payer ---


def test_lock__key_revoked_or_payer_suspended__reverts(world, registry, batch, grant):
    registry.suspend_payer(BUREAU, sender=world.supervisor)
    with boa.reverts("payer: not active"):
        world.lock(batch, grant)
    registry.resume_payer(BUREAU, sender=world.supervisor)
    registry.revoke_key(world.bureau_key, sender=world.supervisor)
    with boa.reverts("key: revoked"):
        world.lock(batch, grant)


def test_lock__by_a_key_that_is_not_a_payers__reverts(world, batch, grant):
    with boa.reverts("key: wrong role"):
        world.lock(batch, grant, sender=world.hospital_key)
    with boa.reverts("key: not registered"):
        world.lock(batch, grant, sender=world.holder.address)


# --- the grant ---


def test_lock__grant_to_another_payer__reverts(world, batch, grant):
    with boa.reverts("grant: for another payer"):
        world.lock(batch, grant, sender=world.insurer_key)


def test_lock__grant_for_another_bill__reverts(world, batch):
    other = world.granted(batch.batch_id + 1, BUREAU)
    with boa.reverts("grant: for another bill"):
        world.lock(batch, other)


def test_lock__grant_for_another_purpose__reverts(world, batch):
    other = world.granted(batch.batch_id, BUREAU, purpose=keccak(text="research"))
    with boa.reverts("grant: for another purpose"):
        world.lock(batch, other)


def test_lock__grant_of_an_impostor__reverts(world, consents, batch):
    """INV-9: a live grant of somebody who does not hold the bill."""
    own = world.grant_for(batch.batch_id, BUREAU, holder=word_of(world.stranger.address))
    consents.grant(own, sender=world.stranger.address)
    with boa.reverts("grant: of another holder"):
        world.lock(batch, own)


def test_lock__grant_never_given__reverts(world, batch):
    with boa.reverts("grant: not given"):
        world.lock(batch, world.grant_for(batch.batch_id, BUREAU))


def test_lock__grant_revoked__next_claim_reverts(world, consents, ledger, batch, grant):
    """INV-10: what is reserved runs on, the next claim does not begin."""
    world.lock(batch, grant)
    consents.revoke(grant, sender=world.holder.address)
    with boa.reverts("grant: revoked"):
        world.lock(batch, grant, claim_id=keccak(text="next"))
    world.settle(batch, BUREAU, 10_000)
    assert ledger.amounts(batch.batch_id) == (10_000, 0, True)


def test_lock__grant_expired__exact_to_the_second(world, batch, grant):
    """INV-26: at t - 1 it is good, at t and t + 1 it is not."""
    for late in (0, 1):
        boa.env.timestamp = grant.expires_at + late
        with boa.reverts("grant: expired"):
            world.lock(batch, grant)
    boa.env.timestamp = grant.expires_at - 1
    world.lock(batch, grant)


def test_lock__beyond_the_cap__reverts(world, batch):
    grant = world.granted(batch.batch_id, BUREAU, cap_fen=30_000)
    with boa.reverts("grant: cap exceeded"):
        world.lock(batch, grant, 30_001)
    world.lock(batch, grant, 20_000)
    with boa.reverts("grant: cap exceeded"):
        world.lock(batch, grant, 10_001, claim_id=keccak(text="next"))
    world.lock(batch, grant, 10_000, claim_id=keccak(text="next"))


# --- the bill ---


def test_lock__header_raised__reverts(world, batch, grant):
    """INV-1, INV-13: a larger amount than was anchored has no proof."""
    batch.headers[0] = batch.headers[0]._replace(amount_fen=10**9)
    with boa.reverts("proof: bill not in batch"):
        world.lock(batch, grant)


def test_lock__path_of_the_wrong_length__reverts(world, ledger, batch, grant):
    for path in ([], batch.path(0)[:-1], [*batch.path(0), bytes(32)]):
        with boa.reverts("proof: wrong length"):
            ledger.lock(
                batch.headers[0],
                batch.batch_id,
                path,
                grant,
                CLAIM,
                1,
                boa.env.timestamp + 1,
                sender=world.bureau_key,
            )


def test_lock__bill_never_anchored__reverts(world):
    loose = world.batch_of([world.header(world.next_no())])
    with boa.reverts("proof: bill not in batch"):
        world.lock(loose, world.granted(loose.batch_id, BUREAU))


def test_lock__voided__reverts(world, bills, batch, grant):
    """INV-3."""
    bills.void(batch.batch_id, batch.batch_id, 1, sender=world.hospital_key)
    with boa.reverts("bill: voided"):
        world.lock(batch, grant)


def test_lock__disputed__reverts(world, registry, batch, grant):
    """INV-3: signed inside the window in which the key was in wrong hands."""
    since = boa.env.timestamp
    boa.env.timestamp += 60
    registry.disown_key(world.hospital_key, since, sender=world.supervisor)
    with boa.reverts("bill: disputed"):
        world.lock(batch, grant)


def test_lock__compromised_after_the_batch__locked(world, registry, batch, grant):
    since = boa.env.timestamp + 1
    boa.env.timestamp += 60
    registry.disown_key(world.hospital_key, since, sender=world.supervisor)
    world.lock(batch, grant)


def test_lock__issuer_revoked_since__locked(world, registry, batch, grant):
    """INV-7."""
    registry.revoke_issuer(HOSPITAL, sender=world.supervisor)
    world.lock(batch, grant)


@pytest.mark.parametrize(("ahead", "taken"), [(DAY - 1, True), (DAY, True), (DAY + 1, False)])
def test_lock__issued_after_its_batch__a_day_at_most(world, ahead, taken):
    """INV-26."""
    batch = world.anchor(issued_at=boa.env.timestamp + ahead)
    grant = world.granted(batch.batch_id, BUREAU)
    if taken:
        world.lock(batch, grant)
    else:
        with boa.reverts("bill: issued after its batch"):
            world.lock(batch, grant)


@pytest.mark.parametrize(
    ("ago", "taken"), [(31 * DAY - 1, True), (31 * DAY, True), (31 * DAY + 1, False)]
)
def test_lock__issued_before_its_batch__a_month_at_most(world, ago, taken):
    """INV-26."""
    batch = world.anchor(issued_at=boa.env.timestamp - ago)
    grant = world.granted(batch.batch_id, BUREAU)
    if taken:
        world.lock(batch, grant)
    else:
        with boa.reverts("bill: issued too long ago"):
            world.lock(batch, grant)


@pytest.mark.parametrize(
    ("issued_at", "why"),
    [(0, "bill: issued too long ago"), (2**64 - 1, "bill: issued after its batch")],
)
def test_lock__issued_at_the_ends_of_time__reverts(world, issued_at, why):
    batch = world.anchor(issued_at=issued_at)
    with boa.reverts(why):
        world.lock(batch, world.granted(batch.batch_id, BUREAU))


# --- the amount ---


def test_lock__all_that_is_left__and_not_a_fen_more(world, ledger):
    """INV-1, with a part paid at source."""
    batch = world.anchor(at_source_fen=60_000)
    grant = world.granted(batch.batch_id, BUREAU)
    with boa.reverts("claim: exceeds what is left"):
        world.lock(batch, grant, 40_001)
    world.lock(batch, grant, 40_000)
    with boa.reverts("claim: exceeds what is left"):
        world.lock(batch, grant, 1, claim_id=keccak(text="next"))
    assert ledger.amounts(batch.batch_id) == (0, 40_000, False)


def test_lock__all_paid_at_source__nothing_left(world):
    batch = world.anchor(at_source_fen=100_000)
    with boa.reverts("claim: exceeds what is left"):
        world.lock(batch, world.granted(batch.batch_id, BUREAU), 1)


def test_lock__more_at_source_than_the_bill_has__reverts(world):
    batch = world.anchor(at_source_fen=100_001)
    with boa.reverts("bill: at source exceeds amount"):
        world.lock(batch, world.granted(batch.batch_id, BUREAU), 1)


def test_lock__largest_bill__kept_in_full(world, ledger):
    largest = 2**96 - 1
    batch = world.anchor(amount_fen=largest)
    grant = world.granted(batch.batch_id, BUREAU, cap_fen=2**128 - 1)
    with boa.reverts("claim: exceeds what is left"):
        world.lock(batch, grant, largest + 1)
    world.lock(batch, grant, largest)
    assert ledger.amounts(batch.batch_id) == (0, largest, False)
    world.settle(batch, BUREAU, largest)
    assert ledger.amounts(batch.batch_id) == (largest, 0, True)


def test_lock__bill_larger_than_a_word_has_room_for__reverts(world):
    header = world.header(world.next_no(), amount_fen=2**96)
    batch = world.batch_of([header])
    world.bills.anchor(
        world.segment, batch.batch_id, 1, batch.tree.root, 1, sender=world.hospital_key
    )
    grant = world.granted(batch.batch_id, BUREAU, cap_fen=2**128 - 1)
    with boa.reverts("bill: amount out of range"):
        world.lock(batch, grant, 1)


def test_lock__nothing__reverts(world, batch, grant):
    with boa.reverts("claim: amount is zero"):
        world.lock(batch, grant, 0)


# --- the claim ---


def test_lock__claim_id_used__reverts(world, batch, grant):
    """INV-5: not even after the claim was rejected."""
    world.lock(batch, grant)
    with boa.reverts("claim: id already used"):
        world.lock(batch, grant)
    world.ledger.reject(batch.batch_id, CLAIM, 1, sender=world.bureau_key)
    with boa.reverts("claim: id already used"):
        world.lock(batch, grant)


def test_lock__claim_id_of_another_payer_or_bill__free(world, ledger, batch, grant):
    """INV-5: nobody burns another's id."""
    world.lock(batch, grant)
    insurers = world.granted(batch.batch_id, INSURER, no_statutory=True)
    world.lock(batch, insurers)
    world.lock(batch, world.granted(batch.batch_id + 1, BUREAU), index=1)
    assert ledger.amounts(batch.batch_id) == (0, 20_000, False)
    assert ledger.amounts(batch.batch_id + 1) == (0, 10_000, False)


@pytest.mark.parametrize("ahead", [1, 180 * DAY])
def test_lock__expiry_within_half_a_year__taken(world, ledger, batch, grant, ahead):
    """INV-26."""
    expires_at = boa.env.timestamp + ahead
    world.lock(batch, grant, expires_at=expires_at)
    assert ledger.claim(BUREAU, batch.batch_id, CLAIM).expires_at == expires_at


@pytest.mark.parametrize(
    ("ahead", "why"),
    [
        (-1, "claim: expiry not in the future"),
        (0, "claim: expiry not in the future"),
        (180 * DAY + 1, "claim: expiry too far"),
    ],
)
def test_lock__expiry_outside__reverts(world, batch, grant, ahead, why):
    """INV-26."""
    with boa.reverts(why):
        world.lock(batch, grant, expires_at=boa.env.timestamp + ahead)


def test_lock__employer_after_the_statutory_decision__locked(world, ledger, batch, grant):
    world.lock(batch, grant)
    world.settle(batch, BUREAU, 10_000)
    world.lock(batch, world.granted(batch.batch_id, EMPLOYER))
    assert not ledger.claim(EMPLOYER, batch.batch_id, CLAIM).statutory
