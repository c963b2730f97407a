"""Issue: from a request to an accepted bill, which from then on cannot be lost."""

from __future__ import annotations

import hashlib

from frontend_api.commitment.canonical import canonical_json
from frontend_api.commitment.fields import content_root, digests_of
from frontend_api.commitment.header import bill_leaf
from frontend_api.commitment.secrets import content_key
from frontend_api.domain.bill import BillHeader, IssueRequest
from frontend_api.domain.errors import MalformedInput, MissingIdempotencyKey, NotAllowed
from frontend_api.domain.numbers import BillNumber
from frontend_api.flow.bill_content import content_without_number, holder_for, number_fields
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
    standing = require_active(issuer, desk.views.issuer(issuer))
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


def require_active(issuer: str, standing: ChainIssuer | None) -> ChainIssuer:
    """The issuer as the chain knows it. Raises NotAllowed if it may not issue now."""
    if standing is None:
        raise NotAllowed(f"{issuer} is not admitted as an issuer: apply to the supervisor")
    if standing.status != "ACTIVE":
        raise NotAllowed(f"{standing.name} is {standing.status.lower()} and may not issue bills")
    return standing


def _commit(desk: Desk, issuer: ChainIssuer, request: IssueRequest, number: BillNumber) -> NewBill:
    seed = desk.new_seed()
    content = {
        **content_without_number(desk.platform, issuer, request, seed),
        **number_fields(number),
    }
    header = BillHeader(
        number=number,
        amount_fen=request.total_fen,
        at_source_fen=request.at_source_fen,
        currency=request.currency,
        holder=holder_for(request, seed),
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
