"""Reads of the projections."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import Row, func, select

from frontend_api.domain.grant import Grant
from frontend_api.domain.states import ClaimState, PayerKind
from frontend_api.ports import ChainIssuer, ClaimRecord, PayerRecord, TrailEvent
from frontend_api.store.database import Database
from frontend_api.store.schema import (
    chain_keys,
    claims,
    events,
    grants,
    issuers,
    payers,
    segments,
    series,
)


class SqlViews:
    """Implements ``ports.Views``."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def _first(self, statement: Any) -> Any:
        with self._db.read() as c:
            return c.execute(statement).first()

    def _all(self, statement: Any) -> Any:
        with self._db.read() as c:
            return c.execute(statement).all()

    def issuer(self, uscc: str) -> ChainIssuer | None:
        row = self._first(select(issuers).where(issuers.c.uscc == uscc))
        return ChainIssuer(row.uscc, row.name, row.region, row.status) if row else None

    def payer(self, uscc: str) -> PayerRecord | None:
        row = self._first(select(payers).where(payers.c.uscc == uscc))
        return PayerRecord(row.uscc, row.name, PayerKind(row.kind), row.status) if row else None

    def key_known(self, address: str) -> bool:
        """Whether the registry has a live key of this address."""
        row = self._first(select(chain_keys.c.revoked).where(chain_keys.c.address == address))
        return row is not None and not row.revoked

    def series_kind(self, bill_code: str) -> str | None:
        row = self._first(select(series.c.kind).where(series.c.bill_code == bill_code))
        return str(row.kind) if row else None

    def issuers_of_kind(self, kind: str) -> list[str]:
        """See ``ports.Views.issuers_of_kind``."""
        rows = self._all(
            select(segments.c.issuer).where(segments.c.kind == kind).distinct().order_by("issuer")
        )
        return [str(row.issuer) for row in rows]

    def segment_count(self) -> int:
        return int(self._first(select(func.count()).select_from(segments))[0])

    def claims(self, bill_key: int) -> list[ClaimRecord]:
        rows = self._all(select(claims).where(claims.c.bill_key == bill_key))
        return [_claim(row) for row in rows]

    def claim(self, payer: str, bill_key: int, claim_id: bytes) -> ClaimRecord | None:
        row = self._first(
            select(claims).where(
                claims.c.payer == payer,
                claims.c.bill_key == bill_key,
                claims.c.claim_id == claim_id,
            )
        )
        return _claim(row) if row else None

    def live_grants(self, bill_key: int, payer: str, holder: bytes) -> list[Grant]:
        """Grants that are not revoked, the longest-lived first; expiry is the caller's question."""
        rows = self._all(
            select(grants)
            .where(
                grants.c.bill_key == bill_key,
                grants.c.payer == payer,
                grants.c.holder == holder,
                grants.c.revoked.is_(False),
            )
            .order_by(grants.c.expires_at.desc())
        )
        return [_grant(row) for row in rows]

    def granted(self, bill_key: int, payer: str, holder: bytes) -> bool:
        """See ``ports.Views.granted``."""
        return (
            self._first(
                select(grants.c.grant_id).where(
                    grants.c.bill_key == bill_key,
                    grants.c.payer == payer,
                    grants.c.holder == holder,
                )
            )
            is not None
        )

    def field_sets(self, bill_key: int, payer: str, holder: bytes) -> frozenset[bytes]:
        """See ``ports.Views.field_sets``."""
        rows = self._all(
            select(grants.c.field_set)
            .where(
                grants.c.bill_key == bill_key,
                grants.c.payer == payer,
                grants.c.holder == holder,
            )
            .distinct()
        )
        return frozenset(bytes(row.field_set) for row in rows)

    def trail(self, bill_key: int) -> list[TrailEvent]:
        rows = self._all(
            select(events)
            .where(events.c.bill_key == bill_key)
            .order_by(events.c.block_number, events.c.log_index)
        )
        return [
            TrailEvent(
                r.event,
                json.loads(r.args),
                r.block_number,
                r.block_time,
                bytes(r.transaction_hash),
            )
            for r in rows
        ]


def _claim(row: Row[Any]) -> ClaimRecord:
    return ClaimRecord(
        bill_key=row.bill_key,
        payer=row.payer,
        claim_id=bytes(row.claim_id),
        state=ClaimState(row.state),
        reserved_fen=row.reserved_fen,
        approved_fen=row.approved_fen,
        expires_at=row.expires_at,
        statutory=row.statutory,
    )


def _grant(row: Row[Any]) -> Grant:
    return Grant(
        holder=bytes(row.holder),
        bill_key=row.bill_key,
        payer=row.payer,
        purpose=bytes(row.purpose),
        field_set=bytes(row.field_set),
        cap_fen=row.cap_fen,
        expires_at=row.expires_at,
        no_statutory=row.no_statutory,
        nonce=int(row.nonce),
    )
