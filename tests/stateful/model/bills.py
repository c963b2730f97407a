"""Batches, and what became of each bill."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from contracts.support.merkle import Tree

from .rules import (
    ZERO_WORD,
    Checks,
    Outcome,
    Paper,
    Payability,
    Refused,
    Role,
    Validity,
    Views,
    is_eight_digits,
    key_of,
    told,
)

if TYPE_CHECKING:
    from . import Platform

LARGEST_SUM = 2**96 - 1
SHOWN = 3  # bills of a batch about which the views are asked
Proof = tuple[Any, int, list[bytes]]  # header, batch id, path


@dataclass
class Batch:
    root: bytes
    first_key: int
    count: int
    segment_id: int
    anchored_at: int
    signer: str
    sum_fen: int
    attested: bool = False


@dataclass
class Life:
    validity: Validity = Validity.ISSUED
    ended_at: int = 0
    reason: int = 0
    paper: Paper = Paper.NONE
    attested: bool = False


class Links(NamedTuple):
    red: int = 0
    replacement: int = 0
    original: int = 0


@dataclass(frozen=True)
class Signature:
    """What somebody signed: a batch without its signature, in the right domain."""

    signer: str
    said: tuple[Any, ...]


class Bills:
    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self.batches: dict[int, Batch] = {}
        self.lives: dict[int, Life] = {}
        self.links: dict[int, Links] = {}
        self.contents: dict[bytes, tuple[list[Any], Tree]] = {}  # what a root stands for
        self.signatures: dict[bytes, Signature] = {}

    # --- batches ---

    def anchor(
        self, caller: str, segment_id: int, first_key: int, count: int, root: bytes, sum_fen: int
    ) -> Outcome:
        checks = Checks()
        self._platform.office.running(checks)
        event = self._anchor(checks, caller, (segment_id, first_key, count, root, sum_fen))
        return Outcome([event])

    def anchor_signed(self, caller: str, batches: list[tuple[Any, ...]]) -> Outcome:  # noqa: ARG002
        before = dict(self.batches)
        try:
            checks = Checks()
            self._platform.office.running(checks)
            checks(batches != [], "batches: none given")
            checks.done()
            return Outcome([self._carry(each) for each in batches])
        except Refused:
            self.batches = before
            raise

    def _carry(self, each: tuple[Any, ...]) -> Any:
        *said, deadline, signature = each
        checks = Checks()
        checks(self._platform.now <= deadline, "batch: deadline over")
        known = self.signatures.get(signature)
        checks(known is not None, "signature: malformed")
        # A signature over anything else leads to an address that nobody ever registered.
        signer = known.signer if known and known.said == (*said, deadline) else "nobody"
        return self._anchor(checks, signer, tuple(said))

    def _anchor(self, checks: Checks, signer: str, said: tuple[Any, ...]) -> Any:
        segment_id, first_key, count, root, sum_fen = said
        issuer = self._platform.keys.speaks_for(checks, signer, Role.ISSUER)
        checks(count > 0, "batch: count is zero")
        checks(root != ZERO_WORD, "batch: root is zero")
        checks(sum_fen > 0, "batch: sum is zero")
        checks(sum_fen <= LARGEST_SUM, "batch: sum out of range")
        segment = self._platform.numbers.segments.get(segment_id)
        if checks(segment is not None, "segment: unknown") and segment:
            checks(segment.issuer == issuer, "segment: of another issuer")
            next_no = segment.first + self.consumed(segment_id)
            in_order = first_key == key_of(segment.bill_code, next_no)
            checks(in_order, "numbers: out of order")
            unused = self._platform.numbers.unused(segment_id)
            checks(count <= unused, "numbers: exhausted")
        checks.done()
        self.batches[first_key] = Batch(
            root, first_key, count, segment_id, self._platform.now, signer, sum_fen
        )
        return told(
            "Anchored",
            batch_id=first_key,
            issuer=issuer,
            segment_id=segment_id,
            count=count,
            root=root,
            sum_fen=sum_fen,
            signer=signer,
        )

    # --- the end of a bill ---

    def void(self, caller: str, bill_key: int, batch_id: int, reason: int) -> Outcome:
        checks, issuer = self._by_issuer_of(caller, bill_key, batch_id)
        checks(reason != 0, "void: reason missing")
        self._standing(checks, bill_key)
        checks(not self._platform.claims.has_claims(bill_key), "bill: reserved or settled")
        checks.done()
        self._end(bill_key, Validity.VOIDED, reason)
        return Outcome([told("Voided", bill_key=bill_key, issuer=issuer, reason=reason)])

    def reverse(
        self,
        caller: str,
        original: Proof,
        red: Proof,
        replacement_key: int,
        replacement_batch_id: int,
        reason: int,
    ) -> Outcome:
        bill_key = self._named(original[0])
        red_key = self._named(red[0])
        checks, issuer = self._by_issuer_of(caller, bill_key, original[1])
        checks(reason != 0, "reversal: reason missing")
        self._standing(checks, bill_key)
        settled, reserved, _ = self._platform.claims.amounts(bill_key)
        checks(reserved == 0, "bill: reserved")
        self.held(checks, *original)
        self.held(checks, *red, otherwise="proof: red bill not in batch")
        checks(red_key != bill_key, "red bill: is the bill itself")
        checks(self._fresh(red_key, red[1], issuer), "red bill: not fresh")
        for what, member in (("amount", "amount_fen"), ("currency",) * 2, ("holder",) * 2):
            same = getattr(red[0], member) == getattr(original[0], member)
            checks(same, f"red bill: another {what}")
        if replacement_key:
            fresh = self._fresh(replacement_key, replacement_batch_id, issuer)
            checks(fresh, "replacement: not fresh")
            checks(replacement_key not in (bill_key, red_key), "replacement: not a third")
            earlier = self.linked(bill_key).original
            due = self._platform.claims.due_of_bill(earlier)
            checks(due == 0, "reversal: earlier recovery is due")
        checks.done()
        self._end(bill_key, Validity.REVERSED, reason)
        self._end(red_key, Validity.RED, reason)
        self.links[bill_key] = self.linked(bill_key)._replace(
            red=red_key, replacement=replacement_key
        )
        for key in {red_key, replacement_key} - {0}:
            self.links[key] = Links(original=bill_key)
        event = told(
            "Reversed",
            bill_key=bill_key,
            red_key=red_key,
            replacement_key=replacement_key,
            issuer=issuer,
            amount_fen=original[0].amount_fen,
            due_fen=settled,
            reason=reason,
        )
        return Outcome([event])

    # --- paper ---

    def swap_to_paper(self, caller: str, bill_key: int, batch_id: int, paper_no: str) -> Outcome:
        checks, issuer = self._by_issuer_of(caller, bill_key, batch_id)
        checks(paper_no != "", "paper: number missing")
        self._standing(checks, bill_key)
        checks(self.life(bill_key).paper is Paper.NONE, "paper: went out before")
        settled, reserved, _ = self._platform.claims.amounts(bill_key)
        checks(reserved == 0, "bill: reserved")
        checks.done()
        self._write(bill_key).paper = Paper.SWAPPED
        event = told(
            "SwappedToPaper",
            bill_key=bill_key,
            issuer=issuer,
            paper_no=paper_no,
            settled_fen=settled,
        )
        return Outcome([event])

    def recover_paper(self, caller: str, bill_key: int, batch_id: int) -> Outcome:
        checks, issuer = self._by_issuer_of(caller, bill_key, batch_id)
        checks(self.life(bill_key).paper is Paper.SWAPPED, "paper: not out")
        checks.done()
        self._write(bill_key).paper = Paper.RECOVERED
        return Outcome([told("PaperRecovered", bill_key=bill_key, issuer=issuer)])

    # --- officers ---

    def attest_batch(self, caller: str, batch_id: int) -> Outcome:
        checks = self._by_officer(caller, batch_id)
        if checks(batch_id in self.batches, "batch: unknown"):
            checks(self.disputed(batch_id), "batch: not disputed")
        checks.done()
        self.batches[batch_id].attested = True
        return Outcome([told("BatchAttested", batch_id=batch_id, officer=caller)])

    def attest_bill(self, caller: str, bill_key: int, batch_id: int) -> Outcome:
        checks = self._by_officer(caller, batch_id)
        if checks(self.in_batch(bill_key, batch_id), "bill: not in batch"):
            checks(self.disputed(batch_id), "batch: not disputed")
        checks(not self.life(bill_key).attested, "bill: already attested")
        checks.done()
        self._write(bill_key).attested = True
        event = told("BillAttested", bill_key=bill_key, batch_id=batch_id, officer=caller)
        return Outcome([event])

    # --- what others ask ---

    def consumed(self, segment_id: int) -> int:
        return sum(b.count for b in self.batches.values() if b.segment_id == segment_id)

    def voided_in(self, segment_id: int) -> int:
        """Bills of a segment that were voided, counted one by one."""
        voided = [key for key, life in self.lives.items() if life.validity is Validity.VOIDED]
        batches = [b for b in self.batches.values() if b.segment_id == segment_id]
        return sum(self.in_batch(key, batch.first_key) for key in voided for batch in batches)

    def in_batch(self, bill_key: int, batch_id: int) -> bool:
        batch = self.batches.get(batch_id)
        return batch is not None and batch_id <= bill_key < batch_id + batch.count

    def disputed(self, batch_id: int) -> bool:
        batch = self.batches[batch_id]
        trusted = self._platform.keys.trusted_at(batch.signer, batch.anchored_at)
        return not (batch.attested or trusted)

    def life(self, bill_key: int) -> Life:
        return self.lives.get(bill_key, Life())

    def linked(self, bill_key: int) -> Links:
        return self.links.get(bill_key, Links())

    def payability(self, bill_key: int, batch_id: int) -> Payability:
        if not self.in_batch(bill_key, batch_id):
            return Payability.NOT_IN_BATCH
        life = self.life(bill_key)
        if life.validity is not Validity.ISSUED:
            return Payability[life.validity.name]
        if life.paper is Paper.SWAPPED:
            return Payability.SWAPPED
        if self.disputed(batch_id) and not life.attested:
            return Payability.DISPUTED
        return Payability.GOOD

    def held(
        self,
        checks: Checks,
        header: Any,
        batch_id: int,
        path: list[bytes],
        otherwise: str = "proof: bill not in batch",
    ) -> None:
        """Whether the batch commits to this header: by what its root was made from."""
        bill_key = self._named(header)
        batch = self.batches.get(batch_id)
        if not checks(self.in_batch(bill_key, batch_id), otherwise) or batch is None:
            return
        index = bill_key - batch_id
        if not checks(len(path) == _path_length(index, batch.count), "proof: wrong length"):
            return
        headers, tree = self.contents.get(batch.root, ([], None))
        own = tree is not None and tree.size == batch.count
        own = own and headers[index] == header and tree.path(index) == path
        checks(own, otherwise)

    def headers(self) -> dict[tuple[int, int], Any]:
        """(bill, batch) → header, of every bill that can be proved."""
        return {
            (batch_id + index, batch_id): header
            for batch_id, batch in self.batches.items()
            for index, header in enumerate(self.contents.get(batch.root, ([], None))[0])
            if len(self.contents[batch.root][0]) == batch.count
            and key_of(header.bill_code, header.bill_no) == batch_id + index
        }

    def path(self, bill_key: int, batch_id: int) -> list[bytes]:
        """The proof of a bill that can be proved."""
        return self.contents[self.batches[batch_id].root][1].path(bill_key - batch_id)

    def _named(self, header: Any) -> int:
        if not is_eight_digits(header.bill_code):
            raise Refused(frozenset({"bill: code not eight digits"}))
        if not 1 <= header.bill_no < 10**10:
            raise Refused(frozenset({"bill: number out of range"}))
        return key_of(header.bill_code, header.bill_no)

    # --- rules ---

    def issuer_of(self, batch_id: int) -> bytes:
        return self._platform.numbers.segments[self.batches[batch_id].segment_id].issuer

    def _by_issuer_of(self, caller: str, bill_key: int, batch_id: int) -> tuple[Checks, bytes]:
        checks = Checks()
        self._platform.office.running(checks)
        issuer = self._platform.keys.speaks_for(checks, caller, Role.ISSUER)
        if checks(self.in_batch(bill_key, batch_id), "bill: not in batch"):
            checks(self.issuer_of(batch_id) == issuer, "bill: of another issuer")
        return checks, issuer

    def _by_officer(self, caller: str, batch_id: int) -> Checks:
        """By an officer of the issuer's region; of the whole platform, when there is no batch."""
        issuer = self.issuer_of(batch_id) if batch_id in self.batches else b""
        region = self._platform.institutions.region("issuer", issuer)
        return self._platform.office.by_officer(caller, region)

    def _standing(self, checks: Checks, bill_key: int) -> None:
        life = self.life(bill_key)
        checks(life.validity is not Validity.VOIDED, "bill: already voided")
        checks(life.validity is not Validity.REVERSED, "bill: reversed")
        checks(life.validity is not Validity.RED, "bill: red-letter")
        checks(life.paper is not Paper.SWAPPED, "bill: on paper")

    def _fresh(self, bill_key: int, batch_id: int, issuer: bytes) -> bool:
        return (
            self.payability(bill_key, batch_id) is Payability.GOOD
            and self.issuer_of(batch_id) == issuer
            and bill_key not in self.links
            and self.life(bill_key).paper is Paper.NONE
            and not self.life(bill_key).attested
            and not self._platform.claims.has_claims(bill_key)
        )

    def _write(self, bill_key: int) -> Life:
        return self.lives.setdefault(bill_key, Life())

    def _end(self, bill_key: int, validity: Validity, reason: int) -> None:
        life = self._write(bill_key)
        life.validity, life.ended_at, life.reason = validity, self._platform.now, reason

    # --- what the contract should answer ---

    def views(self) -> Views:
        registry = "BillRegistry"
        views: Views = {}
        for number in self._platform.numbers.segments:
            views[registry, "consumed", number] = self.consumed(number)
            views[registry, "voided_in", number] = self.voided_in(number)
        for batch_id, batch in self.batches.items():
            views[registry, "batch", batch_id] = (
                batch.root,
                batch_id,
                batch.count,
                batch.segment_id,
                batch.anchored_at,
                batch.signer,
                batch.sum_fen,
                self.issuer_of(batch_id),
            )
            views[registry, "batch_attested", batch_id] = batch.attested
            views[registry, "disputed", batch_id] = self.disputed(batch_id)
        views |= self._views_of_bills(registry)
        return views

    def _views_of_bills(self, registry: str) -> Views:
        views: Views = {}
        for bill_key in self.lives.keys() | self.links.keys():
            life = self.life(bill_key)
            told_of = (life.validity, life.ended_at, life.reason, life.paper, life.attested)
            views[registry, "bill_life", bill_key] = told_of
            voided = life.validity is Validity.VOIDED
            state = (True, life.ended_at, life.reason) if voided else (False, 0, 0)
            views[registry, "bill_state", bill_key] = state
            views[registry, "links", bill_key] = tuple(self.linked(bill_key))
            views[registry, "original_of", bill_key] = self.linked(bill_key).original
            reversed_ = life.validity is Validity.REVERSED
            views[registry, "is_reversed", bill_key] = reversed_
        for bill_key, batch_id in self.known_bills():
            state_ = self.payability(bill_key, batch_id)
            views[registry, "payability", bill_key, batch_id] = state_
            views[registry, "is_payable", bill_key, batch_id] = state_ is Payability.GOOD
        return views

    def known_bills(self) -> list[tuple[int, int]]:
        """The first bills of every batch, and their batch."""
        return [
            (batch_id + i, batch_id)
            for batch_id, batch in self.batches.items()
            for i in range(min(batch.count, SHOWN))
        ]


def _path_length(index: int, size: int) -> int:
    """How many siblings lead from a leaf to the root: a level where it is alone adds none."""
    length, last = 0, size - 1
    while last:
        alone = index == last and last % 2 == 0
        length += not alone
        index, last = index // 2, last // 2
    return length
