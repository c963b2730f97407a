"""Imports and their errors."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row, and_, bindparam, func, insert, select, update

from frontend_api.domain.errors import IdempotencyKeyReused, NotFound
from frontend_api.ports import (
    Clock,
    ImportFormat,
    ImportJob,
    ImportState,
    NewImport,
    RowError,
    Run,
    Series,
)
from frontend_api.store.database import Database
from frontend_api.store.numbers import next_runs
from frontend_api.store.schema import anchors, import_errors, imports, segments

_OPEN = (ImportState.WAITING, ImportState.RUNNING)


class SqlImports:
    """Implements ``ports.ImportStore``."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._db = database
        self._clock = clock

    def create(self, new: NewImport) -> ImportJob:
        """See ``ports.ImportStore.create``."""
        this = imports.c.import_id == new.import_id
        if new.idempotency_key:
            this = and_(
                imports.c.issuer == new.issuer, imports.c.idempotency_key == new.idempotency_key
            )
        with self._db.write() as c:
            known = c.execute(select(imports).where(this)).first()
            if known is None:
                c.execute(insert(imports), _new_row(new, self._clock()))
                known = c.execute(select(imports).where(this)).one()
        if bytes(known.sha256) != new.sha256 or known.format != new.format:
            raise IdempotencyKeyReused(
                "this Idempotency-Key was already used for another file: use a new key"
            )
        return _job(known)

    def get(self, import_id: str) -> ImportJob:
        """See ``ports.ImportStore.get``."""
        with self._db.read() as c:
            row = c.execute(select(imports).where(imports.c.import_id == import_id)).first()
        if row is None:
            raise NotFound("there is no such import")
        return _job(row)

    def unfinished(self) -> list[ImportJob]:
        """See ``ports.ImportStore.unfinished``."""
        with self._db.read() as c:
            rows = c.execute(
                select(imports)
                .where(imports.c.state.in_(_OPEN))
                .order_by(imports.c.created_at, imports.c.import_id)
            ).all()
        return [_job(row) for row in rows]

    def errors(self, import_id: str, after: int, limit: int) -> list[tuple[int, RowError]]:
        """See ``ports.ImportStore.errors``."""
        e = import_errors.c
        with self._db.read() as c:
            rows = c.execute(
                select(import_errors)
                .where(e.import_id == import_id, e.position > after)
                .order_by(e.position)
                .limit(limit)
            ).all()
        return [(r.position, RowError(r.row, r.path, r.code, r.message)) for r in rows]

    def give_up(self, import_id: str, reason: str) -> None:
        """See ``ports.ImportStore.give_up``."""
        with self._db.write() as c:
            c.execute(
                update(imports)
                .where(imports.c.import_id == import_id, imports.c.state.in_(_OPEN))
                .values(state=ImportState.GIVEN_UP, reason=reason, updated_at=self._clock())
            )

    def anchored_before(self, bill_keys: Sequence[int]) -> dict[int, int]:
        """See ``ports.ImportStore.anchored_before``."""
        # Batches of a segment follow each other, and no other's lie between its numbers: the last
        # one that begins at or before a key tells, by one look into the primary key.
        end = (
            select(anchors.c.batch_id + anchors.c.size)
            .where(anchors.c.batch_id <= bindparam("key"))
            .order_by(anchors.c.batch_id.desc())
            .limit(1)
        )
        first = select(func.max(segments.c.first_key)).where(
            segments.c.first_key <= bindparam("key")
        )
        with self._db.read() as c:
            return {
                key: max(c.execute(q, {"key": key}).scalar() or 0 for q in (end, first))
                for key in bill_keys
            }

    def promise(self, series: Series, count: int, promised: Mapping[int, int]) -> list[Run]:
        """See ``ports.ImportStore.promise``."""
        with self._db.read() as c:
            return next_runs(c, series, count, promised)


def _new_row(new: NewImport, now: int) -> dict[str, Any]:
    return {
        "import_id": new.import_id,
        "issuer": new.issuer,
        "idempotency_key": new.idempotency_key,
        "format": new.format,
        "file_name": new.file_name,
        "source": new.source,
        "sha256": new.sha256,
        "size": new.size,
        "start": new.start,
        "rows_total": new.rows_total,
        "state": ImportState.WAITING,
        "position": new.start,
        **dict.fromkeys(("rows_read", "accepted", "repeated", "rejected"), 0),
        **dict.fromkeys(("errors", "worked_ms"), 0),
        "last_keys": "{}",
        "created_at": now,
        "updated_at": now,
    }


def _job(row: Row[Any]) -> ImportJob:
    return ImportJob(
        new=NewImport(
            import_id=row.import_id,
            issuer=row.issuer,
            format=ImportFormat(row.format),
            file_name=row.file_name,
            source=row.source,
            sha256=bytes(row.sha256),
            size=row.size,
            start=row.start,
            rows_total=row.rows_total,
            idempotency_key=row.idempotency_key,
        ),
        state=ImportState(row.state),
        reason=row.reason,
        position=row.position,
        rows_read=row.rows_read,
        accepted=row.accepted,
        repeated=row.repeated,
        rejected=row.rejected,
        errors=row.errors,
        worked_ms=row.worked_ms,
        last_keys={int(segment): key for segment, key in json.loads(row.last_keys).items()},
        created_at=row.created_at,
        updated_at=row.updated_at,
    )
