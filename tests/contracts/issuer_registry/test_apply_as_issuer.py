import boa
import pytest

from ..support.events import Event, events_of
from ..support.world import DONGCHENG, HOSPITAL, NOBODY

OPEN, ADMITTED, REFUSED = 1, 2, 4
ZERO = "0x" + "00" * 20


@pytest.fixture
def applicant():
    return boa.env.generate_address("applicant")


def test_apply__anyone__open_and_nothing_else(registry, applicant):
    application_id = registry.apply_as_issuer(NOBODY, "某学校", DONGCHENG, sender=applicant)
    expected = {
        "application_id": 1,
        "applicant": applicant,
        "uscc": NOBODY,
        "name": "某学校",
        "region": DONGCHENG,
    }
    assert events_of(registry) == [Event("ApplicationMade", expected)]
    assert application_id == 1 == registry.application_total()
    asked = (applicant, NOBODY, DONGCHENG, boa.env.timestamp, OPEN, "某学校")
    assert tuple(registry.application(1)) == asked
    assert registry.issuer(NOBODY).status == 0
    assert registry.key(applicant).role == 0


def test_application__unknown__empty(registry):
    for application_id in (0, 1):
        assert tuple(registry.application(application_id)) == (ZERO, bytes(18), 0, 0, 0, "")


def test_apply__second_while_one_is_open__reverts(world, registry, applicant):
    registry.apply_as_issuer(NOBODY, "某学校", DONGCHENG, sender=applicant)
    with boa.reverts("application: one is open"):
        registry.apply_as_issuer(NOBODY, "某学校", DONGCHENG, sender=applicant)
    registry.refuse_applicant(1, sender=world.supervisor)
    assert registry.apply_as_issuer(NOBODY, "某学校", DONGCHENG, sender=applicant) == 2


def test_apply__two_accounts_for_one_institution__both_open(registry, applicant):
    """Nobody keeps an institution out by applying in its name first."""
    registry.apply_as_issuer(NOBODY, "某学校", DONGCHENG, sender=boa.env.generate_address())
    registry.apply_as_issuer(NOBODY, "某学校", DONGCHENG, sender=applicant)
    assert [registry.application(i).status for i in (1, 2)] == [OPEN, OPEN]


@pytest.mark.parametrize(
    ("uscc", "name", "region", "why"),
    [
        (bytes(18), "name", DONGCHENG, "issuer: code missing"),
        (NOBODY, "", DONGCHENG, "issuer: name missing"),
        (NOBODY, "name", 0, "issuer: region not six digits"),
        (NOBODY, "name", 99_999, "issuer: region not six digits"),
        (NOBODY, "name", 1_000_000, "issuer: region not six digits"),
        (HOSPITAL, "name", DONGCHENG, "issuer: already admitted"),
    ],
)
def test_apply__what_could_not_be_admitted__reverts(registry, applicant, uscc, name, region, why):
    with boa.reverts(why):
        registry.apply_as_issuer(uscc, name, region, sender=applicant)


def test_apply__by_a_registered_key__reverts(world, registry):
    with boa.reverts("key: already registered"):
        registry.apply_as_issuer(NOBODY, "name", DONGCHENG, sender=world.hospital_key)
