"""INV-14: standing moves along the table and nowhere else, for issuers and payers alike."""

import boa
import pytest

from ..support.events import Event, events_of
from ..support.world import ACTIVE, BUREAU, HOSPITAL, NOBODY, REVOKED, SUSPENDED

pytestmark = pytest.mark.usefixtures("as_supervisor")

INSTITUTION = {"issuer": HOSPITAL, "payer": BUREAU}
WAY_TO = {ACTIVE: [], SUSPENDED: ["suspend"], REVOKED: ["revoke"]}
PAST = {"suspend": "Suspended", "resume": "Resumed", "revoke": "Revoked"}

ALLOWED = [
    (ACTIVE, "suspend", SUSPENDED),
    (ACTIVE, "revoke", REVOKED),
    (SUSPENDED, "resume", ACTIVE),
    (SUSPENDED, "revoke", REVOKED),
]
REFUSED = [
    (ACTIVE, "resume", "not suspended"),
    (SUSPENDED, "suspend", "not active"),
    (REVOKED, "suspend", "not active"),
    (REVOKED, "resume", "not suspended"),
    (REVOKED, "revoke", "revoked"),
]
REFUSED_UNKNOWN = [
    ("suspend", "not active"),
    ("resume", "not suspended"),
    ("revoke", "not admitted"),
]

sorts = pytest.mark.parametrize("sort", ["issuer", "payer"])


def act(registry, action, sort, uscc):
    getattr(registry, f"{action}_{sort}")(uscc)


@sorts
@pytest.mark.parametrize(("before", "action", "after"), ALLOWED)
def test_standing__step_in_the_table__taken(registry, sort, before, action, after):
    uscc = INSTITUTION[sort]
    for step in WAY_TO[before]:
        act(registry, step, sort, uscc)
    act(registry, action, sort, uscc)
    name = f"{sort.capitalize()}{PAST[action]}"
    assert events_of(registry) == [Event(name, {"uscc": uscc})]
    assert getattr(registry, sort)(uscc).status == after
    assert getattr(registry, f"is_active_{sort}")(uscc) == (after == ACTIVE)


@sorts
@pytest.mark.parametrize(("before", "action", "why"), REFUSED)
def test_standing__step_not_in_the_table__reverts(registry, sort, before, action, why):
    uscc = INSTITUTION[sort]
    for step in WAY_TO[before]:
        act(registry, step, sort, uscc)
    with boa.reverts(f"{sort}: {why}"):
        act(registry, action, sort, uscc)
    assert getattr(registry, sort)(uscc).status == before


@sorts
@pytest.mark.parametrize(("action", "why"), REFUSED_UNKNOWN)
def test_standing__unknown_institution__reverts(registry, sort, action, why):
    with boa.reverts(f"{sort}: {why}"):
        act(registry, action, sort, NOBODY)


def test_standing__of_the_issuer__leaves_the_payer_alone(registry):
    registry.admit_payer(HOSPITAL, "北京协和医院", 4, 110101)
    registry.revoke_issuer(HOSPITAL)
    assert registry.is_active_payer(HOSPITAL)
