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


OF_PLATFORM = ("officer of the platform", "another officer of the platform")
OF_PROVINCE = (*OF_PLATFORM, "officer of the province")
OF_DISTRICT = (
    *OF_PROVINCE,
    "officer of the city",
    "officer of the district",
    "officer to be dismissed",
    "officer who took over",
)

SEVERAL = "several"
SEVERAL_ABOVE = "above the limit: several"
PLATFORM = who("officers of the whole platform", *OF_PLATFORM)
# The issuers of the stage are of a district, its payers of the province.
OF_ISSUER = who("officers of the issuer's region", *OF_DISTRICT)
OF_PAYER = who("officers of the payer's region", *OF_PROVINCE)
HOLDER = who("holder", "holder")


@dataclass(frozen=True)
class Act:
    """``prepare`` brings a stage to where the call is good, and gives its arguments.

    ``events`` are all the events of the call in their order, those of other contracts included.
    ``approvals``: when as many officers have to call as the rule says; empty when never.
    """

    contract: str
    function: str
    who: Who
    events: tuple[str, ...]
    prepare: Callable[[Stage], tuple[Any, ...]]
    approvals: str = ""

    @property
    def name(self) -> str:
        return f"{self.contract}.{self.function}"

    @property
    def words(self) -> str:
        """Who may, as the document says it."""
        return f"{self.who.words}; {self.approvals}" if self.approvals else self.who.words

    @property
    def caller(self) -> str:
        """One of those who may."""
        return min(self.who.callers or {"relayer"})

    def allows(self, caller: str) -> bool:
        return self.who.callers is None or caller in self.who.callers

    def call(self, stage: Stage, arguments: tuple[Any, ...], sender: str) -> Any:
        contract = stage.contract(self.contract)
        getattr(contract, self.function)(*arguments, sender=sender)
        return contract
