"""Fields of a bill that is not shown whole: each is there, or its digest stands in its place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from frontend_api.commitment.fields import Field


@dataclass(frozen=True, slots=True)
class Withheld:
    """A field that is not shown: its digest, 32 bytes.

    ``path`` is its name where that tells nothing about this bill; it is told, not proven.
    """

    path: str | None
    known_digest: bytes

    def digest(self) -> bytes:
        """As of a field."""
        return self.known_digest


FieldInPart = Field | Withheld


def shown_of(fields: Sequence[FieldInPart]) -> tuple[Field, ...]:
    """Those that are shown, in their order."""
    return tuple(f for f in fields if isinstance(f, Field))


def withheld_of(fields: Sequence[FieldInPart]) -> tuple[Withheld, ...]:
    """The others."""
    return tuple(f for f in fields if isinstance(f, Withheld))
