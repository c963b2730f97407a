"""Claim: a payer locks, settles or rejects (报销); the contracts hold every limit."""

from __future__ import annotations

from frontend_api.domain.checks import Body
from frontend_api.domain.errors import NotAllowed, NotFound
from frontend_api.domain.grant import Grant
from frontend_api.domain.numbers import BillNumber
from frontend_api.domain.states import Role
from frontend_api.flow.command import Command, submit
from frontend_api.flow.desk import Desk
from frontend_api.flow.read import inclusion_of, require_anchored, visible_bill
from frontend_api.ports import Call, Caller, ClaimRecord, Purpose, StoredBill

MAX_CLAIM_SECONDS = 180 * 86400  # the ledger takes no longer reservation
DEFAULT_CLAIM_SECONDS = 30 * 86400
MAX_REASON = 255  # one byte on the chain
PURPOSE = b"reimbursement".ljust(32, b"\0")  # the ledger takes a grant for nothing else


def claim_id_of(claim_no: str) -> bytes:
    """The payer's own claim number as 32 bytes, padded on the right."""
    return claim_no.encode("ascii").ljust(32, b"\0")


def lock_claim(
    desk: Desk, caller: Caller, number: BillNumber, idempotency_key: str | None, body: object
) -> int:
    """Reserve an amount under the holder's grant; returns the transaction's id.

    Body: ``claim_no``, ``amount_fen``, optional ``expires_at`` (seconds).
    Raises InvalidFields, NotFound, NotAllowed (no live grant), NotAnchoredYet.
    """
    read, now = Body(body), desk.clock()
    claim_no, amount = read.label("claim_no"), read.fen("amount_fen")
    expires_at = read.integer("expires_at", now + 1, now + MAX_CLAIM_SECONDS, 0)
    read.done()
    stored = visible_bill(desk, caller, number)

    def call() -> Call:
        inclusion = inclusion_of(desk, stored)
        return desk.calls.lock(
            stored.bill.header,
            inclusion,
            _live_grant(desk, caller, stored, now),
            claim_id_of(claim_no),
            amount,
            expires_at or now + DEFAULT_CLAIM_SECONDS,
        )

    command = Command.of(
        caller.owner,
        Role.PAYER,
        idempotency_key,
        {"lock": str(number), "claim_no": claim_no, "amount": amount, "expires_at": expires_at},
    )
    return submit(desk, command, Purpose.LOCK, f"{number.key}/{claim_no}", call)


def _live_grant(desk: Desk, caller: Caller, stored: StoredBill, now: int) -> Grant:
    header = stored.bill.header
    for grant in desk.views.live_grants(header.number.key, caller.owner, header.holder):
        if grant.purpose == PURPOSE and grant.expires_at > now:
            return grant
    raise NotAllowed(
        "the holder's grant for this bill was revoked or has expired: ask for a new one"
    )


def settle_claim(
    desk: Desk,
    caller: Caller,
    number: BillNumber,
    claim_no: str,
    idempotency_key: str | None,
    body: object,
) -> int:
    """Pay a reserved claim, in whole or in part; returns the transaction's id.

    Body: ``approved_fen``, optional ``voucher`` (32 characters). Raises InvalidFields, NotFound.
    """
    read = Body(body)
    approved, voucher = read.fen("approved_fen"), read.label("voucher", "-")
    read.done()
    stored = visible_bill(desk, caller, number)

    def call() -> Call:
        claim = _own_claim(desk, caller, number, claim_no)
        batch_id = require_anchored(stored).batch_id
        return desk.calls.settle(
            number.key, batch_id, claim.claim_id, approved, claim_id_of(voucher)
        )

    command = Command.of(
        caller.owner,
        Role.PAYER,
        idempotency_key,
        {"settle": str(number), "claim_no": claim_no, "approved": approved, "voucher": voucher},
    )
    return submit(desk, command, Purpose.SETTLE, f"{number.key}/{claim_no}", call)


def reject_claim(
    desk: Desk,
    caller: Caller,
    number: BillNumber,
    claim_no: str,
    idempotency_key: str | None,
    body: object,
) -> int:
    """Decline a reserved claim and release its amount; returns the transaction's id.

    Body: ``reason`` (1 to 255, the payer's own table). Raises InvalidFields, NotFound.
    """
    read = Body(body)
    reason = read.integer("reason", 1, MAX_REASON)
    read.done()
    visible_bill(desk, caller, number)

    def call() -> Call:
        claim = _own_claim(desk, caller, number, claim_no)
        return desk.calls.reject(number.key, claim.claim_id, reason)

    command = Command.of(
        caller.owner,
        Role.PAYER,
        idempotency_key,
        {"reject": str(number), "claim_no": claim_no, "reason": reason},
    )
    return submit(desk, command, Purpose.REJECT, f"{number.key}/{claim_no}", call)


def _own_claim(desk: Desk, caller: Caller, number: BillNumber, claim_no: str) -> ClaimRecord:
    claim = (
        desk.views.claim(caller.owner, number.key, claim_id_of(claim_no))
        if claim_no.isascii() and len(claim_no) <= 32
        else None
    )
    if claim is None:
        raise NotFound(f"no claim {claim_no!r} of yours on bill {number}")
    return claim
