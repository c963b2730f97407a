"""Offices, and what officers agree on."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import boa

from ..acts import act_of
from ..world import DAY, ZERO_ADDRESS
from .part import UNKNOWN_ADDRESS, Expected, Part

NO_OFFICER = (0, 0, ZERO_ADDRESS)
NO_LIMIT = 2**64 - 1
LIFE = 7 * DAY
# (officer's region, act's region): does one cover the other?
REGIONS = {
    (0, 0): True,
    (0, 110101): True,
    (110000, 110101): True,
    (110100, 110101): True,
    (110101, 110101): True,
    (110101, 110105): False,
    (110100, 110000): False,
    (130000, 110101): False,
    (110000, 0): False,
}


def covers(over: int, region: int) -> bool:
    """By the digits: a province is known by two, a city by four."""
    code = f"{over:06d}"
    prefix = code[:2] if code.endswith("0000") else code[:4] if code.endswith("00") else code
    return over == 0 or f"{region:06d}".startswith(prefix)


@dataclass
class Pending:
    opened_at: int
    region: int
    approvers: list[str]


@dataclass
class Offices(Part):
    contract = "IssuerRegistry"
    officers: dict[str, list] = field(default_factory=dict)
    rule: tuple[int, int] = (1, NO_LIMIT)
    pending: dict[bytes, Pending] = field(default_factory=dict)
    paused: bool = False
    # Who held an office and what was begun, ever: they are asked about afterwards, too.
    accounts: set[str] = field(default_factory=set)
    acts: set[bytes] = field(default_factory=set)

    # --- events ---

    def on_officer_appointed(self, at: int, *, officer: str, region: int) -> None:
        assert officer not in self.officers
        self._enter(at, officer, region)
        self.done("appoint_officer", officer, region)

    def on_officer_dismissed(self, _at: int, *, officer: str, region: int) -> None:
        assert self.officers.pop(officer)[0] == region
        self.done("dismiss_officer", officer)

    def on_office_transfer_started(self, _at: int, *, officer: str, successor: str) -> None:
        self.officers[officer][2] = successor

    def on_office_transferred(
        self, at: int, *, predecessor: str, officer: str, region: int
    ) -> None:
        assert self.officers.pop(predecessor)[::2] == [region, officer]
        self._enter(at, officer, region)

    def on_approval_rule_set(self, _at: int, *, approvals: int, grant_limit: int) -> None:
        self.rule = (approvals, grant_limit)
        self.done("set_approval_rule", approvals, grant_limit)

    def on_act_approved(
        self, at: int, *, act: bytes, region: int, officer: str, given: int, needed: int
    ) -> None:
        known = self.standing(act, at) or Pending(at, region, [])
        assert officer not in known.approvers
        assert len(known.approvers) + 1 == given < needed
        self.pending[act] = Pending(known.opened_at, region, [*known.approvers, officer])
        self.acts.add(act)

    def on_approval_withdrawn(self, at: int, *, act: bytes, officer: str, given: int) -> None:
        known = self.standing(act, at)
        assert known is not None
        left = [approver for approver in known.approvers if approver != officer]
        assert len(known.approvers) - 1 == len(left) == given
        self.pending[act] = Pending(known.opened_at, known.region, left)

    def on_paused(self, _at: int, **_: Any) -> None:
        self.paused = True

    def on_unpaused(self, _at: int, **_: Any) -> None:
        self.paused = False

    def _enter(self, at: int, officer: str, region: int) -> None:
        self.officers[officer] = [region, at, ZERO_ADDRESS]
        self.accounts.add(officer)

    # --- views ---

    def done(self, function: str, *arguments: Any) -> None:
        """The event of an act tells that its approvals are used up, if it took any."""
        self.pending.pop(act_of(function, *arguments), None)

    def standing(self, act: bytes, at: int) -> Pending | None:
        known = self.pending.get(act)
        if known is None or at > known.opened_at + LIFE:
            return None
        approvers = [
            officer
            for officer in known.approvers
            if officer in self.officers and covers(self.officers[officer][0], known.region)
        ]
        return Pending(known.opened_at, known.region, approvers) if approvers else None

    def views(self) -> Iterator[Expected]:
        yield "paused", (), self.paused
        yield "approval_rule", (), self.rule
        for account in (*self.accounts, UNKNOWN_ADDRESS):
            yield "officer", (account,), tuple(self.officers.get(account, NO_OFFICER))
        whole = sum(region == 0 for region, *_ in self.officers.values())
        yield "platform_officers", (), whole
        for regions, answer in REGIONS.items():
            assert covers(*regions) == answer
            yield "covers", regions, answer
        for act in (*self.acts, bytes(32)):
            known = self.standing(act, boa.env.timestamp)
            record = (known.opened_at, known.region, known.approvers) if known else (0, 0, [])
            yield "pending_act", (act,), record
