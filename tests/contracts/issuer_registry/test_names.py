"""A name has one byte at least: missing is missing, short is not."""

import boa

from ..support.world import DONGCHENG, NOBODY


def test_admit_issuer__name_of_one_letter__admitted(world, registry):
    with boa.reverts("issuer: name missing"):
        registry.admit_issuer(NOBODY, "", DONGCHENG, sender=world.supervisor)
    registry.admit_issuer(NOBODY, "A", DONGCHENG, sender=world.supervisor)
    assert registry.issuer(NOBODY).name == "A"


def test_apply_as_issuer__name_of_one_letter__applied(registry):
    applicant = boa.env.generate_address("applicant")
    applied = registry.apply_as_issuer(NOBODY, "A", DONGCHENG, sender=applicant)
    assert registry.application(applied).name == "A"
