"""INV-4, INV-6, INV-14: from request to write-off, no number is granted, kept or lost twice."""

import boa
import pytest

from ..support.events import Event, events_of
from ..support.world import BEIJING, CLINIC, CODE, HOSPITAL, ISSUER, NOBODY, OTHER_CODE, deploy

KIND = "medical-outpatient"
REQUESTED, APPROVED, GRANTED = 1, 2, 4
FILED, AUDITED = 1, 2
ROOT = b"\x05" * 32
NO_LIMIT = 2**64 - 1


@pytest.fixture
def appointed(world, registry):
    registry.appoint_bills(world.bills.address, sender=world.supervisor)


@pytest.fixture
def hospital(world):
    return {"sender": world.hospital_key}


@pytest.fixture
def supervisor(world):
    return {"sender": world.supervisor}


def granted(world, count=10):
    with boa.env.prank(world.supervisor):
        return world.registry.grant_numbers(HOSPITAL, CODE, count)


def anchor(world, segment_id, count):
    first = world.registry.segment(segment_id).first + world.bills.consumed(segment_id)
    key = CODE * 10**10 + first
    world.bills.anchor(segment_id, key, count, ROOT, 1, sender=world.hospital_key)
    return key


def test_appoint_bills__once__event_and_for_ever(world, registry, supervisor):
    registry.appoint_bills(world.bills.address, **supervisor)
    assert events_of(registry) == [Event("BillsAppointed", {"bills": world.bills.address})]
    assert registry.bills() == world.bills.address
    with boa.reverts("bills: already appointed"):
        registry.appoint_bills(world.bills.address, **supervisor)


def test_appoint_bills__of_another_registry__reverts(registry, supervisor):
    other = deploy(b"\x09" * 32, boa.env.generate_address())
    with boa.reverts("bills: of another registry"):
        registry.appoint_bills(other.bills.address, **supervisor)


def test_numbers__bills_not_appointed__what_counts_is_refused(
    world, registry, hospital, supervisor
):
    for call in (
        lambda: registry.split_segment(world.segment, 1, "A", **hospital),
        lambda: registry.return_unused(world.segment, **hospital),
        lambda: registry.file_write_off(world.segment, 0, 0, 0, **hospital),
        lambda: registry.set_stock_limit(5, **supervisor),
    ):
        with boa.reverts("bills: not appointed"):
            call()


# --- kinds ---


def test_allow_kind__no_list__every_kind_may_be_issued(registry):
    assert registry.may_issue_kind(HOSPITAL, "anything")
    assert registry.may_issue_kind(NOBODY, "anything")


def test_allow_kind__listed__event_and_only_those(world, registry, supervisor):
    """INV-6."""
    registry.allow_kind(HOSPITAL, "donation", True, **supervisor)
    expected = {"uscc": HOSPITAL, "kind": "donation", "allowed": True}
    assert events_of(registry) == [Event("KindAllowed", expected)]
    assert registry.may_issue_kind(HOSPITAL, "donation")
    assert not registry.may_issue_kind(HOSPITAL, KIND)
    with boa.reverts("kind: not allowed"):
        granted(world)
    with boa.reverts("kind: not allowed"):
        registry.request_numbers(CODE, 1, sender=world.hospital_key)
    registry.grant_numbers(CLINIC, CODE, 1, **supervisor)
    registry.allow_kind(HOSPITAL, KIND, True, **supervisor)
    granted(world)
    registry.allow_kind(HOSPITAL, KIND, False, **supervisor)
    with boa.reverts("kind: not allowed"):
        granted(world)


def test_allow_kind__issuer_unknown_or_kind_missing__reverts(registry, supervisor):
    with boa.reverts("issuer: not admitted"):
        registry.allow_kind(NOBODY, KIND, True, **supervisor)
    with boa.reverts("kind: missing"):
        registry.allow_kind(HOSPITAL, "", True, **supervisor)


# --- request, approve, grant ---


def test_request__approved_and_granted__events_and_segment(registry, hospital, supervisor):
    request = registry.request_numbers(CODE, 7, **hospital)
    of = {"request_id": 1, "issuer": HOSPITAL}
    asked = of | {"bill_code": CODE, "count": 7}
    assert events_of(registry) == [Event("NumbersRequested", asked)]
    assert tuple(registry.request(request)) == (HOSPITAL, CODE, 7, REQUESTED)
    registry.approve_request(request, **supervisor)
    assert events_of(registry) == [Event("RequestApproved", of)]
    assert registry.request(request).status == APPROVED
    segment_id = registry.grant_request(request, **supervisor)
    expected = {
        "segment_id": segment_id,
        "issuer": HOSPITAL,
        "bill_code": CODE,
        "first": 100_051,
        "count": 7,
        "request_id": request,
    }
    assert events_of(registry) == [Event("NumbersGranted", expected)]
    assert registry.request(request).status == GRANTED
    assert tuple(registry.segment(segment_id)) == (HOSPITAL, CODE, 100_051, 7)
    assert request == 1 == registry.request_total()


def test_request__steps_out_of_order__revert(registry, hospital, supervisor):
    """INV-14."""
    request = registry.request_numbers(CODE, 7, **hospital)
    with boa.reverts("request: not approved"):
        registry.grant_request(request, **supervisor)
    registry.approve_request(request, **supervisor)
    with boa.reverts("request: not open"):
        registry.approve_request(request, **supervisor)
    registry.grant_request(request, **supervisor)
    with boa.reverts("request: not approved"):
        registry.grant_request(request, **supervisor)
    with boa.reverts("request: not open"):
        registry.approve_request(request, **supervisor)


def test_request__unknown__reverts(registry, supervisor):
    for request in (0, 1):
        with boa.reverts("request: not open"):
            registry.approve_request(request, **supervisor)
        with boa.reverts("request: not approved"):
            registry.grant_request(request, **supervisor)


def test_request__approver_is_the_applicant__reverts(world, registry, hospital, supervisor):
    request = registry.request_numbers(CODE, 7, **hospital)
    clinics = registry.request_numbers(CODE, 7, sender=world.clinic_key)
    registry.register_key(world.supervisor, HOSPITAL, ISSUER, **supervisor)
    with boa.reverts("request: approver is applicant"):
        registry.approve_request(request, **supervisor)
    registry.approve_request(clinics, **supervisor)


def test_request__what_could_not_be_granted__reverts(registry, hospital):
    with boa.reverts("series: not open"):
        registry.request_numbers(OTHER_CODE, 1, **hospital)
    with boa.reverts("numbers: count is zero"):
        registry.request_numbers(CODE, 0, **hospital)
    with boa.reverts("numbers: series exhausted"):
        registry.request_numbers(CODE, 10**10, **hospital)


def test_request__issuer_suspended_since__not_granted(registry, hospital, supervisor):
    """INV-6."""
    request = registry.request_numbers(CODE, 7, **hospital)
    registry.approve_request(request, **supervisor)
    registry.suspend_issuer(HOSPITAL, **supervisor)
    with boa.reverts("issuer: not active"):
        registry.grant_request(request, **supervisor)
    with boa.reverts("issuer: not active"):
        registry.request_numbers(CODE, 7, **hospital)


# --- split ---


@pytest.mark.usefixtures("appointed")
def test_split__unused_tail__event_and_two_segments(world, registry, bills, hospital):
    segment_id = granted(world)
    anchor(world, segment_id, 3)
    part = registry.split_segment(segment_id, 7, "outlet 2", **hospital)
    expected = {
        "segment_id": segment_id,
        "issuer": HOSPITAL,
        "part_id": part,
        "first": 100_054,
        "count": 7,
        "outlet": "outlet 2",
    }
    assert events_of(registry) == [Event("SegmentSplit", expected)]
    assert tuple(registry.segment(segment_id)) == (HOSPITAL, CODE, 100_051, 3)
    assert tuple(registry.segment(part)) == (HOSPITAL, CODE, 100_054, 7)
    with boa.reverts("numbers: exhausted"):
        anchor(world, segment_id, 1)
    anchor(world, part, 7)
    assert bills.consumed(part) == 7


@pytest.mark.usefixtures("appointed")
def test_split__more_than_is_unused_or_all__reverts(world, registry, hospital):
    """INV-4."""
    segment_id = granted(world)
    with boa.reverts("numbers: whole segment"):
        registry.split_segment(segment_id, 10, "A", **hospital)
    anchor(world, segment_id, 3)
    with boa.reverts("numbers: not unused"):
        registry.split_segment(segment_id, 8, "A", **hospital)
    with boa.reverts("numbers: count is zero"):
        registry.split_segment(segment_id, 0, "A", **hospital)
    with boa.reverts("outlet: missing"):
        registry.split_segment(segment_id, 1, "", **hospital)


@pytest.mark.usefixtures("appointed")
def test_segment__of_another_or_unknown__reverts(world, registry, hospital):
    for segment_id, why in ((world.clinic_segment, "of another issuer"), (99, "unknown")):
        for name, arguments in (
            ("split_segment", (1, "A")),
            ("return_unused", ()),
            ("file_write_off", (0, 0, 0)),
        ):
            with boa.reverts(f"segment: {why}"):
                getattr(registry, name)(segment_id, *arguments, **hospital)


# --- return ---


@pytest.mark.usefixtures("appointed")
def test_return__unused_tail__event_and_never_granted_again(world, registry, hospital):
    """INV-4."""
    segment_id = granted(world)
    anchor(world, segment_id, 3)
    registry.return_unused(segment_id, **hospital)
    expected = {"segment_id": segment_id, "issuer": HOSPITAL, "first": 100_054, "count": 7}
    assert events_of(registry) == [Event("NumbersReturned", expected)]
    assert tuple(registry.closing(segment_id)) == (7, 0)
    assert registry.segment(segment_id).count == 3
    with boa.reverts("numbers: exhausted"):
        anchor(world, segment_id, 1)
    with boa.reverts("numbers: none unused"):
        registry.return_unused(segment_id, **hospital)
    assert registry.segment(granted(world)).first == 100_061


@pytest.mark.usefixtures("appointed")
def test_return__all_of_it__nothing_left_to_anchor(world, registry, hospital):
    segment_id = granted(world)
    registry.return_unused(segment_id, **hospital)
    assert tuple(registry.segment(segment_id)) == (HOSPITAL, CODE, 100_051, 0)
    with boa.reverts("numbers: exhausted"):
        anchor(world, segment_id, 1)


# --- write-off ---


@pytest.fixture
def spent(world, registry, bills, appointed, hospital):  # noqa: ARG001
    """Ten granted: six issued of which two were voided, four returned."""
    segment_id = granted(world)
    key = anchor(world, segment_id, 6)
    for step in (1, 4):
        bills.void(key + step, key, 1, **hospital)
    registry.return_unused(segment_id, **hospital)
    return segment_id


def test_write_off__reconciled__filed_and_audited(registry, bills, spent, hospital, supervisor):
    assert bills.voided_in(spent) == 2
    registry.file_write_off(spent, 4, 2, 4, **hospital)
    of = {"segment_id": spent, "issuer": HOSPITAL}
    filed = of | {"issued": 4, "voided": 2, "unused": 4}
    assert events_of(registry) == [Event("WriteOffFiled", filed)]
    assert tuple(registry.closing(spent)) == (4, FILED)
    registry.audit_write_off(spent, **supervisor)
    assert events_of(registry) == [Event("WriteOffAudited", of)]
    assert tuple(registry.closing(spent)) == (4, AUDITED)


@pytest.mark.parametrize(
    ("counts", "why"),
    [
        ((3, 2, 4), "issued"),
        ((5, 2, 4), "issued"),
        ((4, 1, 4), "voids"),
        ((5, 1, 4), "voids"),
        ((4, 2, 3), "unused"),
        ((4, 2, 5), "unused"),
    ],
)
def test_write_off__counts_differ__reverts(registry, spent, hospital, counts, why):
    """Issued + voided + unused = granted, each as the chain has it."""
    with boa.reverts(f"write-off: {why} differ"):
        registry.file_write_off(spent, *counts, **hospital)


@pytest.mark.usefixtures("appointed")
def test_write_off__numbers_left__reverts_until_returned(world, registry, hospital):
    segment_id = granted(world)
    with boa.reverts("write-off: numbers not returned"):
        registry.file_write_off(segment_id, 0, 0, 10, **hospital)
    registry.return_unused(segment_id, **hospital)
    registry.file_write_off(segment_id, 0, 0, 10, **hospital)


def test_write_off__twice_or_out_of_order__reverts(registry, spent, hospital, supervisor):
    """INV-14."""
    with boa.reverts("write-off: not filed"):
        registry.audit_write_off(spent, **supervisor)
    registry.file_write_off(spent, 4, 2, 4, **hospital)
    for name, arguments in (
        ("file_write_off", (4, 2, 4)),
        ("return_unused", ()),
        ("split_segment", (1, "A")),
    ):
        with boa.reverts("segment: written off"):
            getattr(registry, name)(spent, *arguments, **hospital)
    registry.audit_write_off(spent, **supervisor)
    with boa.reverts("write-off: not filed"):
        registry.audit_write_off(spent, **supervisor)


# --- stock limit ---


def test_stock_limit__at_first__none(registry):
    assert registry.stock_limit() == NO_LIMIT


@pytest.mark.usefixtures("appointed")
def test_stock_limit__exact__next_grant_needs_the_write_off(world, registry, hospital, supervisor):
    registry.set_stock_limit(8, **supervisor)
    assert events_of(registry) == [Event("StockLimitSet", {"stock_limit": 8})]
    with boa.reverts("numbers: earlier write-off missing"):
        granted(world)
    registry.split_segment(world.segment, 100_000 - 8, "elsewhere", **hospital)
    with boa.reverts("numbers: earlier write-off missing"):
        granted(world)
    with boa.reverts("numbers: earlier write-off missing"):
        registry.request_numbers(CODE, 1, **hospital)
    anchor(world, world.segment, 1)
    granted(world)


def test_stock_limit__nothing_but_the_audit_will_do__with_zero(
    world, registry, spent, hospital, supervisor
):
    registry.set_stock_limit(0, **supervisor)
    for step in (
        lambda: registry.file_write_off(spent, 4, 2, 4, **hospital),
        lambda: registry.audit_write_off(spent, **supervisor),
    ):
        with boa.reverts("numbers: earlier write-off missing"):
            granted(world)
        step()
    granted(world)


@pytest.mark.usefixtures("appointed")
def test_stock_limit__first_grant_of_a_code_or_issuer__needs_nothing(registry, supervisor):
    registry.set_stock_limit(0, **supervisor)
    registry.open_series(OTHER_CODE, "donation", BEIJING, **supervisor)
    registry.grant_numbers(HOSPITAL, OTHER_CODE, 1, **supervisor)
    registry.grant_numbers(CLINIC, OTHER_CODE, 1, **supervisor)
    with boa.reverts("numbers: earlier write-off missing"):
        registry.grant_numbers(CLINIC, OTHER_CODE, 1, **supervisor)
