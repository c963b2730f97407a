"""Projections of the chain's events: each table here can be rebuilt from ``events`` alone."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, delete, insert, select, update
from sqlalchemy.exc import SQLAlchemyError

from frontend_api.domain.errors import StateConflict
from frontend_api.domain.flags import PAYER_KINDS, ROLES
from frontend_api.domain.money import MAX_FEN
from frontend_api.domain.numbers import NUMBERS_PER_CODE
from frontend_api.domain.states import ClaimState
from frontend_api.ports import ChainBlock, ChainLog
from frontend_api.store.database import Database
from frontend_api.store.schema import (
    PROJECTIONS,
    anchors,
    chain_keys,
    claims,
    counters,
    cursor,
    events,
    grants,
    issuers,
    payers,
    segments,
    series,
    voids,
)

_CURSOR = "chain"
# Which bytes in the events are texts: USCCs, padded on the right.
_USCC_ARGS = frozenset({"uscc", "owner", "issuer", "payer"})

# The largest number that a column holds. The contracts count further, and anyone may fill their
# events: what this platform cannot have written must not stop it from reading on.
_MAX = 2**63 - 1
_CHUNK = 1_000  # rows at a time, however many there are

Args = Mapping[str, Any]


class SqlProjections:
    """Implements ``ports.Projections``."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def cursor(self) -> ChainBlock | None:
        """See ``ports.Projections.cursor``; the time is not kept (0)."""
        with self._db.read() as c:
            return read_cursor(c)

    def apply(self, entries: Sequence[tuple[ChainLog, int]], upto: ChainBlock) -> None:
        """See ``ports.Projections.apply``."""
        with self._db.write() as c:
            for log, block_time in entries:
                row = _event_row(log, block_time)
                c.execute(insert(events), row)
                _project(c, row)
            _move_cursor(c, upto)

    def event_blocks(self) -> Iterator[ChainBlock]:
        """See ``ports.Projections.event_blocks``."""
        with self._db.read() as c:
            rows = c.execute(
                select(events.c.block_number, events.c.block_hash, events.c.block_time)
                .distinct()
                .order_by(events.c.block_number.desc())
            ).all()
        for row in rows:
            yield ChainBlock(row.block_number, bytes(row.block_hash), row.block_time)

    def rewind(self, to: ChainBlock | None) -> None:
        """See ``ports.Projections.rewind``."""
        with self._db.write() as c:
            for table in PROJECTIONS:
                if table is not events:
                    c.execute(delete(table))
            c.execute(delete(events).where(events.c.block_number > (to.number if to else -1)))
            for row in _in_order(c):
                _project(c, row)
            c.execute(delete(cursor).where(cursor.c.name == _CURSOR))
            if to:
                _move_cursor(c, to)

    def copy_events(self, source: Connection, upto: ChainBlock | None) -> None:
        """Take the events stored in another database instead of the chain's.

        Raises StateConflict naming the event that cannot be read again.
        """
        with self._db.write() as c:
            for row in _in_order(source):
                try:
                    c.execute(insert(events), row)
                    _project(c, row)
                except (LookupError, ValueError, TypeError, SQLAlchemyError) as e:
                    place = f"{row['block_number']}/{row['log_index']}"
                    raise StateConflict(
                        f"the stored event {place} cannot be read again: it was altered. "
                        "With the chain at hand, `piaolian reindex` mends it"
                    ) from e
            if upto:
                _move_cursor(c, upto)

    def become(self, source: Connection) -> None:
        """Take all projections of another database, in one transaction: until it commits, and
        after a crash in the middle, readers see the old ones. Numbers handed out stay so.
        """
        with self._db.write() as c:
            for table in (*PROJECTIONS, cursor):
                c.execute(delete(table))
                rows = source.execute(select(table).execution_options(yield_per=_CHUNK)).mappings()
                for chunk in rows.partitions(_CHUNK):
                    c.execute(insert(table), [dict(row) for row in chunk])
            for row in source.execute(select(counters)):
                _raise_counter(c, row.segment_id, row.next_key)


def read_cursor(c: Connection) -> ChainBlock | None:
    """The last block whose events are in this database; its time is not kept (0)."""
    row = c.execute(select(cursor).where(cursor.c.name == _CURSOR)).first()
    return ChainBlock(row.block_number, bytes(row.block_hash), 0) if row else None


def _in_order(c: Connection) -> Iterator[dict[str, Any]]:
    ordered = select(events).order_by(events.c.block_number, events.c.log_index)
    for row in c.execute(ordered.execution_options(yield_per=_CHUNK)).mappings():
        yield dict(row)


def _raise_counter(c: Connection, segment_id: int, next_key: int) -> None:
    """At least ``next_key``: what was handed out here stays handed out."""
    here = counters.c.segment_id == segment_id
    if not c.execute(select(counters.c.segment_id).where(here)).first():
        c.execute(insert(counters), {"segment_id": segment_id, "next_key": next_key})
    below = update(counters).where(here, counters.c.next_key < next_key)
    c.execute(below.values(next_key=next_key))


def _move_cursor(c: Connection, upto: ChainBlock) -> None:
    c.execute(delete(cursor).where(cursor.c.name == _CURSOR))
    c.execute(
        insert(cursor),
        {"name": _CURSOR, "block_number": upto.number, "block_hash": upto.hash},
    )


def _event_row(log: ChainLog, block_time: int) -> dict[str, Any]:
    args = {name: _plain(name, value) for name, value in log.args.items()}
    return {
        "block_number": log.block_number,
        "log_index": log.log_index,
        "block_hash": log.block_hash,
        "block_time": block_time,
        "transaction_hash": log.transaction_hash,
        "contract": log.contract,
        "event": log.event,
        "args": json.dumps(args, ensure_ascii=False),
        "bill_key": key if (key := args.get("bill_key", _MAX)) < _MAX else None,
    }


def _plain(name: str, value: Any) -> Any:
    if isinstance(value, bytes):
        if name in _USCC_ARGS:
            return value.rstrip(b"\0").decode("ascii", "replace")
        return "0x" + value.hex()
    return value


def _project(c: Connection, row: Mapping[str, Any]) -> None:
    handler = _HANDLERS.get(row["event"])
    if handler:
        handler(c, json.loads(row["args"]), row)


def _bytes(text: str) -> bytes:
    return bytes.fromhex(text[2:])


def _issuer_admitted(c: Connection, a: Args, _row: Args) -> None:
    c.execute(
        insert(issuers),
        {"uscc": a["uscc"], "name": a["name"], "region": a["region"], "status": "ACTIVE"},
    )


def _payer_admitted(c: Connection, a: Args, _row: Args) -> None:
    c.execute(
        insert(payers),
        {
            "uscc": a["uscc"],
            "name": a["name"],
            "kind": PAYER_KINDS[a["payer_kind"]],
            "status": "ACTIVE",
        },
    )


def _standing(table: Any, status: str) -> Callable[[Connection, Args, Args], None]:
    def change(c: Connection, a: Args, _row: Args) -> None:
        c.execute(update(table).where(table.c.uscc == a["uscc"]).values(status=status))

    return change


def _key_registered(c: Connection, a: Args, _row: Args) -> None:
    c.execute(
        insert(chain_keys),
        {"address": a["key"], "owner": a["owner"], "role": ROLES[a["role"]], "revoked": False},
    )


def _key_revoked(c: Connection, a: Args, _row: Args) -> None:
    c.execute(update(chain_keys).where(chain_keys.c.address == a["key"]).values(revoked=True))


def _series_opened(c: Connection, a: Args, _row: Args) -> None:
    c.execute(insert(series), {"bill_code": f"{a['bill_code']:08d}", "kind": a["kind"]})


def _numbers_granted(c: Connection, a: Args, _row: Args) -> None:
    code = f"{a['bill_code']:08d}"
    _new_segment(c, a["segment_id"], a["issuer"], code, a["first"], a["count"])


def _new_segment(
    c: Connection, segment_id: int, issuer: str, code: str, first: int, count: int
) -> None:
    first_key = int(code) * NUMBERS_PER_CODE + first
    kind = c.execute(select(series.c.kind).where(series.c.bill_code == code)).scalar_one()
    c.execute(
        insert(segments),
        {
            "segment_id": segment_id,
            "issuer": issuer,
            "bill_code": code,
            "kind": kind,
            "first_key": first_key,
            "size": count,
        },
    )
    _raise_counter(c, segment_id, first_key)


def _segment_shortened(c: Connection, a: Args, _row: Args) -> None:
    c.execute(
        update(segments)
        .where(segments.c.segment_id == a["segment_id"])
        .values(size=segments.c.size - a["count"])
    )


def _segment_split(c: Connection, a: Args, row: Args) -> None:
    _segment_shortened(c, a, row)
    code = c.execute(
        select(segments.c.bill_code).where(segments.c.segment_id == a["segment_id"])
    ).scalar_one()
    _new_segment(c, a["part_id"], a["issuer"], code, a["first"], a["count"])


def _anchored(c: Connection, a: Args, row: Args) -> None:
    c.execute(
        insert(anchors),
        {
            "batch_id": a["batch_id"],
            "size": a["count"],
            "root": _bytes(a["root"]),
            "sum_fen": min(a["sum_fen"], _MAX),
            "segment_id": a["segment_id"],
            "issuer": a["issuer"],
            "signer": a["signer"],
            "block_number": row["block_number"],
            "block_hash": row["block_hash"],
            "block_time": row["block_time"],
            "transaction_hash": row["transaction_hash"],
        },
    )
    # A database that came back older must not hand out again what the chain has.
    _raise_counter(c, a["segment_id"], a["batch_id"] + a["count"])


def _voided(c: Connection, a: Args, row: Args) -> None:
    c.execute(
        insert(voids),
        {"bill_key": a["bill_key"], "reason": a["reason"], "block_time": row["block_time"]},
    )


def _granted(c: Connection, a: Args, row: Args) -> None:
    if row["bill_key"] is None or a["cap_fen"] > MAX_FEN or a["expires_at"] > _MAX:
        return  # of no bill, or for more than any bill: nothing here can use it
    c.execute(
        insert(grants),
        {
            "grant_id": _bytes(a["grant_id"]),
            "bill_key": a["bill_key"],
            "holder": _bytes(a["holder"]),
            "payer": a["payer"],
            "purpose": _bytes(a["purpose"]),
            "field_set": _bytes(a["field_set"]),
            "cap_fen": a["cap_fen"],
            "expires_at": a["expires_at"],
            "no_statutory": a["no_statutory"],
            "nonce": str(a["nonce"]),
            "revoked": False,
        },
    )


def _grant_revoked(c: Connection, a: Args, _row: Args) -> None:
    c.execute(update(grants).where(grants.c.grant_id == _bytes(a["grant_id"])).values(revoked=True))


def _locked(c: Connection, a: Args, _row: Args) -> None:
    c.execute(
        insert(claims),
        {
            "payer": a["payer"],
            "bill_key": a["bill_key"],
            "claim_id": _bytes(a["claim_id"]),
            "state": ClaimState.RESERVED,
            "reserved_fen": min(a["amount_fen"], _MAX),
            "approved_fen": 0,
            "expires_at": a["expires_at"],
            "statutory": a["statutory"],
        },
    )


def _this_claim(a: Args) -> ColumnElement[bool]:
    return and_(
        claims.c.payer == a["payer"],
        claims.c.bill_key == a["bill_key"],
        claims.c.claim_id == _bytes(a["claim_id"]),
    )


def _claim_ended(state: ClaimState) -> Callable[[Connection, Args, Args], None]:
    def change(c: Connection, a: Args, _row: Args) -> None:
        c.execute(
            update(claims)
            .where(_this_claim(a))
            .values(state=state, approved_fen=min(a.get("approved_fen", 0), _MAX))
        )

    return change


def _claim_recovered(c: Connection, a: Args, _row: Args) -> None:
    c.execute(update(claims).where(_this_claim(a)).values(state=ClaimState.RECOVERED))


def _accounted(c: Connection, a: Args, _row: Args) -> None:
    fen = min(a["amount_fen"], _MAX)
    c.execute(
        insert(claims),
        {
            "payer": a["payer"],
            "bill_key": a["bill_key"],
            "claim_id": _bytes(a["claim_id"]),
            "state": ClaimState.SETTLED,
            "reserved_fen": fen,
            "approved_fen": fen,
            "expires_at": 0,
            "statutory": False,
        },
    )


_HANDLERS: dict[str, Callable[[Connection, Args, Args], None]] = {
    "IssuerAdmitted": _issuer_admitted,
    "IssuerSuspended": _standing(issuers, "SUSPENDED"),
    "IssuerResumed": _standing(issuers, "ACTIVE"),
    "IssuerRevoked": _standing(issuers, "REVOKED"),
    "PayerAdmitted": _payer_admitted,
    "PayerSuspended": _standing(payers, "SUSPENDED"),
    "PayerResumed": _standing(payers, "ACTIVE"),
    "PayerRevoked": _standing(payers, "REVOKED"),
    "KeyRegistered": _key_registered,
    "KeyRevoked": _key_revoked,
    "KeyDisowned": _key_revoked,
    "SeriesOpened": _series_opened,
    "NumbersGranted": _numbers_granted,
    "SegmentSplit": _segment_split,
    "NumbersReturned": _segment_shortened,
    "Anchored": _anchored,
    "Voided": _voided,
    "Granted": _granted,
    "GrantRevoked": _grant_revoked,
    "Locked": _locked,
    "Settled": _claim_ended(ClaimState.SETTLED),
    "Rejected": _claim_ended(ClaimState.REJECTED),
    "Expired": _claim_ended(ClaimState.EXPIRED),
    "Recovered": _claim_recovered,
    "Accounted": _accounted,
}
