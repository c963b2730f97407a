"""INV-6, INV-11, INV-12, INV-22, INV-26: a relayer carries batches, the signers answer for them."""

import boa
import pytest
from eth_utils import keccak

from ..support.events import Event, events_of
from ..support.signed import account, signable, signed_batch, signing_key
from ..support.world import BUREAU, CLINIC, CODE, HOSPITAL, PAYER, deployer_of

FIRST = CODE * 10**10 + 1
CLINIC_FIRST = CODE * 10**10 + 100_001
ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141


@pytest.fixture
def hospital(world):
    return signing_key(world, HOSPITAL, "hospital")


@pytest.fixture
def clinic(world):
    return signing_key(world, CLINIC, "clinic")


@pytest.fixture
def batch(world, hospital):
    return signed_batch(world, hospital, world.segment, FIRST, 8, root=b"\x07" * 32, sum_fen=800)


def anchored(batch, issuer, signer):
    return Event(
        "Anchored",
        {
            "batch_id": batch.first_key,
            "issuer": issuer,
            "segment_id": batch.segment_id,
            "count": batch.count,
            "root": batch.root,
            "sum_fen": batch.sum_fen,
            "signer": signer.address,
        },
    )


def test_anchor_signed__two_issuers__events_and_batches_name_the_true_signers(
    world, bills, hospital, clinic, batch
):
    other = signed_batch(world, clinic, world.clinic_segment, CLINIC_FIRST, 3)
    next_one = signed_batch(world, hospital, world.segment, FIRST + 8)
    bills.anchor_signed([batch, other, next_one])
    assert events_of(bills) == [
        anchored(batch, HOSPITAL, hospital),
        anchored(other, CLINIC, clinic),
        anchored(next_one, HOSPITAL, hospital),
    ]
    assert tuple(bills.batch(FIRST)) == (
        batch.root,
        FIRST,
        8,
        world.segment,
        boa.env.timestamp,
        hospital.address,
        800,
        HOSPITAL,
    )
    assert bills.consumed(world.segment) == 9
    assert bills.consumed(world.clinic_segment) == 3


def test_batch_digest__any_batch__equals_the_other_librarys(world, bills, batch):
    message = signable(world, batch[:6])
    assert bills.batch_digest(*batch[:6]) == keccak(b"\x19\x01" + message.header + message.body)
    assert bills.domain_separator() == message.header


def test_anchor_signed__one_bad_batch__nothing_is_anchored(world, bills, clinic, batch):
    """All or nothing: the good batch beside it does not pass alone."""
    bad = signed_batch(world, clinic, world.clinic_segment, CLINIC_FIRST + 1)
    for batches in ([batch, bad], [bad, batch]):
        with boa.reverts("numbers: out of order"):
            bills.anchor_signed(batches)
    assert bills.consumed(world.segment) == 0
    bills.anchor_signed([batch])


def test_anchor_signed__carried_twice__reverts(bills, batch):
    """INV-4, INV-11: the number is the nonce."""
    with boa.reverts("numbers: out of order"):
        bills.anchor_signed([batch, batch])
    bills.anchor_signed([batch])
    with boa.reverts("numbers: out of order"):
        bills.anchor_signed([batch])


def test_anchor_signed__deadline__good_in_its_last_second(bills, batch):
    """INV-26."""
    boa.env.timestamp = batch.deadline + 1
    with boa.reverts("batch: deadline over"):
        bills.anchor_signed([batch])
    for early in (1, 0):
        with boa.env.anchor():
            boa.env.timestamp = batch.deadline - early
            bills.anchor_signed([batch])


@pytest.mark.parametrize(
    "member", ["segment_id", "first_key", "count", "root", "sum_fen", "deadline"]
)
def test_anchor_signed__a_member_changed__is_nobodys_signature(bills, batch, member):
    """INV-11: the signature binds every member."""
    value = keccak(batch.root) if member == "root" else getattr(batch, member) + 1
    with boa.reverts("key: not registered"):
        bills.anchor_signed([batch._replace(**{member: value})])


@pytest.mark.parametrize(
    "domain",
    [
        {"chainId": 1},
        {"verifyingContract": "0x" + "11" * 20},
        {"salt": keccak(text="another instance")},
        {"name": "Piaolian Consent"},
        {"version": "2"},
    ],
    ids=lambda domain: next(iter(domain)),
)
def test_anchor_signed__for_another_domain__reverts(world, bills, hospital, domain):
    """INV-12."""
    batch = signed_batch(world, hospital, world.segment, FIRST, domain=domain)
    with boa.reverts("key: not registered"):
        bills.anchor_signed([batch])


def test_anchor_signed__for_another_deployment__reverts_there(world, batch):
    """INV-12: the same chain, registry and instance; only the contract differs."""
    twin = deployer_of("BillRegistry").deploy(world.registry.address, world.ledger.address)
    with boa.reverts("key: not registered"):
        twin.anchor_signed([batch])


def test_anchor_signed__segment_of_another_issuer__reverts(world, bills, clinic):
    batch = signed_batch(world, clinic, world.segment, FIRST)
    with boa.reverts("segment: of another issuer"):
        bills.anchor_signed([batch])


def test_anchor_signed__issuer_suspended_since__reverts(world, bills, registry, batch):
    """INV-6."""
    registry.suspend_issuer(HOSPITAL, sender=world.supervisor)
    with boa.reverts("issuer: not active"):
        bills.anchor_signed([batch])
    registry.resume_issuer(HOSPITAL, sender=world.supervisor)
    bills.anchor_signed([batch])


def test_anchor_signed__key_revoked_since__reverts(world, bills, registry, hospital, batch):
    registry.revoke_key(hospital.address, sender=world.supervisor)
    with boa.reverts("key: revoked"):
        bills.anchor_signed([batch])


def test_anchor_signed__key_of_a_payer_or_unknown__reverts(world, bills, registry):
    """INV-22: that a hospital's key carries it does not help."""
    batch = signed_batch(world, account("payer"), world.segment, FIRST)
    with boa.reverts("key: not registered"):
        bills.anchor_signed([batch], sender=world.hospital_key)
    registry.register_key(account("payer").address, BUREAU, PAYER, sender=world.supervisor)
    with boa.reverts("key: wrong role"):
        bills.anchor_signed([batch], sender=world.hospital_key)


def test_anchor_signed__high_s_odd_v_or_short__reverts(bills, batch):
    """INV-11: of two signatures that say the same, one is taken."""
    signature = batch.signature
    s, v = int.from_bytes(signature[32:64]), signature[64]
    twin = signature[:32] + (ORDER - s).to_bytes(32) + bytes([55 - v])
    wrong = [twin, b"", signature[:64], bytes(64) + b"\x1b"]
    wrong += [signature[:64] + bytes([v]) for v in (0, 1, 26, 29, 255)]
    for each in wrong:
        with boa.reverts("signature: malformed"):
            bills.anchor_signed([batch._replace(signature=each)])


def test_anchor_signed__no_batch__reverts(bills):
    with boa.reverts("batches: none given"):
        bills.anchor_signed([])


def test_anchor_signed__the_rules_of_anchor__hold(world, bills, hospital):
    for changes, why in (
        ({"count": 0}, "batch: count is zero"),
        ({"root": bytes(32)}, "batch: root is zero"),
        ({"sum_fen": 0}, "batch: sum is zero"),
        ({"sum_fen": 2**96}, "batch: sum out of range"),
        ({"count": 100_001}, "numbers: exhausted"),
    ):
        batch = signed_batch(world, hospital, world.segment, FIRST, **changes)
        with boa.reverts(why):
            bills.anchor_signed([batch])


def test_anchor_signed__most_at_once__thirty_two(world, bills, hospital):
    batches = [signed_batch(world, hospital, world.segment, FIRST + i) for i in range(33)]
    with pytest.raises(boa.BoaError):
        bills.anchor_signed(batches)
    bills.anchor_signed(batches[:32])
    assert bills.consumed(world.segment) == 32


def test_anchor_signed__key_disowned_since__disputed(world, bills, registry, hospital, batch):
    """INV-3: the window is the signer's, not the relayer's."""
    bills.anchor_signed([batch], sender=world.hospital_key)
    registry.disown_key(hospital.address, boa.env.timestamp, sender=world.supervisor)
    assert bills.disputed(FIRST)
