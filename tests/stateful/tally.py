"""How often each action was accepted and refused, and what the least is."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from contracts.support.world import CONTRACTS

from .wire import Answer

# Calls of an action in one session, below which it counts as untested.
LEAST_ACCEPTED = 10
LEAST_REFUSED = 5


class Tally:
    def __init__(self) -> None:
        self.accepted: Counter[str] = Counter()
        self.approved: Counter[str] = Counter()  # accepted, and another officer has to agree
        self.refused: Counter[str] = Counter()
        self.reasons: Counter[str] = Counter()
        self.boundaries: Counter[str] = Counter()  # waits for a time limit, by distance
        self.examples = 0
        self.seconds = 0.0
        self.seeds: list[int] = []

    @property
    def steps(self) -> int:
        return self.accepted.total() + self.approved.total() + self.refused.total()

    def count(self, function: str, answer: Answer) -> None:
        if not answer.accepted:
            self.refused[function] += 1
            self.reasons[answer.reason] += 1
        elif [event.name for event in answer.events] == ["ActApproved"]:
            self.approved[function] += 1
        else:
            self.accepted[function] += 1

    def below_floor(self, functions: Iterable[str]) -> dict[str, tuple[int, int]]:
        """Function → (accepted, refused), of those that were tried too seldom."""
        return {
            name: (self.accepted[name], self.refused[name])
            for name in sorted(functions)
            if self.accepted[name] < LEAST_ACCEPTED or self.refused[name] < LEAST_REFUSED
        }

    def lines(self) -> Iterator[str]:
        counters = (self.accepted, self.approved, self.refused)
        yield _row("action", "accepted", "approval", "refused")
        for name in sorted(set().union(*counters)):
            yield _row(name, *(counter[name] for counter in counters))
        yield _row("all", *(counter.total() for counter in counters))
        unseen = sorted(reasons_in_the_contracts() - self.reasons.keys())
        waits = ", ".join(f"{name}: {self.boundaries[name]}" for name in ("t-1", "t", "t+1"))
        yield f"waits for a time limit: {waits}"
        yield f"reasons of refusals: {len(self.reasons)}; never met: {', '.join(unseen) or 'none'}"
        yield f"{self.steps} steps in {self.examples} examples, {self.seconds:.0f} s"
        yield f"STATEFUL_SEED {self.seeds[0]}, and the following to {self.seeds[-1]}"


def _row(name: str, *cells: object) -> str:
    return f"{name:<22}" + "".join(f"{cell:>9}" for cell in cells)


def reasons_in_the_contracts() -> set[str]:
    """What the contracts refuse with, but for what only their deployment meets."""
    quoted = re.compile(r', "([a-z][a-z -]*: [^"]+)"')
    texts = [path.read_text(encoding="utf-8") for path in CONTRACTS.rglob("*.vy")]
    found = {reason for text in texts for reason in quoted.findall(text)}
    return {one for one in found if not one.startswith(("deploy:", "instance:"))}


SESSION = Tally()
