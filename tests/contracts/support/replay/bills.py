"""Batches, and what became of single bills."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ..world import (
    DISPUTED,
    GOOD,
    LIFE_RED,
    LIFE_REVERSED,
    LIFE_VOIDED,
    NOT_IN_BATCH,
    PAPER_BACK,
    PAPER_OUT,
    RED,
    REVERSED,
    SWAPPED,
    VOIDED,
    ZERO_ADDRESS,
    proved,
)
from .numbers import Numbers
from .part import Expected, Part, Proof, Refused
from .registry import Registry

NO_BATCH = (bytes(32), 0, 0, 0, 0, ZERO_ADDRESS, 0, bytes(18))
UNKNOWN_KEY = 99_999_999 * 10**10 + 1
ENDED = {LIFE_VOIDED: VOIDED, LIFE_REVERSED: REVERSED, LIFE_RED: RED}


@dataclass(frozen=True)
class Life:
    validity: int = 0
    ended_at: int = 0
    reason: int = 0
    paper: int = 0
    attested: bool = False

    @property
    def record(self) -> tuple:
        return self.validity, self.ended_at, self.reason, self.paper, self.attested


@dataclass
class Bills(Part):
    registry: Registry
    numbers: Numbers
    proofs: Sequence[Proof]
    contract = "BillRegistry"
    batches: dict[int, dict] = field(default_factory=dict)
    attested: set[int] = field(default_factory=set)
    consumed: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    lives: dict[int, Life] = field(default_factory=lambda: defaultdict(Life))
    links: dict[int, list] = field(default_factory=lambda: defaultdict(lambda: [0, 0, 0]))

    # --- events ---

    def on_anchored(self, at: int, **batch: Any) -> None:
        assert self.numbers.segment_of(batch["batch_id"]) == batch["segment_id"]
        self.batches[batch["batch_id"]] = batch | {"at": at}
        self.consumed[batch["segment_id"]] += batch["count"]

    def on_voided(self, at: int, *, bill_key: int, issuer: bytes, reason: int) -> None:
        assert self.batches[self.batch_of(bill_key)]["issuer"] == issuer
        self._end(bill_key, LIFE_VOIDED, at, reason)

    def on_reversed(
        self, at: int, *, bill_key: int, red_key: int, replacement_key: int, reason: int, **_: Any
    ) -> None:
        self._end(bill_key, LIFE_REVERSED, at, reason)
        self._end(red_key, LIFE_RED, at, reason)
        self.links[bill_key][:2] = [red_key, replacement_key]
        self.links[red_key][2] = bill_key
        if replacement_key:
            self.links[replacement_key][2] = bill_key

    def on_swapped_to_paper(self, _at: int, *, bill_key: int, **_: Any) -> None:
        self.lives[bill_key] = replace(self.lives[bill_key], paper=PAPER_OUT)

    def on_paper_recovered(self, _at: int, *, bill_key: int, **_: Any) -> None:
        self.lives[bill_key] = replace(self.lives[bill_key], paper=PAPER_BACK)

    def on_batch_attested(self, _at: int, *, batch_id: int, **_: Any) -> None:
        self.attested.add(batch_id)

    def on_bill_attested(self, _at: int, *, bill_key: int, **_: Any) -> None:
        self.lives[bill_key] = replace(self.lives[bill_key], attested=True)

    def _end(self, bill_key: int, validity: int, at: int, reason: int) -> None:
        life = self.lives[bill_key]
        self.lives[bill_key] = replace(life, validity=validity, ended_at=at, reason=reason)

    # --- views ---

    def batch_of(self, bill_key: int) -> int:
        (found,) = (b for b, e in self.batches.items() if b <= bill_key < b + e["count"])
        return found

    def is_reversed(self, bill_key: int) -> bool:
        return bill_key in self.lives and self.lives[bill_key].validity == LIFE_REVERSED

    def original_of(self, bill_key: int) -> int:
        return self.links[bill_key][2] if bill_key in self.links else 0

    def disputed(self, batch_id: int) -> bool:
        batch = self.batches[batch_id]
        return batch_id not in self.attested and not self.registry.trusted(
            batch["signer"], batch["at"]
        )

    def payability(self, bill_key: int, batch_id: int) -> int:
        life = self.lives.get(bill_key, Life())
        if life.validity:
            return ENDED[life.validity]
        if life.paper == PAPER_OUT:
            return SWAPPED
        return DISPUTED if self.disputed(batch_id) and not life.attested else GOOD

    def views(self) -> Iterator[Expected]:
        for segment_id in (*self.numbers.segments, len(self.numbers.segments) + 1):
            yield "consumed", (segment_id,), self.consumed.get(segment_id, 0)
            yield "voided_in", (segment_id,), self._voided_in(segment_id)
        for batch_id in (*self.batches, UNKNOWN_KEY):
            yield from self._views_of_batch(batch_id)
        # Every batch's first and last bill, and whatever an event spoke of.
        ends = (k for b, e in self.batches.items() for k in (b, b + e["count"] - 1))
        for bill_key in {*ends, *self.lives, *self.links}:
            yield from self._views_of_bill(bill_key, self.batch_of(bill_key))
        yield "payability", (UNKNOWN_KEY, UNKNOWN_KEY), NOT_IN_BATCH
        for batch, index in self.proofs:
            header, batch_id, path = proved(batch, index)
            known = batch_id in self.batches and self.batches[batch_id]["root"] == batch.tree.root
            yield "holds", (header, batch_id, path), known
            dearer = header._replace(amount_fen=header.amount_fen + 1)
            yield "holds", (dearer, batch_id, path), False

    def _voided_in(self, segment_id: int) -> int:
        return sum(
            life.validity == LIFE_VOIDED
            and self.batches[self.batch_of(bill_key)]["segment_id"] == segment_id
            for bill_key, life in self.lives.items()
        )

    def _views_of_batch(self, batch_id: int) -> Iterator[Expected]:
        e = self.batches.get(batch_id)
        yield "batch_attested", (batch_id,), batch_id in self.attested
        yield "disputed", (batch_id,), self.disputed(batch_id) if e else Refused
        if e is None:
            yield "batch", (batch_id,), NO_BATCH
            return
        yield "payability", (batch_id + e["count"], batch_id), NOT_IN_BATCH
        record = (e["root"], batch_id, e["count"], e["segment_id"], e["at"])
        yield "batch", (batch_id,), (*record, e["signer"], e["sum_fen"], e["issuer"])

    def _views_of_bill(self, bill_key: int, batch_id: int) -> Iterator[Expected]:
        life = self.lives.get(bill_key, Life())
        voided = life.validity == LIFE_VOIDED
        state = (True, life.ended_at, life.reason) if voided else (False, 0, 0)
        payability = self.payability(bill_key, batch_id)
        yield "bill_state", (bill_key,), state
        yield "bill_life", (bill_key,), life.record
        yield "links", (bill_key,), tuple(self.links.get(bill_key, (0, 0, 0)))
        yield "is_reversed", (bill_key,), self.is_reversed(bill_key)
        yield "original_of", (bill_key,), self.original_of(bill_key)
        yield "payability", (bill_key, batch_id), payability
        yield "is_payable", (bill_key, batch_id), payability == GOOD
