"""Transactions on their way to the chain, and the idempotency of the commands behind them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, and_, insert, select, update

from frontend_api.domain.errors import NotFound
from frontend_api.ports import Call, Clock, NewTransaction, Purpose, Transaction, TxState
from frontend_api.store.database import Database
from frontend_api.store.idempotency import made_before
from frontend_api.store.schema import commands, transactions

_OPEN = (TxState.SIGNED, TxState.QUEUED)


class SqlOutbox:
    """Implements ``ports.Outbox`` and ``ports.Commands``."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._db = database
        self._clock = clock

    def senders_with_work(self) -> list[str]:
        """Senders that have a transaction which is not final."""
        with self._db.read() as c:
            return list(
                c.execute(
                    select(transactions.c.sender)
                    .where(transactions.c.state.in_(_OPEN))
                    .group_by(transactions.c.sender)
                    .order_by(transactions.c.sender)
                ).scalars()
            )

    def senders(self) -> list[str]:
        """Everybody who ever had a transaction here."""
        with self._db.read() as c:
            return list(c.execute(select(transactions.c.sender).distinct()).scalars())

    def open(self, sender: str) -> Transaction | None:
        """See ``ports.Outbox.open``: signed ones first, by nonce, then queued ones by age."""
        with self._db.read() as c:
            for state, order in (
                (TxState.SIGNED, transactions.c.nonce),
                (TxState.QUEUED, transactions.c.tx_id),
            ):
                row = c.execute(
                    select(transactions)
                    .where(transactions.c.state == state, transactions.c.sender == sender)
                    .order_by(order)
                    .limit(1)
                ).first()
                if row:
                    return transaction_of(row)
        return None

    def get(self, tx_id: int) -> Transaction:
        """Raises NotFound."""
        with self._db.read() as c:
            row = c.execute(select(transactions).where(transactions.c.tx_id == tx_id)).first()
        if row is None:
            raise NotFound(f"no transaction {tx_id}")
        return transaction_of(row)

    def signed(self, tx_id: int, nonce: int, raw: bytes, tx_hash: bytes) -> None:
        """Store the signed bytes; only then may they be sent."""
        self._change(tx_id, state=TxState.SIGNED, nonce=nonce, raw=raw, hash=tx_hash)

    def finished(self, tx_id: int, state: TxState, error: str | None, block: int | None) -> None:
        """The chain (or its simulation) gave its answer."""
        self._change(tx_id, state=state, error=error, block_number=block)

    def requeue(self, tx_id: int) -> None:
        """See ``ports.Outbox.requeue``."""
        self._change(tx_id, state=TxState.QUEUED, nonce=None, raw=None, hash=None)

    def reopen(self, sender: str, nonce: int) -> int:
        """See ``ports.Outbox.reopen``; returns how many."""
        with self._db.write() as c:
            result = c.execute(
                update(transactions)
                .where(
                    transactions.c.sender == sender,
                    transactions.c.nonce >= nonce,
                    transactions.c.state.in_((TxState.MINED, TxState.REVERTED)),
                )
                .values(state=TxState.SIGNED, block_number=None, error=None)
            )
            return int(result.rowcount)

    def submit(
        self, owner: str, idempotency_key: str, body_hash: bytes, transaction: NewTransaction
    ) -> int:
        """See ``ports.Commands.submit``."""
        with self._db.write() as c:
            known = _known(c, owner, idempotency_key, body_hash)
            if known is not None:
                return known
            tx_id = enqueue(c, transaction, self._clock())
            c.execute(
                insert(commands),
                {
                    "owner": owner,
                    "idempotency_key": idempotency_key,
                    "body_hash": body_hash,
                    "tx_id": tx_id,
                },
            )
            return tx_id

    def submitted(self, owner: str, idempotency_key: str, body_hash: bytes) -> int | None:
        """The transaction that this key already stands for."""
        with self._db.read() as c:
            return _known(c, owner, idempotency_key, body_hash)

    def _change(self, tx_id: int, **values: Any) -> None:
        with self._db.write() as c:
            c.execute(
                update(transactions)
                .where(transactions.c.tx_id == tx_id)
                .values(updated_at=self._clock(), **values)
            )


def enqueue(c: Connection, transaction: NewTransaction, now: int) -> int:
    """Insert a queued transaction; returns its id."""
    result = c.execute(
        insert(transactions).returning(transactions.c.tx_id),
        {
            "sender": transaction.sender,
            "purpose": transaction.purpose,
            "subject": transaction.subject,
            "to_address": transaction.call.to,
            "data": transaction.call.data,
            "gas": transaction.call.gas,
            "state": TxState.QUEUED,
            "updated_at": now,
        },
    )
    return int(result.scalar_one())


def _known(c: Connection, owner: str, idempotency_key: str, body_hash: bytes) -> int | None:
    key = and_(commands.c.owner == owner, commands.c.idempotency_key == idempotency_key)
    row = made_before(c, commands, key, body_hash)
    return int(row.tx_id) if row else None


def transaction_of(row: Row[Any]) -> Transaction:
    """A row of ``transactions`` as a value."""
    return Transaction(
        tx_id=row.tx_id,
        sender=row.sender,
        purpose=Purpose(row.purpose),
        subject=row.subject,
        call=Call(row.to_address, bytes(row.data), row.gas),
        state=TxState(row.state),
        nonce=row.nonce,
        raw=bytes(row.raw) if row.raw is not None else None,
        hash=bytes(row.hash) if row.hash is not None else None,
        error=row.error,
        updated_at=row.updated_at,
    )
