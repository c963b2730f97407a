"""Making a bill of a checked request: content, commitment, encryption, receipt.

A pure function of a :class:`Job` but for the nonce of the encryption, and the dearest part of
issuing by far: it may run in a process of its own (``frontend_api/workshop.py``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import msgspec

from frontend_api.commitment.canonical import canonical_json
from frontend_api.commitment.fields import content_root, digests_of
from frontend_api.commitment.header import bill_leaf
from frontend_api.commitment.receipt import ReceiptOffice
from frontend_api.commitment.secrets import (
    account_of,
    check_code,
    content_key,
    custodial_holder_key,
    holder_of,
)
from frontend_api.domain.bill import BillHeader
from frontend_api.domain.numbers import BillNumber
from frontend_api.domain.receipt import Receipt
from frontend_api.flow.desk import Platform
from frontend_api.ports import Vault


class Job(msgspec.Struct, frozen=True, array_like=True):
    """All that one bill is made of, in values that can be sent to another process.

    ``seed`` is the bill's secret, 32 bytes; times are in seconds, amounts in fen.
    """

    bill_key: int
    seed: bytes
    uscc: str
    issuer_name: str
    outlet: str
    content: dict[str, Any]
    total_fen: int
    at_source_fen: int
    currency: str
    holder_address: str | None
    issued_at: int
    accepted_at: int
    anchor_by: int


class Made(msgspec.Struct, frozen=True, array_like=True):
    """What making adds: 32 bytes each, the encrypted content, the receipt's signature."""

    holder: bytes
    content_root: bytes
    leaf: bytes
    sealed_content: bytes
    signature: bytes

    def header(self, job: Job) -> BillHeader:
        """The bill's header."""
        return BillHeader(
            number=BillNumber(job.bill_key),
            amount_fen=job.total_fen,
            at_source_fen=job.at_source_fen,
            currency=job.currency,
            holder=self.holder,
            content_root=self.content_root,
            issued_at=job.issued_at,
        )


class Workshop(Protocol):
    """Makes many bills at once; never fails, but may take as long as it takes."""

    def make(self, jobs: Sequence[Job]) -> list[Made]: ...


@dataclass(frozen=True, slots=True)
class Workbench:
    """A workshop in this thread. Of the vault only what seals under other keys is used."""

    platform: Platform
    vault: Vault
    receipts: ReceiptOffice

    def make(self, jobs: Sequence[Job]) -> list[Made]:
        """One after the other."""
        return [self._make(job) for job in jobs]

    def _make(self, job: Job) -> Made:
        number = BillNumber(job.bill_key)
        content = self._content(job, number)
        draft = Made(
            holder=holder_of(_account(job)),
            content_root=content_root(digests_of(content, job.seed)),
            leaf=b"",
            sealed_content=b"",
            signature=b"",
        )
        leaf = bill_leaf(draft.header(job), self.platform.deployment.instance)
        receipt = Receipt(number, leaf, job.accepted_at, job.anchor_by)
        return msgspec.structs.replace(
            draft,
            leaf=leaf,
            sealed_content=self.vault.under(content_key(job.seed)).seal(
                canonical_json(content), f"bill-content/{number.key}"
            ),
            signature=self.receipts.signature(receipt),
        )

    def _content(self, job: Job, number: BillNumber) -> dict[str, Any]:
        return {
            **job.content,
            "bill_code": number.code,
            "bill_no": number.number,
            "check_code": check_code(job.seed),
            "issuer": {"uscc": job.uscc, "name": job.issuer_name, "outlet": job.outlet},
            "supervisor": {"name": self.platform.supervisor_name},
            "verify_at": self.platform.public_url,
            **({"sample": True} if self.platform.sample else {}),
        }


def _account(job: Job) -> bytes:
    if job.holder_address:
        return bytes.fromhex(job.holder_address[2:])
    return account_of(custodial_holder_key(job.seed))
