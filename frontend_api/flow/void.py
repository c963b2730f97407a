"""Void: an issuer takes back a bill that nobody has claimed (作废)."""

from __future__ import annotations

from enum import IntEnum

from frontend_api.domain.checks import Body
from frontend_api.domain.errors import StateConflict
from frontend_api.domain.numbers import BillNumber
from frontend_api.domain.states import Role
from frontend_api.flow.command import Command, submit
from frontend_api.flow.desk import Desk
from frontend_api.flow.read import require_anchored, visible_bill
from frontend_api.ports import Call, Caller, Purpose


class VoidReason(IntEnum):
    """Why a bill is voided; the number stands on the chain."""

    MISTAKE = 1
    CANCELLED_SERVICE = 2
    DUPLICATE = 3
    OTHER = 9


def void_bill(
    desk: Desk, caller: Caller, number: BillNumber, idempotency_key: str | None, body: object
) -> int:
    """Submit the void; returns the transaction's id. Body: ``reason`` (a VoidReason's name).

    Raises InvalidFields, NotFound, NotAnchoredYet, StateConflict (already void).
    """
    read = Body(body)
    name = read.label("reason")
    if name and name not in VoidReason.__members__:
        read.problem(
            "reason", "not-a-choice", f"must be one of {', '.join(VoidReason.__members__)}"
        )
    read.done()
    stored = visible_bill(desk, caller, number)

    def call() -> Call:
        anchored = require_anchored(stored)
        if stored.voided_at is not None:
            raise StateConflict(f"bill {number} is already void")
        return desk.calls.void(number.key, anchored.batch_id, VoidReason[name])

    command = Command.of(
        caller.owner, Role.ISSUER, idempotency_key, {"void": str(number), "reason": name}
    )
    return submit(desk, command, Purpose.VOID, str(number.key), call)
