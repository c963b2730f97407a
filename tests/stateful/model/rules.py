"""What every part of the model speaks of: refusals, outcomes, and the states of the tables."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from enum import IntEnum
from typing import Any, NamedTuple

from contracts.support.events import Event

ZERO_ADDRESS = "0x" + "00" * 20
ZERO_CODE = bytes(18)
ZERO_WORD = bytes(32)
DAY = 86_400
LARGEST = 2**64 - 1  # of a uint64; as a stock limit it means "none"

View = tuple[Any, ...]  # contract, function, arguments …
Views = dict[View, Any]


class Standing(IntEnum):
    NONE, ACTIVE, SUSPENDED, REVOKED = 0, 1, 2, 4


class PayerKind(IntEnum):
    STATUTORY, COMMERCIAL, EMPLOYER, PROVIDENT_FUND = 1, 2, 4, 8


class Role(IntEnum):
    ISSUER, PAYER = 1, 2


class Application(IntEnum):
    NONE, OPEN, ADMITTED, REFUSED = 0, 1, 2, 4


class Request(IntEnum):
    NONE, REQUESTED, APPROVED, GRANTED = 0, 1, 2, 4


class WriteOff(IntEnum):
    NONE, FILED, AUDITED = 0, 1, 2


class Payability(IntEnum):
    GOOD, NOT_IN_BATCH, VOIDED, DISPUTED, REVERSED, RED, SWAPPED = 1, 2, 4, 8, 16, 32, 64


class Validity(IntEnum):
    ISSUED, VOIDED, REVERSED, RED = 0, 1, 2, 4


class Paper(IntEnum):
    NONE, SWAPPED, RECOVERED = 0, 1, 2


class GrantStatus(IntEnum):
    NONE, LIVE, REVOKED = 0, 1, 2


class ClaimStatus(IntEnum):
    NONE, RESERVED, SETTLED, REJECTED, EXPIRED, RECOVERED = 0, 1, 2, 4, 8, 16


class Refused(Exception):
    """A call that breaks rules. A contract names the first one it meets: any of `reasons`."""

    def __init__(self, reasons: frozenset[str]) -> None:
        super().__init__(", ".join(sorted(reasons)))
        self.reasons = reasons


class Rehearsed(Exception):
    """No rule is broken, and nothing was done: only that was asked."""


class Outcome(NamedTuple):
    """What a call that is allowed returns and tells."""

    events: list[Event]
    value: tuple[Any, ...] = ()
    pending: bool = False  # nothing was done yet: another officer has to agree


_rehearsing: ContextVar[bool] = ContextVar("rehearsing", default=False)


@contextmanager
def rehearsal() -> Iterator[None]:
    """Within it, a call stops with `Rehearsed` where it would begin to change something."""
    token = _rehearsing.set(True)
    try:
        yield
    finally:
        _rehearsing.reset(token)


class Checks:
    """Every rule of a call, in no order; `done` refuses with all that are broken."""

    def __init__(self) -> None:
        self._broken: set[str] = set()

    def __call__(self, kept: bool, otherwise: str) -> bool:
        if not kept:
            self._broken.add(otherwise)
        return kept

    @property
    def kept(self) -> bool:
        return not self._broken

    def done(self) -> None:
        if self._broken:
            raise Refused(frozenset(self._broken))
        if _rehearsing.get():
            raise Rehearsed


def told(name: str, /, **args: Any) -> Event:
    return Event(name, args)


def is_eight_digits(bill_code: int) -> bool:
    return len(str(bill_code)) == 8


def key_of(bill_code: int, bill_no: int) -> int:
    return bill_code * 10**10 + bill_no
