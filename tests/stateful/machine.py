"""The state machine: one action per function that changes something, and time that passes.

Valid first: an action draws a call that the model accepts, and sometimes spoils exactly one thing
of it. Model and contracts then have to agree, whatever became of the call.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from functools import wraps
from typing import Any, ClassVar

import boa
from hypothesis import note
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from .bench import Bench, Disagreement
from .invariants import check_log
from .model import Platform
from .model.rules import Role
from .rebuild import disagreements
from .stage import Stage
from .tally import Tally
from .wire import changing

Body = Callable[["Machine", "Draft"], None]
Possible = Callable[["Machine"], Any]

PLAIN = 3  # calls with nothing spoiled, to one with something spoiled


class Draft:
    """Draws the parts of one call: all of them valid, or exactly one of them spoiled."""

    def __init__(self, data: st.DataObject, names: tuple[str, ...]) -> None:
        self._data = data
        spoil = names and data.draw(st.sampled_from([False] * PLAIN + [True]))
        self.spoiled = data.draw(st.sampled_from(names)) if spoil else ""

    def pick(self, name: str, valid: Sequence[Any], wrong: Sequence[Any] = ()) -> Any:
        """One of the valid values; of the wrong ones, when it is this part that is spoiled."""
        pool = wrong if name == self.spoiled and wrong else valid
        return self._data.draw(st.sampled_from(list(pool)), label=name)

    def amount(self, name: str, most: int, wrong: Sequence[int] = ()) -> int:
        """From 1 to `most`, often at an end."""
        if name == self.spoiled:
            return int(self.pick(name, (), (0, most + 1, *wrong)))
        anything = st.integers(1, most)
        ends = st.sampled_from((1, most))
        return int(self._data.draw(ends | anything, label=name))

    def chance(self, one_in: int) -> bool:
        return bool(self._data.draw(st.sampled_from([False] * (one_in - 1) + [True])))


def action(*names: str, possible: Possible = lambda _: True) -> Callable[[Body], Any]:
    """A rule named as the function it calls. `names` are the parts that may be spoiled."""

    def decorate(body: Body) -> Any:
        @wraps(body)
        def step(self: Machine, data: st.DataObject) -> None:
            body(self, Draft(data, names))

        step.possible = possible  # type: ignore[attr-defined]
        running = precondition(lambda self: not self.model.office.paused and possible(self))
        step.__annotations__ = {}
        return running(rule(data=st.data())(step))

    return decorate


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
        self.tally.count(function, accepted=answer.accepted, reason=answer.reason)
        return answer.accepted

    def caller(self, draft: Draft, valid: Sequence[str]) -> str:
        others = [actor for actor in self.stage.actors if actor not in valid]
        return str(draft.pick("caller", valid, others))

    def supervisor(self, draft: Draft) -> str:
        return self.caller(draft, [self.model.office.supervisor])

    def keys_of(self, owner: bytes, role: Role) -> list[str]:
        """Live keys of an active institution."""
        keys = self.model.keys
        return [key for key in keys.live(role) if keys.by_address[key].owner == owner]

    # --- time ---

    @initialize(appointed=st.booleans())
    def begin(self, appointed: bool) -> None:
        """Half of the examples begin with a registry that can count what is used."""
        if appointed:
            bills = self.model.addresses["BillRegistry"]
            self.bench.call("appoint_bills", self.model.office.supervisor, bills)

    @rule(data=st.data())
    def time_passes(self, data: st.DataObject) -> None:
        """A while; or until a second before a time limit, the limit itself, a second after."""
        limits = sorted(limit for limit in self._limits() if limit > self.now)[:3]
        if limits and data.draw(st.booleans(), label="limit"):
            step = data.draw(st.sampled_from((-1, 0, 1)), label="step")
            self.bench.wait_until(data.draw(st.sampled_from(limits)) + step)
            self.tally.boundaries[f"t{step:+d}" if step else "t"] += 1
        else:
            self.bench.wait_until(self.now + data.draw(st.sampled_from((1, 60, 3_600))))

    def _limits(self) -> set[int]:
        claims = self.model.claims.claims.values()
        open_ = {claim.expires_at for claim in claims if claim.status.name == "RESERVED"}
        return open_ | {grant.expires_at for grant in self.model.consents.given}

    # --- the halt ---

    @precondition(lambda self: self.model.office.paused)
    @rule(data=st.data())
    def while_paused(self, data: st.DataObject) -> None:
        """Any action at all: refused. Then, perhaps, the end of the pause."""
        names = [name for name in changing() if self._could(name)]
        name = data.draw(st.sampled_from(names), label="action")
        getattr(type(self), name)(self, data)
        if self.model.office.paused and data.draw(st.booleans(), label="end"):
            self.do("unpause", self.model.office.supervisor)

    def _could(self, name: str) -> bool:
        return bool(getattr(type(self), name).possible(self))

    # --- the end ---

    def teardown(self) -> None:
        try:
            if self._agreed:
                self.bench.compare_all()
                check_log(event for _, event in self.bench.log)
                differing = disagreements(self.bench.log, self.model.views())
                if differing:
                    raise Disagreement(f"the events tell otherwise: {differing}")
        finally:
            self._undo.close()
