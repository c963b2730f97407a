"""A worker of an import: its chunk is read, checked, made into bills, and stored at its turn.

What costs most, checking and hashing, needs no number and is done first. Numbers are promised
while earlier chunks are still on their way; only the transaction decides. If it gets others, the
small part of the work that depends on them is done again under the write lock, so that every
chunk is stored at its first turn, whoever else takes numbers.
"""

from __future__ import annotations

import hashlib
import mmap
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from frontend_api.commitment.canonical import canonical_json
from frontend_api.domain.errors import (
    InputError,
    InvalidFields,
    MalformedInput,
    NotAllowed,
    NumbersExhausted,
    PiaolianError,
    StateConflict,
)
from frontend_api.domain.numbers import BillNumber
from frontend_api.flow.bulk_bills import Draft, Press
from frontend_api.flow.bulk_chunks import Chunk, Row, rows_of
from frontend_api.flow.bulk_issuers import Issuers
from frontend_api.flow.bulk_messages import (
    Begin,
    Check,
    Checked,
    Committed,
    Promise,
    Refused,
    Turn,
)
from frontend_api.flow.bulk_table import Table
from frontend_api.ports import (
    BulkStore,
    BusinessNoTaken,
    ChunkResult,
    KnownBill,
    NewBillRow,
    RowError,
    Run,
    Runs,
    Series,
    Views,
)

_MOST_PROBLEMS = 50  # of one row that are listed


@dataclass(slots=True)
class _Part:
    """A chunk in the making. Rows are counted from 0 here."""

    chunk: Chunk
    rows: int = 0
    drafts: list[Draft] = field(default_factory=list)
    errors: list[RowError] = field(default_factory=list)
    repeated: int = 0
    rejected: int = 0
    last_keys: dict[int, int] = field(default_factory=dict)
    wanted: dict[Series, int] = field(default_factory=dict)
    promised: Runs = field(default_factory=dict)
    made: Sequence[NewBillRow] = ()

    def reject(self, row: int, error: PiaolianError) -> None:
        self.rejected += 1
        if isinstance(error, InvalidFields):
            problems = error.problems[:_MOST_PROBLEMS]
            self.errors += [RowError(row, p.path, p.code, p.message) for p in problems]
        else:
            self.errors.append(RowError(row, "", error.code, str(error)))

    def count(self) -> dict[Series, int]:
        """How many numbers it wants, kept for when they are taken."""
        self.wanted = dict(Counter(draft.series for draft in self.drafts))
        return self.wanted


class BulkWorker:
    """Does what the messages ask, one chunk at a time."""

    def __init__(self, press: Press, store: BulkStore, views: Views) -> None:
        self._press = press
        self._store = store
        self._views = views
        self._begin: Begin | None = None
        self._data: mmap.mmap | None = None
        self._table: Table | None = None
        self._part: _Part | None = None

    @property
    def at_work(self) -> bool:
        """Whether a chunk is in the making."""
        return self._part is not None

    def handle(self, message: object) -> object | None:
        """The answer to a message, if it has one."""
        try:
            if isinstance(message, Begin):
                self._open(message)
                return None
            if isinstance(message, Check):
                return self._check(message.chunk)
            assert self._part is not None
            if isinstance(message, Promise):
                self._prepare(self._part, message.runs)
                return None
            assert isinstance(message, Turn)
            return self._commit(self._part, message)
        except PiaolianError as e:
            return Refused(e)

    def _open(self, begin: Begin) -> None:
        with begin.file.open("rb") as file:
            self._data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        self._table = Table(begin.columns, self._press.kinds) if begin.columns else None
        self._begin = begin

    # --- first: what needs no number -------------------------------------------------------------

    def _check(self, chunk: Chunk) -> Checked:
        assert self._begin is not None
        assert self._data is not None
        part = self._part = _Part(chunk)
        part.rows, rows = rows_of(
            self._data, chunk, self._begin.format, self._table, self._begin.row_limit
        )
        issuers = Issuers(self._views, self._begin.issuer)
        entries = list(_entries(part, rows, issuers))
        known = self._known((e.issuer, e.business_no) for e in entries)
        first: dict[tuple[str, str], _Entry] = {}
        for entry in entries:
            self._sort(part, entry, known, first, issuers)
        return Checked(part.count())

    def _sort(
        self,
        part: _Part,
        entry: _Entry,
        known: dict[tuple[str, str], KnownBill],
        first: dict[tuple[str, str], _Entry],
        issuers: Issuers,
    ) -> None:
        """What is there already is repeated, whatever has changed since; the rest must be right."""
        name = (entry.issuer, entry.business_no)
        try:
            if name in known:
                _repeat(part, entry.business_no, entry.digest, known[name])
                return
            if name in first:
                _repeat_row(part, entry, first[name])
                return
            request = self._press.check(entry.body, entry.written)
            issuer = issuers.active(entry.issuer, request.kind)
            assert entry.digest, "what passed the rules has a canonical form"
            draft = self._press.draft(entry.row, issuer, request, entry.digest)
        except (InputError, NotAllowed, StateConflict) as e:
            part.reject(entry.row, e)
            return
        first[name] = entry
        part.drafts.append(draft)

    def _known(self, names: Iterator[tuple[str, str]]) -> dict[tuple[str, str], KnownBill]:
        by_issuer: dict[str, set[str]] = {}
        for issuer, business_no in names:
            if not issuer or not business_no:
                continue
            by_issuer.setdefault(issuer, set()).add(business_no)
        return {
            (issuer, business_no): bill
            for issuer, wanted in by_issuer.items()
            for business_no, bill in self._store.known(issuer, sorted(wanted)).items()
        }

    # --- then: numbers ---------------------------------------------------------------------------

    def _prepare(self, part: _Part, runs: Runs) -> None:
        part.promised = runs
        part.made = self._numbered(part, runs)

    def _numbered(self, part: _Part, runs: Runs) -> list[NewBillRow]:
        """The bills with their numbers; the last drafts may go without."""
        numbers = {series: _keys(found) for series, found in runs.items()}
        made = []
        for draft in part.drafts:
            for segment_id, key in numbers[draft.series]:
                made.append(self._press.bill(draft, segment_id, BillNumber(key)))
                break
        made.sort()  # by key: the order of the table
        return made

    # --- at its turn: one transaction ------------------------------------------------------------

    def _commit(self, part: _Part, turn: Turn) -> Committed:
        taken: Runs = {}

        def make(runs: Runs) -> tuple[Sequence[NewBillRow], ChunkResult]:
            nonlocal taken
            taken = runs
            made = part.made if runs == part.promised else self._numbered(part, runs)
            return made, self._result(part, turn, _without(part, runs))

        while True:
            try:
                self._store.commit(part.wanted, make)
            except BusinessNoTaken:
                self._look_again(part)
            else:
                self._part = None
                return Committed(part.rows, taken)

    def _look_again(self, part: _Part) -> None:
        """Some bills came from elsewhere since the chunk was checked: they are not made twice."""
        known = self._known((d.series.issuer, d.request.business_no) for d in part.drafts)
        if not known:
            raise StateConflict("the bills of an import collide with others: nothing was stored")
        for draft in part.drafts:
            bill = known.get((draft.series.issuer, draft.request.business_no))
            if bill:
                try:
                    _repeat(part, draft.request.business_no, draft.body_hash, bill)
                except StateConflict as e:
                    part.reject(draft.row, e)
        part.drafts = [
            d for d in part.drafts if (d.series.issuer, d.request.business_no) not in known
        ]
        part.count()
        part.promised, part.made = {}, ()

    def _result(self, part: _Part, turn: Turn, without: Sequence[Draft]) -> ChunkResult:
        assert self._begin is not None
        errors = [
            RowError(d.row, "", NumbersExhausted.code, _EXHAUSTED.format(d.series.kind))
            for d in without
        ]
        return ChunkResult(
            import_id=self._begin.import_id,
            start=part.chunk.start,
            end=part.chunk.end,
            last=turn.last,
            rows=part.rows,
            repeated=part.repeated,
            rejected=part.rejected + len(without),
            errors=[
                RowError(turn.first_row + e.row, e.path, e.code, e.message)
                for e in sorted([*part.errors, *errors], key=lambda e: e.row)
            ],
            last_keys=part.last_keys,
            worked_ms=turn.worked_ms,
        )


_EXHAUSTED = "no bill number is left for kind {!r}: ask the supervisor to grant numbers"


@dataclass(frozen=True, slots=True)
class _Entry:
    """A row that could be read; empty texts stand for an issuer or number that is not clear."""

    row: int
    issuer: str
    business_no: str
    digest: bytes | None
    body: object
    written: bytes | None


def _entries(part: _Part, rows: Sequence[Row], issuers: Issuers) -> Iterator[_Entry]:
    for row, body, written in rows:
        if isinstance(body, InputError):
            part.reject(row, body)
            continue
        try:
            digest = hashlib.sha256(written or canonical_json(body)).digest()
        except MalformedInput:  # the rules will name the field
            digest = None
        yield _Entry(row, issuers.of(body), _business_no(body), digest, body, written)


def _business_no(body: object) -> str:
    found = body.get("business_no") if isinstance(body, dict) else None
    return found if isinstance(found, str) else ""


def _repeat(part: _Part, business_no: str, digest: bytes | None, bill: KnownBill) -> None:
    if digest is None or bill.body_hash != digest:
        raise StateConflict(
            f"business_no {business_no!r} was already issued as bill "
            f"{BillNumber(bill.bill_key)}, with other content"
        )
    part.repeated += 1
    last = part.last_keys.get(bill.segment_id, 0)
    part.last_keys[bill.segment_id] = max(last, bill.bill_key)


def _repeat_row(part: _Part, entry: _Entry, first: _Entry) -> None:
    if entry.digest != first.digest:
        raise StateConflict(
            f"business_no {entry.business_no!r} stands {entry.row - first.row} rows above, "
            "with other content"
        )
    part.repeated += 1


def _keys(runs: Sequence[Run]) -> Iterator[tuple[int, int]]:
    for run in runs:
        for key in range(run.first_key, run.end_key):
            yield run.segment_id, key


def _without(part: _Part, runs: Runs) -> list[Draft]:
    """The drafts for which there are no numbers: the last ones of their series."""
    left = {series: sum(run.size for run in found) for series, found in runs.items()}
    if left == part.wanted:
        return []
    without = []
    for draft in part.drafts:
        left[draft.series] -= 1
        if left[draft.series] < 0:
            without.append(draft)
    return without
