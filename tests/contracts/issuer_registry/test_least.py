"""The least that is not nothing: one number, and a word of one letter."""

import pytest

from ..support.world import BEIJING, CODE, HOSPITAL, OTHER_CODE


@pytest.fixture
def segment(world, registry):
    """Three numbers, while it is known what was used of them."""
    registry.appoint_bills(world.bills.address, sender=world.supervisor)
    return registry.grant_numbers(HOSPITAL, CODE, 3, sender=world.supervisor)


def test_allow_kind__of_one_letter__allowed(world, registry):
    registry.allow_kind(HOSPITAL, "K", True, sender=world.supervisor)
    assert registry.may_issue_kind(HOSPITAL, "K")


def test_open_series__kind_of_one_letter__opened(world, registry):
    registry.open_series(OTHER_CODE, "K", BEIJING, sender=world.supervisor)
    assert registry.series(OTHER_CODE).kind == "K"


def test_request_numbers__one__granted(world, registry):
    asked = registry.request_numbers(CODE, 1, sender=world.hospital_key)
    registry.approve_request(asked, sender=world.supervisor)
    segment = registry.grant_request(asked, sender=world.supervisor)
    assert registry.segment(segment).count == 1


def test_split_segment__one_number_to_an_outlet_of_one_letter__split(world, registry, segment):
    part = registry.split_segment(segment, 1, "E", sender=world.hospital_key)
    assert (registry.segment(segment).count, registry.segment(part).count) == (2, 1)


def test_split_segment__all_but_one__split(world, registry, segment):
    part = registry.split_segment(segment, 2, "E", sender=world.hospital_key)
    assert (registry.segment(segment).count, registry.segment(part).count) == (1, 2)


def test_return_unused__one_number__returned(world, bills, registry, segment):
    first = CODE * 10**10 + registry.segment(segment).first
    bills.anchor(segment, first, 2, b"\x05" * 32, 1, sender=world.hospital_key)
    registry.return_unused(segment, sender=world.hospital_key)
    assert registry.segment(segment).count == 2
    assert registry.closing(segment).returned == 1
