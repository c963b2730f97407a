"""The whole: every event goes to the one part that knows it."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import boa

from ..events import decoded
from ..journal import Transaction
from .applications import Applications
from .bills import Bills
from .consents import Consents
from .ledger import Ledger
from .numbers import Numbers
from .offices import Offices
from .part import Expected, Part, Proof, Refused
from .registry import Registry

PARTS = (Offices, Applications, Registry, Numbers, Bills, Consents, Ledger)


class Replay:
    """Consumes events, and nothing else but the block time that they came with.

    ``proofs`` are bills that views are asked about which want the bill brought along.
    """

    def __init__(self, proofs: Sequence[Proof] = ()) -> None:
        self.offices = Offices()
        self.applications = Applications(self.offices)
        self.registry = Registry(self.offices, self.applications)
        self.numbers = Numbers(self.offices)
        self.bills = Bills(self.registry, self.numbers, proofs)
        self.consents = Consents()
        self.ledger = Ledger(self.bills, proofs)

    @property
    def parts(self) -> tuple[Part, ...]:
        return (
            self.offices, self.applications, self.registry, self.numbers,
            self.bills, self.consents, self.ledger,
        )  # fmt: skip

    def follow(self, journal: Iterable[Transaction]) -> "Replay":
        """Take the events of all transactions in their order."""
        for transaction in journal:
            for _, topics, data in transaction.logs:
                event = decoded(topics, data)
                self._part_of(event.name).take(event.name, transaction.time, event.args)
        return self

    def _part_of(self, event: str) -> Part:
        (part,) = (part for part in self.parts if part.knows(event))
        return part

    def views(self) -> Iterator[tuple[str, Expected]]:
        """Contract and expected answer, for every view that tells of state."""
        for part in self.parts:
            for expected in part.views():
                yield part.contract, expected


def differences(replay: Replay, contract_of: Callable[[str], Any]) -> Iterator[str]:
    """Where the contracts' views disagree with the replay."""
    for contract, (view, arguments, expected) in replay.views():
        answer = _ask(contract_of(contract), view, arguments)
        if answer != expected:
            yield f"{contract}.{view}{arguments}: {answer}, by the events {expected}"


def _ask(contract: Any, view: str, arguments: tuple[Any, ...]) -> Any:
    try:
        answer = getattr(contract, view)(*arguments)
    except boa.BoaError:
        return Refused
    return tuple(answer) if isinstance(answer, tuple) else answer
