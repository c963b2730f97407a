"""Actions about offices, approvals, the halt, and applications of issuers."""

from __future__ import annotations

from contracts.support.world import BEIJING, PLATFORM

from .machine import Draft, Machine, action
from .model.rules import LARGEST, ZERO_ADDRESS, ZERO_CODE
from .stage import CODES, NO_REGIONS, REGIONS

Offer = tuple[str, str]  # who offers an office, to whom


class OfficeRules(Machine):
    def _no_officers(self) -> list[str]:
        return [one for one in self.stage.actors if one not in self.model.office.officers]

    @action("caller", "successor")
    def transfer_office(self, draft: Draft) -> None:
        officers = list(self.model.office.officers)
        successors = [*self._no_officers()[-4:], ZERO_ADDRESS]
        successor = draft.pick("successor", successors, officers)
        self.send(draft, "transfer_office", officers, successor)

    def _offers(self) -> list[Offer]:
        officers = self.model.office.officers
        offers = [(account, one.successor) for account, one in officers.items()]
        return [(by, to) for by, to in offers if to != ZERO_ADDRESS and to not in officers]

    @action("caller", "predecessor", possible=_offers)
    def accept_office(self, draft: Draft) -> None:
        predecessor, successor = draft.pick("offer", self._offers())
        others = [one for one in self.stage.actors if one != predecessor]
        predecessor = draft.pick("predecessor", [predecessor], others)
        self.send(draft, "accept_office", [successor], predecessor)

    @action("caller", "account", "region", possible=_no_officers)
    def appoint_officer(self, draft: Draft) -> None:
        officers = list(self.model.office.officers)
        account = draft.pick("account", self._no_officers(), [*officers, ZERO_ADDRESS])
        region = draft.pick("region", [PLATFORM, BEIJING, *REGIONS], NO_REGIONS)
        self.act(draft, "appoint_officer", region, account, region)

    def _dismissable(self) -> list[str]:
        """All that may be dismissed but the first two: some have to do the work."""
        office = self.model.office
        return [
            account for account in list(office.officers)[2:]
            if any(self.model.allows("dismiss_officer", one, account) for one in office.officers)
        ]  # fmt: skip

    @action("caller", "account", possible=_dismissable)
    def dismiss_officer(self, draft: Draft) -> None:
        valid = self._dismissable()
        account = draft.pick("account", valid, [*self._no_officers(), ZERO_ADDRESS])
        known = self.model.office.officers.get(account)
        self.act(draft, "dismiss_officer", known.region if known else PLATFORM, account)

    @action("caller")
    def pause(self, draft: Draft) -> None:
        """The halt, and some calls in it: whatever they are, they are refused."""
        if self.act(draft, "pause", PLATFORM):
            names = [name for name, one in self.actions().items() if one.possible(self)]
            for _ in range(draft.pick("calls", (1, 2, 3))):
                self.take(self.actions()[draft.pick("action", names)], draft.data)
            if self.model.office.paused:
                self.do("unpause", self.officer())

    @action("caller")
    def unpause(self, draft: Draft) -> None:
        self.act(draft, "unpause", PLATFORM)


class ApprovalRules(Machine):
    @action("caller", "approvals")
    def set_approval_rule(self, draft: Draft) -> None:
        approvals = draft.pick("approvals", [1, 1, 2, 3], [0, 6, 255])
        limit = draft.pick("limit", [0, 5, LARGEST])
        self.act(draft, "set_approval_rule", PLATFORM, approvals, limit)

    def _begun(self) -> list[bytes]:
        office = self.model.office
        return [act_id for act_id in office.pending if office.agreeing(act_id)]

    @action("caller", possible=_begun)
    def another_agrees(self, draft: Draft) -> None:
        """The same call again, by the next officer; spoiled: by one who has no say, or no more."""
        pending = self.model.office.pending[draft.pick("act", self._begun())]
        self.act(draft, pending.act[0], pending.region, *pending.act[1:])

    @action("caller", "act", possible=_begun)
    def withdraw_approval(self, draft: Draft) -> None:
        begun = self._begun()
        act_id = draft.pick("act", begun, [bytes(32), b"\x01" * 32])
        agreeing = self.model.office.agreeing(act_id) or list(self.model.office.officers)
        self.send(draft, "withdraw_approval", agreeing, act_id)


class ApplicationRules(Machine):
    def _applicants(self) -> list[str]:
        """Accounts without a key and without an open application; officers among them."""
        made = self.model.applications.made.values()
        busy = {one.applicant for one in made if one.status.name == "OPEN"}
        return [
            one for one in self.stage.actors
            if one not in self.model.keys.by_address and one not in busy
        ]  # fmt: skip

    @action(
        "caller", "uscc", "name", "region",
        possible=lambda self: self._applicants() and self._codes_left(),
    )  # fmt: skip
    def apply_as_issuer(self, draft: Draft) -> None:
        issuers = self.model.institutions.issuers
        uscc = draft.pick("uscc", self._codes_left(), [*issuers, ZERO_CODE])
        name = draft.pick("name", ["示例诊所", "n" * 160], [""])
        region = draft.pick("region", REGIONS, [PLATFORM, *NO_REGIONS])
        self.send(draft, "apply_as_issuer", self._applicants(), uscc, name, region)

    def _codes_left(self) -> list[bytes]:
        return [uscc for uscc in CODES if uscc not in self.model.institutions.issuers]

    def _decidable_by(self, function: str) -> list[int]:
        officers = self.model.office.officers
        return [
            number for number in self.model.applications.made
            if any(self.model.allows(function, one, number) for one in officers)
        ]  # fmt: skip

    def _decide_on(self, draft: Draft, function: str) -> None:
        valid = self._decidable_by(function)
        made = self.model.applications.made
        wrong = [number for number in range(len(made) + 2) if number not in valid]
        number = draft.pick("application", valid, wrong)
        known = made.get(number)
        self.act(draft, function, known.region if known else PLATFORM, number)

    @action("caller", "application", possible=lambda self: self._decidable_by("admit_applicant"))
    def admit_applicant(self, draft: Draft) -> None:
        self._decide_on(draft, "admit_applicant")

    @action("caller", "application", possible=lambda self: self._decidable_by("refuse_applicant"))
    def refuse_applicant(self, draft: Draft) -> None:
        self._decide_on(draft, "refuse_applicant")
