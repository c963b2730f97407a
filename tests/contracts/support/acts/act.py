"""One state-changing function: who may call it, with what, and which events tell of it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ..stage import Stage


@dataclass(frozen=True)
class Who:
    """Allowed callers: in the document's words, and as names of the stage's callers."""

    words: str
    callers: frozenset[str] | None  # None: everybody


def who(words: str, *callers: str) -> Who:
    return Who(words, frozenset(callers))


def anyone(words: str = "anyone") -> Who:
    return Who(words, None)


SUPERVISOR = who("supervisor", "supervisor")
HOLDER = who("holder", "holder")


@dataclass(frozen=True)
class Act:
    """``prepare`` brings a stage to where the call is good, and gives its arguments.

    ``events`` are all the events of the call in their order, those of other contracts included.
    """

    contract: str
    function: str
    who: Who
    events: tuple[str, ...]
    prepare: Callable[[Stage], tuple[Any, ...]]

    @property
    def name(self) -> str:
        return f"{self.contract}.{self.function}"

    def allows(self, caller: str) -> bool:
        return self.who.callers is None or caller in self.who.callers

    def call(self, stage: Stage, arguments: tuple[Any, ...], sender: str) -> Any:
        contract = stage.contract(self.contract)
        getattr(contract, self.function)(*arguments, sender=sender)
        return contract
