"""Authorise: a holder grants one payer the use of a bill (授权).

A holder with a wallet signs the grant; for one without, the platform keeps a key of the bill's
own and signs when the bill's check code and QR token are shown.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from eth_account import Account

from frontend_api.commitment.field_set import ALL_FIELDS, field_set
from frontend_api.commitment.grant712 import grant_message
from frontend_api.commitment.secrets import (
    account_of,
    check_code,
    custodial_holder_key,
    holder_of,
    token,
)
from frontend_api.domain.checks import Body
from frontend_api.domain.errors import FieldProblem, InvalidFields, NotAllowed, NotFound
from frontend_api.domain.grant import Grant
from frontend_api.domain.numbers import BillNumber
from frontend_api.domain.states import Role
from frontend_api.flow.command import Command, submit
from frontend_api.flow.desk import Desk
from frontend_api.flow.read import open_bill
from frontend_api.ports import Call, Purpose, StoredBill

MAX_GRANT_SECONDS = 366 * 86400


@dataclass(frozen=True, slots=True)
class _Wish:
    payer: str
    cap_fen: int
    purpose: str
    field_set: bytes
    expires_at: int
    no_statutory: bool
    nonce: int
    check_code: str
    token: str
    signature: bytes | None


def authorise(desk: Desk, number: BillNumber, idempotency_key: str | None, body: object) -> int:
    """Relay a grant; returns the transaction's id.

    Body: ``payer`` (USCC), ``cap_fen``, ``expires_at`` (seconds), optional ``purpose``,
    ``no_statutory``, ``nonce``, ``fields`` (JSON Pointers; without them every field may be seen);
    and ``check_code`` with ``token``, and for a holder with a wallet ``signature`` (65 bytes,
    EIP-712). An unknown bill and a wrong code answer alike (NotFound).
    Raises InvalidFields, NotFound, NotAllowed.
    """
    wish = _read(desk, body)
    stored = desk.bills.find(number.key)
    _require_code(desk, stored, wish)
    assert stored is not None
    _require_payer(desk, wish.payer)
    grant = Grant(
        holder=stored.bill.header.holder,
        bill_key=number.key,
        payer=wish.payer,
        purpose=wish.purpose.encode("ascii").ljust(32, b"\0"),
        field_set=wish.field_set,
        cap_fen=wish.cap_fen,
        expires_at=wish.expires_at,
        no_statutory=wish.no_statutory,
        nonce=wish.nonce,
    )

    def call() -> Call:
        return desk.calls.grant_signed(grant, wish.signature or _custodial(desk, stored, grant))

    fields: Mapping[str, Any] = body if isinstance(body, dict) else {}
    command = Command.of(
        _scope(number), Role.RELAYER, idempotency_key, {"grant": str(number), **fields}
    )
    return submit(desk, command, Purpose.GRANT, str(number.key), call)


def _scope(number: BillNumber) -> str:
    # Idempotency keys of grants belong to the bill: its holder has no institution. 18 characters.
    return str(number.key)


def _read(desk: Desk, body: object) -> _Wish:
    read = Body(body)
    now, pointers = desk.clock(), read.pointers("fields")
    wish = _Wish(
        payer=read.uscc("payer"),
        cap_fen=read.fen("cap_fen"),
        purpose=read.label("purpose", "reimbursement"),
        field_set=ALL_FIELDS if pointers is None else field_set(pointers),
        expires_at=read.integer("expires_at", now + 1, now + MAX_GRANT_SECONDS),
        no_statutory=read.flag("no_statutory"),
        nonce=read.integer("nonce", 0, 2**53, 0),
        check_code=read.label("check_code"),
        token=read.text("token", 64),
        signature=read.hex_bytes("signature", 65),
    )
    read.done()
    return wish


def _require_code(desk: Desk, stored: StoredBill | None, wish: _Wish) -> None:
    seed = open_bill(desk, stored).seed if stored else bytes(32)
    right = hmac.compare_digest(check_code(seed).encode(), wish.check_code.encode())
    right &= hmac.compare_digest(token(seed).encode(), wish.token.encode())
    if stored is None or not right:
        raise NotFound("no bill with this number, check code and token: check what was typed")


def _require_payer(desk: Desk, uscc: str) -> None:
    payer = desk.views.payer(uscc)
    if payer is None:
        raise InvalidFields(
            [FieldProblem("/payer", "unknown", "is not an admitted payer: check the code")]
        )
    if payer.status != "ACTIVE":
        raise NotAllowed(f"{payer.name} is {payer.status.lower()} and may not reimburse")


def _custodial(desk: Desk, stored: StoredBill, grant: Grant) -> bytes:
    key = custodial_holder_key(open_bill(desk, stored).seed)
    if holder_of(account_of(key)) != grant.holder:
        raise NotAllowed("this bill belongs to a wallet: its holder must sign the grant")
    signed = Account.sign_message(grant_message(grant, desk.platform.deployment), key)
    return bytes(signed.signature)
