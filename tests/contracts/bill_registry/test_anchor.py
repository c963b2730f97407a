import boa
import pytest

from ..support.events import Event, events_of
from ..support.world import CODE, HOSPITAL, ISSUER

pytestmark = pytest.mark.usefixtures("as_hospital")

ROOT = b"\x05" * 32
FIRST = CODE * 10**10 + 1
CLINIC_FIRST = CODE * 10**10 + 100_001


@pytest.fixture
def as_hospital(world):
    with boa.env.prank(world.hospital_key):
        yield


def test_anchor__next_numbers__event_batch_and_consumed(world, bills):
    bills.anchor(world.segment, FIRST, 8, ROOT, 800)
    expected = {
        "batch_id": FIRST,
        "issuer": HOSPITAL,
        "segment_id": world.segment,
        "count": 8,
        "root": ROOT,
        "sum_fen": 800,
        "signer": world.hospital_key,
    }
    assert events_of(bills) == [Event("Anchored", expected)]
    assert tuple(bills.batch(FIRST)) == (
        ROOT,
        FIRST,
        8,
        world.segment,
        boa.env.timestamp,
        world.hospital_key,
        800,
        HOSPITAL,
    )
    assert bills.consumed(world.segment) == 8


def test_batch__unknown__empty(bills):
    assert tuple(bills.batch(FIRST))[:3] == (bytes(32), 0, 0)


def test_anchor__two_batches__second_starts_where_the_first_ended(world, bills):
    bills.anchor(world.segment, FIRST, 8, ROOT, 800)
    bills.anchor(world.segment, FIRST + 8, 1, b"\x06" * 32, 1)
    assert bills.batch(FIRST).root == ROOT
    assert bills.batch(FIRST + 8).root == b"\x06" * 32
    assert bills.consumed(world.segment) == 9


def test_anchor__same_call_again__reverts(world, bills):
    """INV-4, INV-16: no number twice, no root replaced."""
    bills.anchor(world.segment, FIRST, 8, ROOT, 800)
    with boa.reverts("numbers: out of order"):
        bills.anchor(world.segment, FIRST, 8, b"\x06" * 32, 800)
    assert bills.batch(FIRST).root == ROOT


@pytest.mark.parametrize("step", [-1, 1, 10**10, -(10**10)])
def test_anchor__not_the_next_number__reverts(world, bills, step):
    with boa.reverts("numbers: out of order"):
        bills.anchor(world.segment, FIRST + step, 1, ROOT, 1)


def test_anchor__whole_segment__then_exhausted(world, bills):
    with boa.env.prank(world.clinic_key):
        bills.anchor(world.clinic_segment, CLINIC_FIRST, 49, ROOT, 1)
        with boa.reverts("numbers: exhausted"):
            bills.anchor(world.clinic_segment, CLINIC_FIRST + 49, 2, ROOT, 1)
        bills.anchor(world.clinic_segment, CLINIC_FIRST + 49, 1, ROOT, 1)
        with boa.reverts("numbers: exhausted"):
            bills.anchor(world.clinic_segment, CLINIC_FIRST + 50, 1, ROOT, 1)
    assert bills.consumed(world.clinic_segment) == 50


def test_anchor__largest_count__exhausted_not_overflowed(world, bills):
    with boa.reverts("numbers: exhausted"):
        bills.anchor(world.segment, FIRST, 2**32 - 1, ROOT, 1)


def test_anchor__segment_of_another_issuer__reverts(world, bills):
    with boa.reverts("segment: of another issuer"):
        bills.anchor(world.clinic_segment, CLINIC_FIRST, 1, ROOT, 1)


@pytest.mark.parametrize("segment_id", [0, 3, 2**64 - 1])
def test_anchor__segment_unknown__reverts(bills, segment_id):
    with boa.reverts("segment: unknown"):
        bills.anchor(segment_id, FIRST, 1, ROOT, 1)


def test_anchor__no_bills__reverts(world, bills):
    with boa.reverts("batch: count is zero"):
        bills.anchor(world.segment, FIRST, 0, ROOT, 1)


def test_anchor__no_root__reverts(world, bills):
    with boa.reverts("batch: root is zero"):
        bills.anchor(world.segment, FIRST, 1, bytes(32), 1)


def test_anchor__sum_zero__reverts(world, bills):
    with boa.reverts("batch: sum is zero"):
        bills.anchor(world.segment, FIRST, 1, ROOT, 0)


def test_anchor__largest_sum__kept_in_full(world, bills):
    with boa.reverts("batch: sum out of range"):
        bills.anchor(world.segment, FIRST, 1, ROOT, 2**96)
    bills.anchor(world.segment, FIRST, 1, ROOT, 2**96 - 1)
    assert bills.batch(FIRST).sum_fen == 2**96 - 1
    assert bills.batch(FIRST).signer == world.hospital_key


def test_anchor__issuer_suspended__reverts(world, bills, registry):
    """INV-6; INV-7: what it anchored before stays readable."""
    batch = world.anchor(3)
    registry.suspend_issuer(HOSPITAL, sender=world.supervisor)
    with boa.reverts("issuer: not active"):
        world.anchor()
    assert bills.holds(batch.headers[0], batch.batch_id, batch.path(0))
    assert bills.is_payable(batch.batch_id, batch.batch_id)
    registry.resume_issuer(HOSPITAL, sender=world.supervisor)
    world.anchor()


def test_anchor__issuer_revoked__reverts(world, registry):
    registry.revoke_issuer(HOSPITAL, sender=world.supervisor)
    with boa.reverts("issuer: not active"):
        world.anchor()


def test_anchor__key_revoked__reverts_until_another_key(world, bills, registry):
    another = boa.env.generate_address()
    registry.revoke_key(world.hospital_key, sender=world.supervisor)
    with boa.reverts("key: revoked"):
        world.anchor()
    registry.register_key(another, HOSPITAL, ISSUER, sender=world.supervisor)
    bills.anchor(world.segment, FIRST, 1, ROOT, 1, sender=another)
    assert bills.batch(FIRST).signer == another


def test_anchor__key_of_a_payer_or_unknown__reverts(world, bills):
    with boa.reverts("key: wrong role"):
        bills.anchor(world.segment, FIRST, 1, ROOT, 1, sender=world.bureau_key)
    with boa.reverts("key: not registered"):
        bills.anchor(world.segment, FIRST, 1, ROOT, 1, sender=world.supervisor)
