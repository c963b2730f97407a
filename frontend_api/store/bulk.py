"""Many bills in one transaction, with the numbers they take and the progress of their import."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, bindparam, insert, select, update
from sqlalchemy.exc import IntegrityError

from frontend_api.domain.errors import StateConflict
from frontend_api.ports import (
    BusinessNoTaken,
    ChunkResult,
    Clock,
    ImportState,
    KnownBill,
    NewBillRow,
    Runs,
    Series,
)
from frontend_api.store.database import Database
from frontend_api.store.numbers import take_numbers
from frontend_api.store.schema import bills, import_errors, imports

MAX_ERRORS = 100_000  # of one import that are listed: enough to see what is wrong with a file

Made = tuple[Sequence[NewBillRow], ChunkResult]


class SqlBulk:
    """Implements ``ports.BulkStore``."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._db = database
        self._clock = clock

    def known(self, issuer: str, business_nos: Sequence[str]) -> dict[str, KnownBill]:
        """Bills that are already there, by business number."""
        with self._db.read() as c:
            rows = c.execute(_KNOWN, {"issuer": issuer, "business_nos": business_nos}).all()
        return {
            no: KnownBill(key, segment, bytes(digest) if digest else None)
            for no, key, segment, digest in rows
        }

    def commit(self, wanted: Mapping[Series, int], make: Callable[[Runs], Made]) -> None:
        """See ``ports.BulkStore.commit``."""
        try:
            with self._db.write() as c:
                rows, result = make({s: take_numbers(c, s, n) for s, n in wanted.items()})
                if rows:
                    self._db.insert_many(c, bills, NewBillRow._fields, rows)
                self._advance(c, result, rows)
        except IntegrityError as e:  # the keys are ours alone: it is a business number
            raise BusinessNoTaken("a business number was used meanwhile") from e

    def _advance(self, c: Connection, result: ChunkResult, rows: Sequence[NewBillRow]) -> None:
        job = c.execute(
            select(imports).where(imports.c.import_id == result.import_id).with_for_update()
        ).first()
        if job is None or job.position != result.start or ImportState(job.state).final:
            raise StateConflict("another process went on with this import")
        room = max(0, MAX_ERRORS - job.errors)
        if result.errors[:room]:
            c.execute(
                insert(import_errors),
                [
                    {
                        "import_id": result.import_id,
                        "position": job.errors + i,
                        "row": e.row,
                        "path": e.path,
                        "code": e.code,
                        "message": e.message,
                    }
                    for i, e in enumerate(result.errors[:room], start=1)
                ],
            )
        c.execute(
            update(imports)
            .where(imports.c.import_id == result.import_id)
            .values(**_progress(job, result, rows), updated_at=self._clock())
        )


# Compiled once: its list of business numbers is expanded at every use.
_KNOWN = select(bills.c.business_no, bills.c.bill_key, bills.c.segment_id, bills.c.body_hash).where(
    bills.c.issuer == bindparam("issuer"),
    bills.c.business_no.in_(bindparam("business_nos", expanding=True)),
)


def _progress(job: Row[Any], result: ChunkResult, rows: Sequence[NewBillRow]) -> dict[str, Any]:
    last_keys = {int(segment): key for segment, key in json.loads(job.last_keys).items()}
    for segment, key in [*result.last_keys.items(), *((r.segment_id, r.bill_key) for r in rows)]:
        last_keys[segment] = max(key, last_keys.get(segment, 0))
    return {
        "state": ImportState.DONE if result.last else ImportState.RUNNING,
        "position": result.end,
        "rows_read": job.rows_read + result.rows,
        "accepted": job.accepted + len(rows),
        "repeated": job.repeated + result.repeated,
        "rejected": job.rejected + result.rejected,
        "errors": job.errors + len(result.errors),
        "worked_ms": job.worked_ms + result.worked_ms,
        "last_keys": json.dumps(last_keys),
    }
