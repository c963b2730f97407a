"""The four contracts as plain Python: written from the interfaces' prose and docs/contracts.md.

It stores histories where the contracts store sums, names every broken rule where they name the
first, and knows neither words, hashes nor signatures: a root stands for what it was made from, a
signature for who made it over what.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from .applications import Applications
from .bills import Bills
from .claims import Claims
from .consents import Consents
from .institutions import Institutions
from .keys import Keys
from .numbers import Numbers
from .office import Act, Office
from .rules import Outcome, Refused, Rehearsed, Views, rehearsal


class Platform:
    """`now` is the time of the block of the next call; `digest` names a grant, `act_id` an act."""

    def __init__(
        self,
        now: int,
        addresses: Mapping[str, str],
        supervisor: str,
        digest: Callable[[Any], bytes],
        act_id: Callable[[Act], bytes],
    ) -> None:
        self.now = now
        self.addresses = addresses
        self.office = Office(self, supervisor, act_id)
        self.institutions = Institutions(self)
        self.applications = Applications(self)
        self.keys = Keys(self)
        self.numbers = Numbers(self)
        self.bills = Bills(self)
        self.consents = Consents(self, digest)
        self.claims = Claims(self)

    @property
    def _parts(self) -> tuple[Any, ...]:
        offices = (self.office, self.institutions, self.applications)
        return (*offices, self.keys, self.numbers, self.bills, self.consents, self.claims)

    def call(self, function: str, caller: str, *args: Any) -> Outcome:
        """What a call does; `Refused` when it breaks a rule, and then nothing has changed."""
        part = next(part for part in self._parts if hasattr(type(part), function))
        outcome: Outcome = getattr(part, function)(caller, *args)
        return outcome

    def refusals(self, function: str, caller: str, *args: Any) -> frozenset[str]:
        """Every rule that a call would break now; none, when it would be accepted. Not for
        `anchor_signed`, which checks and changes in turns."""
        with rehearsal():
            try:
                self.call(function, caller, *args)
            except Rehearsed:
                return frozenset()
            except Refused as refused:
                return refused.reasons
        raise AssertionError(f"{function} did not rehearse")

    def allows(self, function: str, caller: str, *args: Any) -> bool:
        return not self.refusals(function, caller, *args)

    def milestones(self) -> dict[tuple[Any, ...], str]:
        """Every state of the tables of states, by its name."""
        bills = self.bills.lives.items()
        institutions = (("issuer", self.institutions.issuers), ("payer", self.institutions.payers))
        return {
            **{
                ("institution", role, uscc): one.standing.name
                for role, of in institutions for uscc, one in of.items()
            },
            **{("application", n): one.status.name for n, one in self.applications.made.items()},
            **{("request", n): one.status.name for n, one in self.numbers.requests.items()},
            **{("write-off", n): one.closed.name for n, one in self.numbers.segments.items()},
            **{("validity", key): life.validity.name for key, life in bills},
            **{("paper", key): life.paper.name for key, life in bills},
            **{("grant", one): state.status.name for one, state in self.consents.given.items()},
            **{("claim", key): one.status.name for key, one in self.claims.claims.items()},
        }  # fmt: skip

    def views(self) -> Views:
        """What every function that reads should answer now, about all that was touched."""
        views: Views = {}
        for part in self._parts:
            views |= part.views()
        return views
