"""Issue: from a request to an accepted bill, which from then on cannot be lost."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from frontend_api.commitment.canonical import canonical_json
from frontend_api.commitment.fields import content_root, digests_of
from frontend_api.commitment.header import bill_leaf
from frontend_api.commitment.receipt import ReceiptFile
from frontend_api.commitment.secrets import check_code, content_key, token
from frontend_api.domain.bill import BillHeader, IssueRequest
from frontend_api.domain.errors import (
    IdempotencyKeyReused,
    InvalidFields,
    MalformedInput,
    MissingIdempotencyKey,
    NotAllowed,
    PiaolianError,
    WrongChain,
)
from frontend_api.domain.numbers import BillNumber
from frontend_api.domain.receipt import Receipt
from frontend_api.flow.bill_content import content_without_number, holder_for, number_fields
from frontend_api.flow.desk import Desk
from frontend_api.ports import Acceptance, ChainIssuer, NewBill, Order

MAX_IDEMPOTENCY_KEY = 128  # characters


@dataclass(frozen=True, slots=True)
class Draft:
    """A checked request that asks for a number; ``drafted_at`` in seconds."""

    issuer: str
    idempotency_key: str
    digest: bytes
    request: IssueRequest
    drafted_at: int


@dataclass(frozen=True, slots=True)
class NewlyIssued:
    """What the caller of a new bill is told besides its number: secrets, and the promise."""

    check_code: str
    verify_url: str
    receipt: ReceiptFile


@dataclass(frozen=True, slots=True)
class Issued:
    """An accepted bill; ``new`` is None for a repeated request, whose bill is to be read."""

    number: BillNumber
    replayed: bool
    new: NewlyIssued | None = None


def issue_bill(desk: Desk, issuer: str, idempotency_key: str | None, body: object) -> Issued:
    """Check a parsed request and accept it as a bill: one database transaction, then safe.

    Raises MissingIdempotencyKey, InvalidFields, NotAllowed (issuer not active), WrongChain,
    NumbersExhausted, IdempotencyKeyReused, StateConflict.
    """
    draft = draft_bill(desk, issuer, idempotency_key, body)
    if isinstance(draft, Issued):
        return draft
    (answer,) = accept_drafts(desk, [draft])
    if isinstance(answer, PiaolianError):
        raise answer
    return answer


def draft_bill(
    desk: Desk, issuer: str, idempotency_key: str | None, body: object
) -> Draft | Issued:
    """All that can be checked without the database, which a right request never asks here.

    A request that is not right (any more) may still be a repetition: that is Issued. Raises
    MissingIdempotencyKey, InvalidFields, WrongChain, IdempotencyKeyReused.
    """
    key = require_idempotency_key(idempotency_key)
    digest, now = _digest(body), desk.clock()
    try:
        desk.require_writable()
        request = desk.rules.check(body, now)
    except (InvalidFields, WrongChain):
        known = _repeated(desk, issuer, key, digest) if digest else None
        if known is None:
            raise
        return known
    assert digest, "what passed the rules has a canonical form"
    return Draft(issuer, key, digest, request, now)


def accept_drafts(desk: Desk, drafts: Sequence[Draft]) -> list[Issued | PiaolianError]:
    """Accept many at once: one database transaction, an answer for each, in their order.

    What is wrong with one is its answer and touches no other.
    """
    standings = {issuer: desk.views.issuer(issuer) for issuer in {d.issuer for d in drafts}}
    answers: dict[int, Issued | PiaolianError] = {}
    group, places = _Group(desk), []
    for i, draft in enumerate(drafts):
        try:
            group.add(draft, require_active(draft.issuer, standings[draft.issuer]))
            places.append(i)
        except NotAllowed as e:
            answers[i] = _repeated_or(e, desk, draft)
    answers.update(zip(places, group.accepted(), strict=True))
    desk.poke()
    return [answers[i] for i in range(len(drafts))]


class _Group:
    """Drafts of active issuers, each with the secret seed of the bill to be."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._drafts: list[tuple[Draft, ChainIssuer, bytes]] = []

    def add(self, draft: Draft, issuer: ChainIssuer) -> None:
        self._drafts.append((draft, issuer, self._desk.new_seed()))

    def accepted(self) -> list[Issued | PiaolianError]:
        """All of them, in their order."""
        orders = [
            Order(
                issuer=draft.issuer,
                idempotency_key=draft.idempotency_key,
                body_hash=draft.digest,
                request=draft.request,
                accepted_at=draft.drafted_at,
                anchor_by=draft.drafted_at + self._desk.promise_seconds,
            )
            for draft, _, _ in self._drafts
        ]
        found = self._desk.bills.accept_many(orders, self._make)
        return [
            answer if isinstance(answer, PiaolianError) else self._issued(place, answer)
            for place, answer in enumerate(found)
        ]

    def _make(self, numbers: Mapping[int, BillNumber]) -> dict[int, NewBill]:
        return {
            place: _commit(self._desk, *self._drafts[place], number)
            for place, number in numbers.items()
        }

    def _issued(self, place: int, acceptance: Acceptance) -> Issued:
        number, bill = acceptance.number, acceptance.bill
        if bill is None:
            return Issued(number, acceptance.replayed)
        (draft, _, seed), desk = self._drafts[place], self._desk
        at = draft.drafted_at
        new = NewlyIssued(
            check_code(seed),
            f"{desk.platform.public_url}/b/{number.key}/{token(seed)}",
            desk.receipts.give(Receipt(number, bill.leaf, at, at + desk.promise_seconds)),
        )
        return Issued(number, False, new)


def _repeated(desk: Desk, issuer: str, key: str, digest: bytes) -> Issued | None:
    known = desk.bills.known(issuer, key, digest)
    return Issued(known, replayed=True) if known else None


def _repeated_or(error: PiaolianError, desk: Desk, draft: Draft) -> Issued | PiaolianError:
    # Whatever has changed since, a repeated request gets its bill.
    try:
        known = _repeated(desk, draft.issuer, draft.idempotency_key, draft.digest)
    except IdempotencyKeyReused as e:
        return e
    return known or error


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


def _commit(
    desk: Desk, draft: Draft, issuer: ChainIssuer, seed: bytes, number: BillNumber
) -> NewBill:
    request = draft.request
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
