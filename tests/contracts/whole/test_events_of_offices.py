"""INV-19, INV-20: offices, approvals and applications rebuilt from events are what is stored."""

import boa
import pytest

from ..issuer_registry.test_acts_of_several import SEVERAL
from ..support.acts import act_of, need
from ..support.events import events_of
from ..support.world import BEIJING, DONGCHENG, HEBEI, NOBODY, PLATFORM
from .test_pause import readings
from .test_roles import Stage

ZERO = "0x" + "00" * 20
OPEN, ADMITTED, REFUSED = 1, 2, 4
ADMISSION = (NOBODY, "name", DONGCHENG)
SCHOOL = (b"91310000607378008E", "school", BEIJING)


class Rebuilt:
    """State from events alone."""

    def __init__(self, first_officer, appointed_at):
        self.officers = {first_officer: [PLATFORM, appointed_at, ZERO]}
        self.rule, self.pending, self.applications = (1, 2**64 - 1), {}, {}

    def take(self, contract):
        for event in events_of(contract):
            if method := getattr(self, event.name, None):
                method(**event.args)

    def OfficerAppointed(self, officer, region):  # noqa: N802 - named as the event
        self.officers[officer] = [region, boa.env.timestamp, ZERO]

    def OfficerDismissed(self, officer, region):  # noqa: N802
        assert self.officers.pop(officer)[0] == region

    def OfficeTransferStarted(self, officer, successor):  # noqa: N802
        self.officers[officer][2] = successor

    def OfficeTransferred(self, predecessor, officer, region):  # noqa: N802
        before = self.officers.pop(predecessor)
        assert (before[0], before[2]) == (region, officer)
        self.officers[officer] = [region, boa.env.timestamp, ZERO]

    def ApprovalRuleSet(self, approvals, grant_limit):  # noqa: N802
        self.rule = (approvals, grant_limit)

    def ActApproved(self, act, region, officer, given, needed):  # noqa: N802
        assert given < needed <= max(self.rule[0], 2)
        if given == 1:
            self.pending[act] = (boa.env.timestamp, region, [])
        self.pending[act][2].append(officer)
        self.pending[act] = (*self.pending[act][:2], self.in_office(act))
        assert len(self.pending[act][2]) == given

    def ApprovalWithdrawn(self, act, officer, given):  # noqa: N802
        self.pending[act][2].remove(officer)
        assert len(self.in_office(act)) == given

    def in_office(self, act):
        return [officer for officer in self.pending[act][2] if officer in self.officers]

    def ApplicationMade(self, application_id, **asked):  # noqa: N802
        self.applications[application_id] = [asked, OPEN]

    def ApplicationAdmitted(self, application_id, uscc):  # noqa: N802
        self._decide(application_id, uscc, ADMITTED)

    def ApplicationRefused(self, application_id, uscc):  # noqa: N802
        self._decide(application_id, uscc, REFUSED)

    def _decide(self, application_id, uscc, status):
        asked, before = self.applications[application_id]
        assert (asked["uscc"], before) == (uscc, OPEN)
        self.applications[application_id][1] = status


def test_events__offices_approvals_applications__rebuild_the_storage(world):
    registry, first = world.registry, world.supervisor
    seen = Rebuilt(first, registry.officer(first).appointed_at)
    second, third, county, heir = (boa.env.generate_address() for _ in range(4))
    applicants = [boa.env.generate_address() for _ in range(3)]

    def step(function, *arguments, sender):
        boa.env.timestamp += 60
        getattr(registry, function)(*arguments, sender=sender)
        seen.take(registry)

    for account, region in ((second, PLATFORM), (third, PLATFORM), (county, DONGCHENG)):
        step("appoint_officer", account, region, sender=first)
    step("appoint_officer", heir, HEBEI, sender=first)
    step("dismiss_officer", heir, sender=first)
    for officer in (first, second):
        step("set_approval_rule", 2, 500, sender=officer)
    for applicant in applicants:
        step("apply_as_issuer", *SCHOOL, sender=applicant)
    step("refuse_applicant", 2, sender=first)
    for officer in (first, second):
        step("admit_applicant", 1, sender=officer)
    step("admit_issuer", *ADMISSION, sender=county)
    step("transfer_office", heir, sender=county)
    step("accept_office", county, sender=heir)
    step("admit_issuer", *ADMISSION, sender=heir)
    step("admit_issuer", NOBODY, "other name", DONGCHENG, sender=first)
    step("withdraw_approval", act_of("admit_issuer", NOBODY, "other name", DONGCHENG), sender=first)
    step("transfer_office", applicants[2], sender=third)

    for account in (first, second, third, county, heir, *applicants):
        assert list(registry.officer(account)) == seen.officers.get(account, [0, 0, ZERO])
    assert registry.platform_officers() == 3
    assert tuple(registry.approval_rule()) == seen.rule == (2, 500)
    act = act_of("admit_issuer", *ADMISSION)
    assert tuple(registry.pending_act(act)) == seen.pending[act]
    assert seen.pending[act][2] == [heir]
    assert registry.application_total() == len(seen.applications) == 3
    for application_id, (asked, status) in seen.applications.items():
        stored = registry.application(application_id)
        assert stored.status == status
        assert {name: getattr(stored, name) for name in asked} == asked


@pytest.mark.parametrize("function", sorted(set(SEVERAL) - {"dismiss_officer"}))
def test_events__approval_alone__no_view_answers_otherwise(world, function):
    """INV-29: but `pending_act` of this act."""
    stage = Stage(world)
    need(world, 2, 0)
    _, arguments = stage.table()["IssuerRegistry", function]
    before = readings(stage, "IssuerRegistry")
    assert not getattr(world.registry, function)(*arguments, sender=world.supervisor)
    assert [event.name for event in events_of(world.registry)] == ["ActApproved"]
    assert readings(stage, "IssuerRegistry") == before
