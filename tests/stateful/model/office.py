"""The supervisor's officers, what several of them must agree on, and the halt."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .rules import DAY, LARGEST, ZERO_ADDRESS, Checks, Outcome, Views, told

if TYPE_CHECKING:
    from . import Platform

PAUSED = "pause: contracts are paused"
WHOLE = 0  # the region of the whole platform
LIFE = 7 * DAY  # of an act that waits for more approvals
MOST = 5

Act = tuple[Any, ...]  # function, arguments …


def is_region(region: int) -> bool:
    return len(str(region)) == 6


def covers(over: int, region: int) -> bool:
    """GB/T 2260 read as text: a province and a city are what their codes begin with."""
    if over == WHOLE:
        return True
    text = str(over)
    beginning = text.removesuffix("0000") if text.endswith("0000") else text.removesuffix("00")
    return str(region).startswith(beginning)


@dataclass
class Officer:
    region: int
    appointed_at: int
    successor: str = ZERO_ADDRESS


@dataclass
class Pending:
    act: Act
    opened_at: int
    region: int
    approvers: list[str]


class Office:
    def __init__(self, platform: Platform, first: str, act_id: Callable[[Act], bytes]) -> None:
        self._platform = platform
        self._act_id = act_id
        self.officers = {first: Officer(WHOLE, platform.now)}
        self.gone: set[str] = set()  # who ever left an office
        self.approvals, self.grant_limit = 1, LARGEST
        self.pending: dict[bytes, Pending] = {}
        self.paused = False

    # --- offices ---

    def transfer_office(self, caller: str, successor: str) -> Outcome:
        checks = self._by_any_officer(caller)
        checks(successor not in self.officers, "office: already held")
        checks.done()
        self.officers[caller].successor = successor
        event = told("OfficeTransferStarted", officer=caller, successor=successor)
        return Outcome([event])

    def accept_office(self, caller: str, predecessor: str) -> Outcome:
        checks = Checks()
        self.running(checks)
        held = self.officers.get(predecessor)
        offered = held is not None and held.successor == caller
        checks(offered, "office: not offered to caller")
        checks(caller not in self.officers, "office: already held")
        checks.done()
        region = self._leave(predecessor)
        self.officers[caller] = Officer(region, self._platform.now)
        event = told("OfficeTransferred", predecessor=predecessor, officer=caller, region=region)
        return Outcome([event])

    def appoint_officer(self, caller: str, account: str, region: int) -> Outcome:
        checks = self.by_officer(caller, region)
        checks(account != ZERO_ADDRESS, "office: zero address")
        checks(region == WHOLE or is_region(region), "office: region not six digits")
        checks(account not in self.officers, "office: already held")

        def appoint() -> Outcome:
            self.officers[account] = Officer(region, self._platform.now)
            return Outcome([told("OfficerAppointed", officer=account, region=region)])

        act = ("appoint_officer", account, region)
        return self.agree(checks, caller, region, act, appoint)

    def dismiss_officer(self, caller: str, account: str) -> Outcome:
        held = self.officers.get(account)
        region = held.region if held else WHOLE
        checks = self.by_officer(caller, region)
        checks(held is not None, "office: not held")
        needed = self.approvals if region == WHOLE else 1
        if held and region == WHOLE:
            left = self.platform_officers() - 1
            checks(left >= needed, "office: too few would be left")

        def dismiss() -> Outcome:
            self._leave(account)
            return Outcome([told("OfficerDismissed", officer=account, region=region)])

        act = ("dismiss_officer", account)
        return self.agree(checks, caller, region, act, dismiss, needed)

    # --- approvals ---

    def set_approval_rule(self, caller: str, needed_approvals: int, grant_limit: int) -> Outcome:
        checks = self.by_officer(caller, WHOLE)
        checks(needed_approvals != 0, "approval: none needed")
        checks(needed_approvals <= MOST, "approval: more than five needed")

        def change() -> Outcome:
            self.approvals, self.grant_limit = needed_approvals, grant_limit
            event = told("ApprovalRuleSet", approvals=needed_approvals, grant_limit=grant_limit)
            return Outcome([event])

        act = ("set_approval_rule", needed_approvals, grant_limit)
        needed = max(self.approvals, needed_approvals)
        return self.agree(checks, caller, WHOLE, act, change, needed)

    def withdraw_approval(self, caller: str, act: bytes) -> Outcome:
        checks = self._by_any_officer(caller)
        agreeing = self.agreeing(act)
        checks(caller in agreeing, "approval: not given")
        checks.done()
        others = [one for one in agreeing if one != caller]
        self.pending[act].approvers = others
        event = told("ApprovalWithdrawn", act=act, officer=caller, given=len(others))
        return Outcome([event])

    # --- the halt ---

    def pause(self, caller: str) -> Outcome:
        self.by_officer(caller, WHOLE).done()
        self.paused = True
        return Outcome([told("Paused", officer=caller)])

    def unpause(self, caller: str) -> Outcome:
        checks = Checks()
        self._over(checks, caller, WHOLE)
        checks(self.paused, "pause: not paused")
        checks.done()
        self.paused = False
        return Outcome([told("Unpaused", officer=caller)])

    # --- rules ---

    def running(self, checks: Checks) -> None:
        checks(not self.paused, PAUSED)

    def by_officer(self, caller: str, region: int) -> Checks:
        """The rules of every act in a region, to go on with."""
        checks = Checks()
        self.running(checks)
        self._over(checks, caller, region)
        return checks

    def agree(
        self,
        checks: Checks,
        caller: str,
        region: int,
        act: Act,
        do: Callable[[], Outcome],
        needed: int | None = None,
    ) -> Outcome:
        """Does the act when enough officers agree; notes one more who does when not."""
        needed = self.approvals if needed is None else needed
        act_id = self._act_id(act)
        agreeing = self.agreeing(act_id)
        checks(caller not in agreeing, "approval: already given")
        checks.done()
        if len(agreeing) + 1 >= needed:
            if act_id in self.pending:
                self.pending[act_id].approvers = []
            return do()
        if not agreeing:
            self.pending[act_id] = Pending(act, self._platform.now, region, [])
        self.pending[act_id].approvers = [*agreeing, caller]
        event = told(
            "ActApproved",
            act=act_id,
            region=region,
            officer=caller,
            given=len(agreeing) + 1,
            needed=needed,
        )
        return Outcome([event], pending=True)

    def agreeing(self, act_id: bytes) -> list[str]:
        """Who agrees to an act now: in time, and still an officer over its region."""
        pending = self.pending.get(act_id)
        if pending is None or self._platform.now > pending.opened_at + LIFE:
            return []
        return [one for one in pending.approvers if self.is_over(one, pending.region)]

    def is_over(self, account: str, region: int) -> bool:
        return account in self.officers and covers(self.officers[account].region, region)

    def platform_officers(self) -> int:
        return sum(officer.region == WHOLE for officer in self.officers.values())

    def over(self, region: int) -> list[str]:
        """Officers who may act in a region."""
        return [account for account in self.officers if self.is_over(account, region)]

    def _leave(self, account: str) -> int:
        self.gone.add(account)
        return self.officers.pop(account).region

    def _over(self, checks: Checks, caller: str, region: int) -> None:
        if checks(caller in self.officers, "supervisor: caller is not"):
            checks(self.is_over(caller, region), "supervisor: not in this region")

    def _by_any_officer(self, caller: str) -> Checks:
        checks = Checks()
        self.running(checks)
        checks(caller in self.officers, "supervisor: caller is not")
        return checks

    # --- what the contract should answer ---

    def views(self) -> Views:
        registry = "IssuerRegistry"
        views: Views = {
            (registry, "paused"): self.paused,
            (registry, "platform_officers"): self.platform_officers(),
            (registry, "approval_rule"): (self.approvals, self.grant_limit),
        }
        for account in self.gone:
            views[registry, "officer", account] = (WHOLE, 0, ZERO_ADDRESS)
        for account, one in self.officers.items():
            held = (one.region, one.appointed_at, one.successor)
            views[registry, "officer", account] = held
            for other in self.officers.values():
                pair = (one.region, other.region)
                views[registry, "covers", *pair] = covers(*pair)
        for act_id, pending in self.pending.items():
            agreeing = tuple(self.agreeing(act_id))
            held_ = (pending.opened_at, pending.region, agreeing) if agreeing else (0, 0, ())
            views[registry, "pending_act", act_id] = held_
        return views
