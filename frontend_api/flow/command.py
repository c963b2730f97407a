"""Commands that end in one transaction: submitted once, followed until the chain has answered."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from frontend_api.commitment.canonical import canonical_json
from frontend_api.domain.errors import RefusedByContract
from frontend_api.domain.states import Role
from frontend_api.flow.desk import Desk
from frontend_api.flow.issue import require_idempotency_key
from frontend_api.ports import Call, NewTransaction, Purpose, Transaction, TxState


@dataclass(frozen=True, slots=True)
class Command:
    """Who asks (USCC, empty for the supervisor), in which role, under which key, for what."""

    owner: str
    role: Role
    idempotency_key: str
    body: Mapping[str, Any]

    @classmethod
    def of(
        cls, owner: str, role: Role, idempotency_key: str | None, body: Mapping[str, Any]
    ) -> Command:
        """Raises MissingIdempotencyKey."""
        return cls(owner, role, require_idempotency_key(idempotency_key), body)


def submit(
    desk: Desk, command: Command, purpose: Purpose, subject: str, make: Callable[[], Call]
) -> int:
    """Store the call that ``make`` encodes; returns the transaction's id.

    A repeated command gives the transaction it had, whatever has changed since; ``make``, which
    checks the present state, is not asked then. Raises IdempotencyKeyReused, SignerUnavailable.
    """
    desk.require_writable()
    digest = hashlib.sha256(canonical_json(command.body)).digest()
    known = desk.commands.submitted(command.owner, command.idempotency_key, digest)
    if known is not None:
        return known
    transaction = NewTransaction(desk.keys.address_of(*_signer(command)), purpose, subject, make())
    tx_id = desk.commands.submit(command.owner, command.idempotency_key, digest, transaction)
    desk.poke()
    return tx_id


def _signer(command: Command) -> tuple[str, Role]:
    return ("" if command.role is Role.RELAYER else command.owner), command.role


def outcome(desk: Desk, tx_id: int) -> Transaction | None:
    """The transaction if it is in a block, None while it is on its way.

    Raises RefusedByContract when a contract said no; nothing was changed then.
    """
    transaction = desk.outbox.get(tx_id)
    if transaction.state in (TxState.REFUSED, TxState.REVERTED):
        raise RefusedByContract(transaction.error or "no reason given")
    return transaction if transaction.state is TxState.MINED else None
