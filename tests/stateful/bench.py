"""The contracts and the model side by side: every call goes to both, and both have to agree."""

from __future__ import annotations

import copy
from typing import Any

import boa
from contracts.support.events import Event

from .invariants import check_step
from .model import Platform
from .model.rules import Outcome, Refused, Views
from .wire import Answer, Wire, changing

# What follows from other views is asked at the end of an example, not after every call.
DERIVED = {
    "is_active_issuer", "is_active_payer", "key_is_live", "key_trusted_at", "owner_of_live_key",
    "authorised_issuer", "authorised_payer", "covers", "may_issue_kind", "batch_attested",
    "is_payable", "bill_state", "is_reversed", "original_of", "has_open_or_settled",
    "recovery_due", "recoveries_due",
}  # fmt: skip


class Disagreement(AssertionError):
    """Contract and model differ."""


class Bench:
    """One deployment and its model. `log` is all that was ever told, and when."""

    def __init__(self, wire: Wire, model: Platform) -> None:
        self.wire = wire
        self.model = model
        self.log: list[tuple[int, Event]] = []
        self._expected = model.views()

    def copy(self) -> Bench:
        """Another future of the same past: the contracts have to be put back as they were."""
        twin = Bench(self.wire, copy.deepcopy(self.model))
        twin.log = list(self.log)
        boa.env.timestamp = twin.model.now
        return twin

    def wait_until(self, time: int) -> None:
        if time > self.model.now:
            self.model.now = time
            boa.env.timestamp = time

    def call(self, function: str, caller: str, *args: Any) -> Answer:
        """Ask both; `Disagreement` unless they accept, answer and tell the same."""
        said = f"{function}{args!r} by {caller} at {self.model.now}"
        before = self.model.milestones()
        try:
            expected: Outcome | Refused = self.model.call(function, caller, *args)
        except Refused as refused:
            expected = refused
        answer = self.wire.send(changing()[function], function, args, caller)
        _agree(said, expected, answer)
        if answer.accepted:
            self.log += [(self.model.now, event) for event in answer.events]
            check_step(self.model, before)
            self._compare_what_changed(said)
        return answer

    def compare_all(self) -> None:
        """Every function that reads, about everything that was touched."""
        for view, value in self.model.views().items():
            self._compare("the end", view, value)

    def compare_some(self, turn: int, one_in: int = 4) -> None:
        """One in four of the same; another one in the next turn. What a call changed was
        compared at once, so this is about what it should have left alone."""
        for view, value in list(self.model.views().items())[turn % one_in :: one_in]:
            self._compare("the end", view, value)

    def _compare_what_changed(self, said: str) -> None:
        expected = self.model.views()
        for view, value in expected.items():
            changed = view not in self._expected or self._expected[view] != value
            if changed and view[1] not in DERIVED:
                self._compare(said, view, value)
        self._expected = expected

    def _compare(self, said: str, view: tuple[Any, ...], value: Any) -> None:
        got = self.wire.read(*view)
        if got != value:
            raise Disagreement(f"after {said}: {view} answers {got!r}, the model {value!r}")


def _agree(said: str, expected: Outcome | Refused, answer: Answer) -> None:
    if isinstance(expected, Refused):
        if answer.accepted:
            raise Disagreement(f"{said}: accepted, the model refuses with {expected}")
        if answer.reason not in expected.reasons:
            raise Disagreement(f"{said}: refused as {answer.reason!r}, the model: {expected}")
        return
    if not answer.accepted:
        raise Disagreement(f"{said}: refused as {answer.reason!r}, the model accepts")
    for what, theirs, ours in (
        ("events", answer.events, expected.events),
        ("value", answer.value, expected.value),
    ):
        if theirs != ours:
            raise Disagreement(f"{said}: {what} {theirs!r}, the model {ours!r}")


def same_views(one: Views, other: Views) -> None:
    for view in one.keys() | other.keys():
        if one.get(view) != other.get(view):
            raise Disagreement(f"{view}: {one.get(view)!r} and {other.get(view)!r}")
