"""The state machine: one action per function that changes something, and time that passes.

Valid first: an action draws a call that the model accepts, and sometimes spoils exactly one thing
of it. Model and contracts then have to agree, whatever became of the call.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from typing import Any, ClassVar, TypeVar

import boa
from hypothesis import note
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from .bench import Bench, Disagreement
from .invariants import check_log
from .model import Platform
from .model.office import LIFE, WHOLE
from .model.rules import Role
from .rebuild import disagreements
from .stage import Stage
from .tally import Tally

Body = Callable[["Machine", "Draft"], None]
Possible = Callable[["Machine"], Any]

# What the rest needs, or what is seldom possible, is tried more often than once in a while.
WEIGHTS = {
    "anchor": 3, "anchor_signed": 2, "attest_bill": 2, "reverse": 3,
    "grant": 2, "revoke": 2, "lock": 5, "settle": 3, "account": 3, "recover": 2, "expire": 2,
    "log_use": 2, "appoint_bills": 4, "grant_numbers": 2, "return_unused": 2,
    "file_write_off": 6, "audit_write_off": 10, "set_stock_limit": 2,
    "register_key": 2, "disown_key": 2,
    "admit_issuer": 2, "revoke_issuer": 2, "resume_issuer": 2,
    "admit_payer": 2, "suspend_payer": 2, "resume_payer": 4,
    "apply_as_issuer": 2, "admit_applicant": 6, "refuse_applicant": 6,
    "accept_office": 4, "withdraw_approval": 2, "another_agrees": 6, "time_passes": 3,
}  # fmt: skip
FOCUS: dict[str | None, tuple[str, ...]] = {
    "numbers": (
        "grant_numbers", "request_numbers", "approve_request", "grant_request", "split_segment",
        "anchor", "return_unused", "file_write_off", "audit_write_off",
    ),
    "claims": ("anchor", "grant", "lock", "account", "settle", "reject", "expire", "recover"),
    "reversals": ("anchor", "grant", "lock", "settle", "account", "reverse", "recover"),
    "offices": (
        "transfer_office", "accept_office", "appoint_officer", "dismiss_officer",
        "set_approval_rule", "withdraw_approval", "apply_as_issuer", "admit_applicant",
        "refuse_applicant", "revoke_payer", "another_agrees", "time_passes",
    ),
}  # fmt: skip
Case = TypeVar("Case")

SPOIL = (False, False, False, True, True)  # how often something is spoiled
NOBODY = "0x" + "11" * 20


class Draft:
    """Draws the parts of one call: all of them valid, or exactly one of them spoiled."""

    def __init__(self, data: st.DataObject, names: tuple[str, ...]) -> None:
        self.data = data
        spoil = names and data.draw(st.sampled_from(SPOIL))
        self.spoiled = data.draw(st.sampled_from(names)) if spoil else ""

    def pick(self, name: str, valid: Sequence[Any], wrong: Sequence[Any] = ()) -> Any:
        """One of the valid values; of the wrong ones, when it is this part that is spoiled."""
        pool = wrong if name == self.spoiled and wrong else valid
        return self.data.draw(st.sampled_from(list(pool)), label=name)

    def amount(self, name: str, most: int, wrong: Sequence[int] = ()) -> int:
        """From 1 to `most`, often at an end."""
        if name == self.spoiled:
            return int(self.pick(name, (), (0, most + 1, *wrong)))
        anything = st.integers(1, most)
        ends = st.sampled_from((1, most))
        return int(self.data.draw(ends | anything, label=name))

    def chance(self, one_in: int) -> bool:
        return bool(self.data.draw(st.sampled_from([False] * (one_in - 1) + [True])))


class Action:
    """A body that draws one call and makes it, and when there is such a call at all."""

    def __init__(self, body: Body, names: tuple[str, ...], possible: Possible) -> None:
        self.name = body.__name__
        self.body = body
        self.names = names
        self.possible = possible


def action(*names: str, possible: Possible = lambda _: True) -> Callable[[Body], Action]:
    """Marks an action, named as the function it calls; `names`: the parts that may be spoiled."""
    return lambda body: Action(body, names, possible)


class Machine(RuleBasedStateMachine):
    """What all actions use. The actions themselves are in the rules of each contract."""

    stage: ClassVar[Stage]
    tally: ClassVar[Tally]

    def __init__(self) -> None:
        super().__init__()
        self._undo = ExitStack()
        self._undo.enter_context(boa.env.anchor())
        self.bench: Bench = self.stage.bench.copy()
        self._agreed = True
        self._nonce = 0
        self._menu: list[str] = []
        self.tally.examples += 1

    @property
    def model(self) -> Platform:
        return self.bench.model

    @property
    def now(self) -> int:
        return self.model.now

    def fresh(self) -> int:
        """A number that was not used yet in this example."""
        self._nonce += 1
        return self._nonce

    def do(self, function: str, caller: str, *args: Any) -> bool:
        """One call to model and contract; whether it was accepted."""
        note(f"{function} {args!r} by {caller} at {self.now}")
        try:
            answer = self.bench.call(function, caller, *args)
        except BaseException:
            self._agreed = False
            raise
        self.tally.count(function, answer)
        return answer.accepted

    def send(self, draft: Draft, function: str, valid: Sequence[str], *args: Any) -> bool:
        """A call by one of the rightful callers; spoiled: by somebody else, of each kind."""
        others = [actor for actor in self.stage.actors if actor not in valid]
        wrong = self.one_of_each(others, lambda one: self.model.refusals(function, one, *args))
        return self.do(function, draft.pick("caller", valid or [NOBODY], wrong), *args)

    def act(self, draft: Draft, function: str, region: int, *args: Any) -> bool:
        """A call by an officer over a region."""
        office = self.model.office
        over = office.over(region) or office.over(WHOLE)
        willing = [one for one in over if self.model.allows(function, one, *args)]
        return self.send(draft, function, willing or over, *args)

    def one_of_each(
        self, cases: Iterable[Case], refusals: Callable[[Case], frozenset[str]]
    ) -> list[Case]:
        """One case for every set of rules that some of them break: so that what is seldom
        broken is tried as often as the rest. Those that break one rule come first."""
        found: dict[frozenset[str], Case] = {}
        for case in cases:
            found.setdefault(refusals(case), case)
        found.pop(frozenset(), None)
        alone = [case for broken, case in found.items() if len(broken) == 1]
        return alone or list(found.values())

    def officer(self) -> str:
        """An officer of the whole platform: there always is one."""
        return self.model.office.over(WHOLE)[0]

    def keys_of(self, owner: bytes, role: Role) -> list[str]:
        """Live keys of an active institution."""
        keys = self.model.keys
        return [key for key in keys.live(role) if keys.by_address[key].owner == owner]

    # --- steps ---

    @initialize(
        appointed=st.booleans(),
        approvals=st.sampled_from((1, 1, 2, 3)),
        focus=st.sampled_from((None, *FOCUS)),
    )
    def begin(self, appointed: bool, approvals: int, focus: str | None) -> None:
        """Half of the examples begin with a registry that can count what is used, and half with
        acts that take several officers; most do more of one kind of thing than of others."""
        officers = self.model.office.over(WHOLE)
        if appointed:
            bills = self.model.addresses["BillRegistry"]
            self.bench.call("appoint_bills", officers[0], bills)
        for officer in officers[:approvals] if approvals > 1 else ():
            self.bench.call("set_approval_rule", officer, approvals, 5)
        # The simplest example is nothing but the first of these: it costs no time.
        names = sorted(self.actions(), key=lambda name: (name != "time_passes", name))
        self._menu = [
            name for name in names
            for _ in range(WEIGHTS.get(name, 1) * (4 if name in FOCUS.get(focus, ()) else 1))
        ]  # fmt: skip

    @classmethod
    def actions(cls) -> dict[str, Action]:
        members = {name: getattr(cls, name) for name in dir(cls)}
        return {name: one for name, one in members.items() if isinstance(one, Action)}

    @rule(data=st.data())
    def step(self, data: st.DataObject) -> None:
        """Any action that is possible now."""
        actions = self.actions()
        possible = st.sampled_from(self._menu).filter(lambda name: actions[name].possible(self))
        self.take(actions[data.draw(possible, label="action")], data)

    def take(self, chosen: Action, data: st.DataObject) -> None:
        chosen.body(self, Draft(data, chosen.names))

    @action()
    def time_passes(self, draft: Draft) -> None:
        """A while; or until a second before a time limit, the limit itself, a second after."""
        limits = sorted(limit for limit in self._limits() if limit > self.now)[:3]
        if limits and draft.chance(2):
            step = draft.pick("step", (-1, 0, 1))
            self.bench.wait_until(draft.pick("limit", limits) + step)
            self.tally.boundaries[f"t{step:+d}" if step else "t"] += 1
        else:
            self.bench.wait_until(self.now + draft.pick("seconds", (1, 60, 3_600)))

    def _limits(self) -> set[int]:
        claims = self.model.claims.claims.values()
        open_ = {claim.expires_at for claim in claims if claim.status.name == "RESERVED"}
        acts = {pending.opened_at + LIFE for pending in self.model.office.pending.values()}
        return open_ | acts | {grant.expires_at for grant in self.model.consents.given}

    # --- the end ---

    def teardown(self) -> None:
        try:
            if self._agreed:
                self.bench.compare_some(self.tally.examples)
                check_log(event for _, event in self.bench.log)
                differing = disagreements(
                    self.bench.log, self.stage.act_id, self.now, self.model.views()
                )
                if differing:
                    raise Disagreement(f"the events tell otherwise: {differing}")
        finally:
            self._undo.close()
