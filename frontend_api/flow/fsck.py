"""fsck: re-derives everything from leaves and events, and compares books, chain and documents.

It changes nothing, and reads everything as a stream: its memory does not grow with the bills.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from eth_utils.crypto import keccak

from frontend_api.domain.errors import PiaolianError
from frontend_api.flow.desk import Desk
from frontend_api.flow.fsck_batches import (
    SegmentMap,
    check_anchored,
    check_contract,
    check_numbers,
    check_sealed,
)
from frontend_api.flow.fsck_bills import bill_name, check_bill
from frontend_api.flow.fsck_documents import Press, check_document, check_folder, check_strangers
from frontend_api.flow.fsck_findings import Finding, Level, mismatch, missing, uncompared
from frontend_api.ports import BatchRow, ChainReader, Records, RowDifference

DOCUMENTS_MADE = 20  # without a wish: some 20 ms each

_Item = TypeVar("_Item")
Progress = Callable[[str, int, int | None], None]


def no_progress(_what: str, _done: int, _total: int | None) -> None:
    """For whoever does not watch."""


@dataclass(frozen=True, slots=True)
class Books:
    """What is compared.

    ``records`` is one view of the database, ``truth`` one of the projections made again: from the
    chain's events or, when ``unasked`` says why the chain could not be read, from those stored.
    ``chain`` is None then. ``differences`` are those between the projections of the two.
    """

    records: Records
    truth: Records
    differences: Iterable[RowDifference]
    chain: ChainReader | None
    unasked: PiaolianError | None


@dataclass(frozen=True, slots=True)
class Wishes:
    """How many documents to make (None: all), and a folder of kept ones to compare."""

    documents: int | None = DOCUMENTS_MADE
    folder: Path | None = None


@dataclass(slots=True)
class Tally:
    """What was looked at (by name) and how many findings of each level there were."""

    checked: Counter[str] = field(default_factory=Counter)
    levels: Counter[Level] = field(default_factory=Counter)

    def exit_code(self) -> int:
        """0 clean; 1 something differs or is gone; 2 something could not be compared."""
        if self.levels[Level.MISMATCH] or self.levels[Level.MISSING]:
            return 1
        return 2 if self.levels[Level.UNCOMPARED] else 0


def check_books(
    desk: Desk,
    press: Press,
    books: Books,
    wishes: Wishes,
    tally: Tally,
    progress: Progress = no_progress,
) -> Iterator[Finding]:
    """Every finding, as it is made; ``tally`` is complete when they end."""
    checks = _Checks(desk, press, books, wishes, tally, progress)
    for found in checks.run():
        tally.levels[found.level] += 1
        yield found


class _Checks:
    def __init__(
        self, desk: Desk, press: Press, books: Books, wishes: Wishes, tally: Tally,
        progress: Progress,
    ) -> None:  # fmt: skip
        self._desk, self._press, self._books = desk, press, books
        self._wishes, self._tally, self._progress = wishes, tally, progress
        here = books.records.issuers_here()
        self._segments = [s for s in books.truth.segments() if s.issuer in here]
        self._here = here
        self._chosen: list[int] = []

    def run(self) -> Iterator[Finding]:
        if self._books.unasked:
            yield uncompared("chain-not-compared", self._books.unasked)
        yield from self._projections()
        yield from check_numbers(self._books.records, self._count("segments", self._segments))
        yield from self._loose_ends()
        yield from self._signed()
        yield from self._bills()
        yield from check_sealed(self._books.records)
        yield from check_anchored(self._books.records, self._count("batches", self._anchors()))
        yield from self._contract()
        yield from self._documents()

    def _count(
        self, name: str, items: Iterable[_Item], total: int | None = None
    ) -> Iterator[_Item]:
        for item in items:
            self._tally.checked[name] += 1
            self._progress(name, self._tally.checked[name], total)
            yield item

    def _anchors(self) -> Iterator[BatchRow]:
        """The chain's batches whose bills must be here: others have platforms of their own."""
        return (batch for batch in self._books.truth.anchors() if batch.issuer in self._here)

    def _projections(self) -> Iterator[Finding]:
        for d in self._books.differences:
            subject = f"{d.table} {d.row}"
            if d.bill_key is not None and d.row != str(d.bill_key):
                subject += f" ({bill_name(d.bill_key)})"
            elif d.bill_key is not None or d.table == "anchors":
                subject = f"{d.table} {bill_name(int(d.row))}"
            if d.field != "*":
                yield mismatch("row-altered", subject, d.field, d.stored, d.found)
            elif d.stored is None:
                yield missing("row-missing", subject)
            else:
                yield mismatch("row-not-from-events", subject, "*", d.stored, "")

    def _loose_ends(self) -> Iterator[Finding]:
        for end in self._books.records.loose_ends():
            subject = end.subject
            if end.reason.startswith("bill") or end.reason.startswith("batch"):
                subject = bill_name(int(subject))
            gone = end.reason != "nonce-twice"
            yield (
                missing(end.reason, subject)
                if gone
                else mismatch(end.reason, subject, "nonce", "", "")
            )

    def _signed(self) -> Iterator[Finding]:
        for row in self._count("transactions", self._books.records.signed()):
            hash_ = bytes(keccak(row.raw)) if isinstance(row.raw, bytes) else b""
            if hash_ != row.hash:
                yield mismatch("transaction-altered", row.tx_id, "hash", row.hash, hash_)

    def _bills(self) -> Iterator[Finding]:
        """Contents of all bills; on the way, some are chosen whose documents are made."""
        records, instance = self._books.records, self._desk.platform.deployment.instance
        segments = SegmentMap(self._segments)
        most = self._wishes.documents
        for row in self._count("bills", records.bills(), records.bill_count()):
            yield from segments.check(row)
            yield from check_bill(row, self._desk.vault, instance)
            if most is not None:
                self._choose(row.bill_key, most)

    def _choose(self, bill_key: int, most: int) -> None:
        """Every bill with the same chance, however many there are (reservoir sampling)."""
        seen = self._tally.checked["bills"]
        if len(self._chosen) < most:
            self._chosen.append(bill_key)
        elif (at := random.randrange(seen)) < most:
            self._chosen[at] = bill_key

    def _contract(self) -> Iterator[Finding]:
        books = self._books
        if books.chain is None:
            return
        try:
            for batch in self._count("batches in the contract", self._anchors()):
                yield from check_contract(batch, books.chain, self._desk.platform.deployment)
        except PiaolianError as e:
            yield uncompared("chain-not-compared", e)

    def _documents(self) -> Iterator[Finding]:
        everything = self._wishes.documents is None
        keys = self._keys() if everything else iter(sorted(self._chosen))
        total = self._books.records.bill_count() if everything else len(self._chosen)
        for key in self._count("documents", keys, total):
            yield from check_document(self._desk, self._press, key)
        if self._wishes.folder:
            yield from check_folder(self._desk, self._press, self._wishes.folder, self._keys())
            yield from check_strangers(self._books.records, self._wishes.folder)

    def _keys(self) -> Iterator[int]:
        return (row.bill_key for row in self._books.records.bills())
