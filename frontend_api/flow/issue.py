"""Issue: from a request to an accepted bill, which from then on cannot be lost."""

from __future__ import annotations

import hashlib
from typing import Any

from frontend_api.commitment.canonical import canonical_json
from frontend_api.commitment.fields import content_root, digests_of
from frontend_api.commitment.header import bill_leaf
from frontend_api.commitment.secrets import (
    account_of,
    check_code,
    content_key,
    custodial_holder_key,
    holder_of,
)
from frontend_api.domain.bill import BillHeader, IssueRequest
from frontend_api.domain.errors import MalformedInput, MissingIdempotencyKey, NotAllowed
from frontend_api.domain.numbers import BillNumber
from frontend_api.flow.desk import Desk
from frontend_api.ports import Acceptance, ChainIssuer, NewBill

MAX_IDEMPOTENCY_KEY = 128  # characters


def issue_bill(desk: Desk, issuer: str, idempotency_key: str | None, body: object) -> Acceptance:
    """Check a parsed request and accept it as a bill: one database transaction, then safe.

    Raises MissingIdempotencyKey, InvalidFields, NotAllowed (issuer not active), WrongChain,
    NumbersExhausted, IdempotencyKeyReused, StateConflict.
    """
    key = require_idempotency_key(idempotency_key)
    digest = _digest(body)
    known = desk.bills.known(issuer, key, digest) if digest else None
    if known:  # whatever has changed since: a date that is too old now, a suspension
        return Acceptance(known, replayed=True)
    desk.require_writable()
    now = desk.clock()
    request = desk.rules.check(body, now)
    standing = _require_active(desk, issuer)
    assert digest, "what passed the rules has a canonical form"
    acceptance = desk.bills.accept(
        issuer,
        key,
        digest,
        request,
        now,
        lambda number: _commit(desk, standing, request, number),
    )
    desk.poke()
    return acceptance


def _digest(body: object) -> bytes | None:
    try:
        return hashlib.sha256(canonical_json(body)).digest()
    except MalformedInput:  # the rules will name the field
        return None


def require_idempotency_key(key: str | None) -> str:
    """The caller's key, 1 to 128 printable ASCII characters. Raises MissingIdempotencyKey."""
    if not key or len(key) > MAX_IDEMPOTENCY_KEY or not (key.isascii() and key.isprintable()):
        raise MissingIdempotencyKey(
            "send an Idempotency-Key header of 1 to 128 printable characters, the same for a "
            "repeated request and another for each new one"
        )
    return key


def _require_active(desk: Desk, issuer: str) -> ChainIssuer:
    standing = desk.views.issuer(issuer)
    if standing is None:
        raise NotAllowed(f"{issuer} is not admitted as an issuer: apply to the supervisor")
    if standing.status != "ACTIVE":
        raise NotAllowed(f"{standing.name} is {standing.status.lower()} and may not issue bills")
    return standing


def _commit(desk: Desk, issuer: ChainIssuer, request: IssueRequest, number: BillNumber) -> NewBill:
    seed = desk.new_seed()
    content = _content(desk, issuer, request, number, seed)
    header = BillHeader(
        number=number,
        amount_fen=request.total_fen,
        at_source_fen=request.at_source_fen,
        currency=request.currency,
        holder=holder_of(_account(request, seed)),
        content_root=content_root(digests_of(content, seed)),
        issued_at=request.issued_at,
    )
    return NewBill(
        number=number,
        header=header,
        leaf=bill_leaf(header, desk.platform.deployment.instance),
        sealed_seed=desk.vault.seal(seed, f"bill-seed/{number.key}"),
        sealed_content=desk.vault.under(content_key(seed)).seal(
            canonical_json(content), f"bill-content/{number.key}"
        ),
    )


def _account(request: IssueRequest, seed: bytes) -> bytes:
    if request.holder_address:
        return bytes.fromhex(request.holder_address[2:])
    return account_of(custodial_holder_key(seed))


def _content(
    desk: Desk, issuer: ChainIssuer, request: IssueRequest, number: BillNumber, seed: bytes
) -> dict[str, Any]:
    return {
        **request.content,
        "bill_code": number.code,
        "bill_no": number.number,
        "check_code": check_code(seed),
        "issuer": {"uscc": issuer.uscc, "name": issuer.name, "outlet": request.outlet},
        "supervisor": {"name": desk.platform.supervisor_name},
        "verify_at": desk.platform.public_url,
        **({"sample": True} if desk.platform.sample else {}),
    }
