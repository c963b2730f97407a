"""State rebuilt from events alone, and what every view would answer of it."""

from .replay import PARTS, Replay, differences

__all__ = ["PARTS", "Replay", "differences"]
