"""The one rule of Idempotency-Keys: the same key stands for the same request, for ever."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, select

from frontend_api.domain.errors import IdempotencyKeyReused


def made_before(c: Connection, table: Table, key: ColumnElement[bool], body_hash: bytes) -> Any:
    """The row that this key already made; None for a new key.

    Raises IdempotencyKeyReused when the key came with another body then.
    """
    row = c.execute(select(table).where(key)).first()
    if row is not None and bytes(row.body_hash) != body_hash:
        raise key_reused()
    return row


def key_reused() -> IdempotencyKeyReused:
    """The error of a key that came with another body."""
    return IdempotencyKeyReused(
        "this Idempotency-Key was already used for another request: use a new key"
    )
