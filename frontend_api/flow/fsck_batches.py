"""Bills together: numbers without a gap, counters, and every batch's root, count and sum."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence

from frontend_api.commitment.tree import RunningRoot
from frontend_api.domain.anchor import Deployment
from frontend_api.flow.fsck_bills import bill_name
from frontend_api.flow.fsck_findings import Finding, mismatch, missing
from frontend_api.ports import BatchRow, BillRow, ChainReader, Records, SegmentRow

_GIVEN = ("size", "root", "sum_fen")
_IN_CONTRACT = {"size": "count", "root": "root", "sum_fen": "sum_fen", "segment_id": "segment_id",
                "issuer": "issuer"}  # fmt: skip


def check_numbers(records: Records, segments: Iterable[SegmentRow]) -> Iterator[Finding]:
    """Every number handed out of a segment has its bill, and the counter stands right."""
    for segment in segments:
        upto = records.next_key(segment.segment_id)
        if upto is None:
            yield missing("counter-missing", segment.segment_id)
            continue
        last = segment.first_key - 1
        for key in records.keys(segment.first_key, segment.end_key):
            yield from _gap(last + 1, key)
            last = key
        if last < upto <= segment.end_key:
            yield from _gap(last + 1, upto)
        else:
            bounds = f"{last + 1} – {segment.end_key}"
            yield mismatch("counter-wrong", segment.segment_id, "next_key", upto, bounds)


def _gap(first: int, end: int) -> Iterator[Finding]:
    if first < end:
        name = bill_name(first)
        yield missing(
            "bill-missing", name if end == first + 1 else f"{name} – {bill_name(end - 1)}"
        )


class SegmentMap:
    """Which segment a bill key belongs to; segments are few, bills are many."""

    def __init__(self, segments: Sequence[SegmentRow]) -> None:
        self._segments = segments
        self._firsts = [segment.first_key for segment in segments]

    def check(self, row: BillRow) -> Iterator[Finding]:
        """The bill lies in the segment that its row names."""
        at = bisect_right(self._firsts, row.bill_key) - 1
        segment = self._segments[at] if at >= 0 else None
        inside = segment if segment and row.bill_key < segment.end_key else None
        right = inside.segment_id if inside else "none"
        if row.segment_id != right:
            yield mismatch(
                "bill-outside", bill_name(row.bill_key), "segment_id", row.segment_id, right
            )


def check_sealed(records: Records) -> Iterator[Finding]:
    """Batches sealed here are what their bills give."""
    for batch in records.sealed():
        made = _remade(records, batch)
        for field in _GIVEN:
            if getattr(batch, field) != getattr(made, field):
                yield mismatch(
                    "batch-altered", _name(batch), field, getattr(batch, field),
                    getattr(made, field),
                )  # fmt: skip


def check_anchored(records: Records, anchors: Iterable[BatchRow]) -> Iterator[Finding]:
    """Batches of the chain's events are what the bills here give."""
    for batch in anchors:
        made = _remade(records, batch)
        for field in _GIVEN:
            if getattr(batch, field) != getattr(made, field):
                yield mismatch(
                    "batch-differs-from-event", _name(batch), field, getattr(made, field),
                    getattr(batch, field),
                )  # fmt: skip


def check_contract(batch: BatchRow, chain: ChainReader, deployment: Deployment) -> list[Finding]:
    """The contract's storage holds what its event said. Raises ChainUnreachable."""
    held = chain.batch(deployment, batch.batch_id)
    if held is None:
        return [missing("batch-not-in-contract", _name(batch))]
    return [
        mismatch(
            "batch-differs-from-contract", _name(batch), field, getattr(batch, field),
            getattr(held, name),
        )
        for field, name in _IN_CONTRACT.items()
        if getattr(batch, field) != getattr(held, name)
    ]  # fmt: skip


def _remade(records: Records, batch: BatchRow) -> BatchRow:
    root, total = RunningRoot(), 0
    for _, leaf, amount in records.leaves(batch.batch_id, batch.batch_id + batch.size):
        root.add(leaf if isinstance(leaf, bytes) else b"")
        total += amount if isinstance(amount, int) else 0
    return BatchRow(batch.batch_id, batch.segment_id, batch.issuer, root.size, root.root(), total)


def _name(batch: BatchRow) -> str:
    return bill_name(batch.batch_id)
