"""What a document says across its page about what has happened to its bill since (状态标记)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Ending(StrEnum):
    """What takes a bill out of use."""

    VOIDED = "VOIDED"
    REVERSED = "REVERSED"
    SWAPPED = "SWAPPED"


@dataclass(frozen=True, slots=True)
class Mark:
    """An ending and when the chain recorded it, in seconds."""

    ending: Ending
    at: int

    def __post_init__(self) -> None:
        if type(self.at) is not int or not 0 < self.at < 2**37:
            raise ValueError("a mark needs the time of its block")
