"""Handing out bill numbers: consecutive ones, from the segments that the chain granted."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from sqlalchemy import Connection, select, update

from frontend_api.ports import Run, Series
from frontend_api.store.schema import counters, segments

_NOTHING: Mapping[int, int] = MappingProxyType({})


def next_runs(
    c: Connection, series: Series, count: int, promised: Mapping[int, int] = _NOTHING
) -> list[Run]:
    """The runs that ``count`` bills would get; fewer numbers if too few are left.

    ``promised`` has, by segment, the key before which numbers are promised to others.
    """
    statement = (
        select(
            segments.c.segment_id,
            counters.c.next_key,
            (segments.c.first_key + segments.c.size).label("end"),
        )
        .join(counters, counters.c.segment_id == segments.c.segment_id)
        .where(
            segments.c.issuer == series.issuer,
            segments.c.kind == series.kind,
            segments.c.bill_code.like(f"______{series.year % 100:02d}"),
            counters.c.next_key < segments.c.first_key + segments.c.size,
        )
        .order_by(segments.c.segment_id)
    )
    if series.bill_code:
        statement = statement.where(segments.c.bill_code == series.bill_code)
    runs = []
    for segment_id, next_key, end in c.execute(statement):
        first = max(next_key, promised.get(segment_id, 0))
        taken = min(count, end - first)
        if taken > 0:
            count -= taken
            runs.append(Run(segment_id, first, taken))
        if not count:
            break
    return runs


def take_numbers(c: Connection, series: Series, count: int) -> list[Run]:
    """The next ``count`` numbers, or as many as are left; they are used from now on.

    Call it in a write transaction that also stores the bills, in the order of the numbers.
    """
    runs = next_runs(c, series, count)
    for run in runs:
        c.execute(
            update(counters)
            .where(counters.c.segment_id == run.segment_id)
            .values(next_key=run.end_key)
        )
    return runs
