"""Rows become bills in two steps: a draft, which has no number yet, and the bill as stored."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from frontend_api.commitment.canonical import canonical_json
from frontend_api.commitment.fields import leaves_by_path
from frontend_api.commitment.header import bill_leaf
from frontend_api.commitment.secrets import content_key
from frontend_api.commitment.tree import root_of
from frontend_api.domain.bill import BillHeader, IssueRequest
from frontend_api.domain.kind import Kind
from frontend_api.domain.numbers import BillNumber
from frontend_api.domain.request import RequestRules
from frontend_api.flow.bill_content import content_without_number, holder_for, number_fields
from frontend_api.flow.desk import Platform
from frontend_api.ports import ChainIssuer, Clock, NewBillRow, Series, Vault


@dataclass(frozen=True, slots=True)
class Draft:
    """A checked row with all that needs no number: nine tenths of the work on a bill."""

    row: int
    series: Series
    request: IssueRequest
    body_hash: bytes
    seed: bytes
    content: dict[str, Any]
    leaves: list[tuple[str, bytes]]
    holder: bytes


@dataclass(frozen=True, slots=True)
class Press:
    """What bills are made with; receipts promise an anchor within ``promise_seconds``."""

    platform: Platform
    kinds: Mapping[str, Kind]
    rules: RequestRules
    vault: Vault
    clock: Clock
    new_seed: Callable[[], bytes]
    promise_seconds: int

    def check(self, body: object, written: bytes | None) -> IssueRequest:
        """See ``RequestRules.check_own``. Raises InvalidFields."""
        if written is None:
            return self.rules.check(body, self.clock())
        return self.rules.check_own(body, written, self.clock())

    def draft(
        self, row: int, issuer: ChainIssuer, request: IssueRequest, body_hash: bytes
    ) -> Draft:
        """Everything but the number."""
        seed = self.new_seed()
        content = content_without_number(self.platform, issuer, request, seed)
        return Draft(
            row=row,
            series=Series(issuer.uscc, request.kind, request.year, request.bill_code),
            request=request,
            body_hash=body_hash,
            seed=seed,
            content=content,
            leaves=leaves_by_path(content, seed),
            holder=holder_for(request, seed),
        )

    def bill(self, draft: Draft, segment_id: int, number: BillNumber) -> NewBillRow:
        """The draft with its number, secrets sealed."""
        now = self.clock()
        request, seed, last = draft.request, draft.seed, number_fields(number)
        leaves = sorted([*draft.leaves, *leaves_by_path(last, seed)])
        header = BillHeader(
            number=number,
            amount_fen=request.total_fen,
            at_source_fen=request.at_source_fen,
            currency=request.currency,
            holder=draft.holder,
            content_root=root_of([leaf for _, leaf in leaves]),
            issued_at=request.issued_at,
        )
        content = canonical_json({**draft.content, **last})
        sealed = self.vault.under(content_key(seed)).seal(content, f"bill-content/{number.key}")
        return NewBillRow(
            bill_key=number.key,
            segment_id=segment_id,
            issuer=draft.series.issuer,
            kind=request.kind,
            business_no=request.business_no,
            amount_fen=header.amount_fen,
            at_source_fen=header.at_source_fen,
            currency=header.currency,
            holder=header.holder,
            content_root=header.content_root,
            issued_at=header.issued_at,
            leaf=bill_leaf(header, self.platform.deployment.instance),
            sealed_seed=self.vault.seal(seed, f"bill-seed/{number.key}"),
            sealed_content=sealed,
            accepted_at=now,
            anchor_by=now + self.promise_seconds,
            body_hash=draft.body_hash,
        )
