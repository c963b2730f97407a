"""How often each action was accepted and refused, and what the least is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

# Calls of an action in one session, below which it counts as untested.
LEAST_ACCEPTED = 10
LEAST_REFUSED = 5


class Tally:
    def __init__(self) -> None:
        self.accepted: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()
        self.reasons: Counter[str] = Counter()
        self.boundaries: Counter[str] = Counter()  # waits for a time limit, by distance
        self.examples = 0
        self.seconds = 0.0
        self.seed = ""

    @property
    def steps(self) -> int:
        return self.accepted.total() + self.refused.total()

    def count(self, function: str, *, accepted: bool, reason: str) -> None:
        (self.accepted if accepted else self.refused)[function] += 1
        if not accepted:
            self.reasons[reason] += 1

    def below_floor(self, functions: Iterable[str]) -> dict[str, tuple[int, int]]:
        """Function → (accepted, refused), of those that were tried too seldom."""
        return {
            name: (self.accepted[name], self.refused[name])
            for name in sorted(functions)
            if self.accepted[name] < LEAST_ACCEPTED or self.refused[name] < LEAST_REFUSED
        }

    def lines(self) -> Iterator[str]:
        yield f"{'action':<22}{'accepted':>9}{'refused':>9}"
        for name in sorted(self.accepted.keys() | self.refused.keys()):
            yield f"{name:<22}{self.accepted[name]:>9}{self.refused[name]:>9}"
        yield f"{'all':<22}{self.accepted.total():>9}{self.refused.total():>9}"
        waits = ", ".join(f"{name}: {self.boundaries[name]}" for name in ("t-1", "t", "t+1"))
        yield f"waits for a time limit: {waits}; reasons of refusals: {len(self.reasons)}"
        yield (
            f"{self.steps} steps in {self.examples} examples, {self.seconds:.0f} s; {self.seed}"
        )


SESSION = Tally()
