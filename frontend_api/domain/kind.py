"""A kind of bill (票种) as a value: what it must contain and how its rules read.

Kinds are data, a folder each; this module only says what a kind is once it was read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class SumRule:
    """``parts`` (JSON Pointers to fen amounts, absent counts as 0) add up to ``total``."""

    total: str
    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OrderRule:
    """The date at ``earlier`` is not after the date at ``later``; either may be absent."""

    earlier: str
    later: str


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of bill.

    ``schema`` is the JSON Schema of the request's ``detail`` object. ``labels`` maps a JSON
    Pointer (``/detail/payment/fund``) to its label by language (``zh``, ``en``). ``category`` and
    ``type_code`` are the two digits each that stand in the bill code. ``folder`` holds the layout.
    """

    name: str
    title: Mapping[str, str]
    category: str
    type_code: str
    schema: Mapping[str, Any]
    labels: Mapping[str, Mapping[str, str]]
    sum_rules: tuple[SumRule, ...] = ()
    order_rules: tuple[OrderRule, ...] = ()
    at_source: str | None = None
    face: Mapping[str, Any] = field(default_factory=dict)
    folder: Path = Path()

    def bill_code(self, region: str, year: int) -> str:
        """The eight-digit code of this kind: region (2 digits), category, type, year."""
        return f"{region}{self.category}{self.type_code}{year % 100:02d}"
