"""The stored rows as they are, streamed from one snapshot."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, Select, and_, func, select

from frontend_api.domain.states import Role
from frontend_api.ports import BatchRow, BillRow, LooseEnd, SegmentRow, SignedRow, TxState
from frontend_api.store.schema import (
    anchors,
    batches,
    bills,
    commands,
    counters,
    idempotency,
    segments,
    signing_keys,
    transactions,
)

_CHUNK = 500
_BILL = tuple(bills.c[name] for name in BillRow.__dataclass_fields__)
_BATCH = tuple(BatchRow.__dataclass_fields__)


class SqlRecords:
    """Implements ``ports.Records`` over one open transaction."""

    def __init__(self, connection: Connection) -> None:
        self._c = connection

    def bill_count(self) -> int:
        """How many bills there are."""
        return int(self._c.execute(select(func.count()).select_from(bills)).scalar_one())

    def bills(self) -> Iterator[BillRow]:
        """See ``ports.Records.bills``."""
        for row in self._stream(select(*_BILL).order_by(bills.c.bill_key)):
            yield BillRow(*row)

    def keys(self, first_key: int, end_key: int) -> Iterator[int]:
        """See ``ports.Records.keys``."""
        for row in self._stream(_between(select(bills.c.bill_key), first_key, end_key)):
            yield row.bill_key

    def leaves(self, first_key: int, end_key: int) -> Iterator[tuple[int, Any, Any]]:
        """See ``ports.Records.leaves``."""
        chosen = select(bills.c.bill_key, bills.c.leaf, bills.c.amount_fen)
        for row in self._stream(_between(chosen, first_key, end_key)):
            yield row.bill_key, row.leaf, row.amount_fen

    def sealed(self) -> Iterator[BatchRow]:
        """See ``ports.Records.sealed``."""
        chosen = select(*(batches.c[name] for name in _BATCH))
        for row in self._stream(chosen.order_by(batches.c.batch_id)):
            yield BatchRow(*row)

    def anchors(self) -> Iterator[BatchRow]:
        """See ``ports.Records.anchors``."""
        chosen = select(*(anchors.c[name] for name in _BATCH))
        for row in self._stream(chosen.order_by(anchors.c.batch_id)):
            yield BatchRow(*row)

    def segments(self) -> Iterator[SegmentRow]:
        """See ``ports.Records.segments``."""
        chosen = select(
            segments.c.segment_id, segments.c.issuer, segments.c.first_key, segments.c.size
        )
        for row in self._stream(chosen.order_by(segments.c.first_key)):
            yield SegmentRow(*row)

    def next_key(self, segment_id: int) -> int | None:
        """See ``ports.Records.next_key``."""
        chosen = select(counters.c.next_key).where(counters.c.segment_id == segment_id)
        return self._c.execute(chosen).scalar()

    def issuers_here(self) -> frozenset[str]:
        """See ``ports.Records.issuers_here``."""
        chosen = select(signing_keys.c.owner).where(signing_keys.c.role == Role.ISSUER)
        return frozenset(self._c.execute(chosen.distinct()).scalars())

    def signed(self) -> Iterator[SignedRow]:
        """Every transaction whose signed bytes are stored."""
        chosen = select(transactions.c.tx_id, transactions.c.raw, transactions.c.hash)
        chosen = chosen.where(transactions.c.raw.is_not(None)).order_by(transactions.c.tx_id)
        for row in self._stream(chosen):
            yield SignedRow(*row)

    def loose_ends(self) -> Iterator[LooseEnd]:
        """See ``ports.Records.loose_ends``."""
        for reason, statement in _LOOSE.items():
            for row in self._stream(statement):
                yield LooseEnd(reason, "/".join(str(value) for value in row))

    def _stream(self, statement: Select[Any]) -> Iterator[Any]:
        yield from self._c.execute(statement.execution_options(yield_per=_CHUNK))


def _between(statement: Select[Any], first_key: int, end_key: int) -> Select[Any]:
    return statement.where(bills.c.bill_key >= first_key, bills.c.bill_key < end_key).order_by(
        bills.c.bill_key
    )


_OF_THE_BILL = and_(
    idempotency.c.bill_key == bills.c.bill_key, idempotency.c.issuer == bills.c.issuer
)
_HAS_NONCE = transactions.c.state.in_((TxState.SIGNED, TxState.MINED, TxState.REVERTED))
# What must be empty: reason, and the rows that break it. A bill without a key is nothing wrong: an
# imported one is known by its business number and the hash of its row.
_LOOSE: dict[str, Select[Any]] = {
    "key-without-bill": (
        select(idempotency.c.issuer, idempotency.c.idempotency_key)
        .outerjoin(bills, _OF_THE_BILL)
        .where(bills.c.bill_key.is_(None))
    ),
    "command-without-transaction": (
        select(commands.c.owner, commands.c.idempotency_key)
        .outerjoin(transactions, transactions.c.tx_id == commands.c.tx_id)
        .where(transactions.c.tx_id.is_(None))
    ),
    "batch-without-transaction": (
        select(batches.c.batch_id)
        .outerjoin(transactions, transactions.c.tx_id == batches.c.tx_id)
        .where(transactions.c.tx_id.is_(None))
    ),
    "nonce-twice": (
        select(transactions.c.sender, transactions.c.nonce)
        .where(_HAS_NONCE, transactions.c.nonce.is_not(None))
        .group_by(transactions.c.sender, transactions.c.nonce)
        .having(func.count() > 1)
    ),
}
