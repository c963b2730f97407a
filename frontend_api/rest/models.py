"""The shapes of the answers. Times are seconds since the epoch, amounts are fen."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

Hex = str
_ANCHOR: JsonDict = {
    "block_number": 1204,
    "block_hash": "0x" + "7c" * 32,
    "block_time": 1795312805,
    "transaction": "0x" + "a1" * 32,
    "batch_id": "460601260000000001",
    "batch_size": 12,
}


class Shape(BaseModel):
    """Base of all answers."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class AnchorView(Shape):
    """The block that carries the bill's batch."""

    model_config = ConfigDict(frozen=True, json_schema_extra={"example": _ANCHOR})

    block_number: int
    block_hash: Hex
    block_time: int
    transaction: Hex
    batch_id: str = Field(description="Key of the batch's first bill: code and number, 18 digits")
    batch_size: int


class ReceiptChain(Shape):
    """Under which deployment a receipt was given."""

    chain_id: int
    instance: Hex
    bill_registry: str


class InclusionView(Shape):
    """A bill's place in its batch."""

    batch_id: str
    index: int
    size: int
    path: list[Hex]


class ReceiptView(Shape):
    """The signed promise that the bill is on the chain by `anchor_by`: keep it."""

    format: str = Field(examples=["piaolian-receipt/1"])
    bill_code: str
    bill_no: str
    leaf: Hex = Field(description="The bill's hash, as its batch will hold it")
    accepted_at: int
    anchor_by: int
    chain: ReceiptChain
    signer: str = Field(description="The platform's receipt key: compare it, once")
    signature: Hex = Field(description="EIP-712, 65 bytes; see docs/protocol.md")
    proof: InclusionView | None = Field(description="Null until the bill is anchored")


class AcceptedBill(Shape):
    """A bill that was accepted: from now on it cannot be lost."""

    bill_code: str = Field(examples=["46060126"])
    bill_no: str = Field(examples=["0000000001"])
    state: str = Field(description="ACCEPTED, or ANCHORED once the chain has it")
    check_code: str = Field(description="校验码, a secret of the holder", examples=["k7m2x9"])
    verify_url: str = Field(description="What the QR code says; a secret of the holder")
    anchor: AnchorView | None = None
    links: dict[str, str]
    receipt: ReceiptView | None = Field(
        description="The promise; null for a bill that was accepted without one"
    )


class BillSummary(Shape):
    """One line of a list of bills."""

    bill_code: str
    bill_no: str
    kind: str
    business_no: str
    state: str = Field(description="ACCEPTED or ANCHORED")
    validity: str = Field(description="ISSUED or VOIDED, as last read from the chain")
    amount_fen: int
    currency: str
    accepted_at: int
    voided_at: int | None
    links: dict[str, str]


class BillPage(Shape):
    """A page of bills by number, highest first."""

    items: list[BillSummary]
    next_cursor: str | None = Field(description="Give it as `cursor` for the next page")


class BillView(BillSummary):
    """A bill with its content. Payers do not see the holder's secrets."""

    issuer: str = Field(description="USCC of the issuer")
    anchor: AnchorView | None
    content: dict[str, Any]
    verify_url: str | None = Field(default=None, description="Not shown to payers")


class ProofView(Shape):
    """What a claim shows to the chain: no content, no personal data."""

    header: dict[str, Any]
    proof: dict[str, Any]
    anchor: dict[str, Any]
    chain: dict[str, Any]


class ClaimView(Shape):
    """A payer's claim (报销) on a bill."""

    claim_no: str = Field(examples=["CL-2026-0001"])
    payer: str = Field(description="USCC of the payer")
    payer_name: str
    state: str = Field(description="RESERVED, SETTLED, REJECTED or EXPIRED")
    statutory: bool
    reserved_fen: int
    approved_fen: int
    expires_at: int
    links: dict[str, str]


class AmountsView(Shape):
    """The amount ledger: at_source + settled + reserved + left = total.

    Of a void or disputed bill nothing is left to claim.
    """

    total_fen: int
    at_source_fen: int
    settled_fen: int
    reserved_fen: int
    left_fen: int
    statutory_decided: bool


class StateView(Shape):
    """What the chain says of the bill at this moment."""

    bill_code: str
    bill_no: str
    state: str
    validity: str = Field(
        description="ISSUED, VOIDED, REVERSED, RED_LETTER or DISPUTED (signed by a compromised key)"
    )
    on_paper: bool = Field(description="Swapped for paper: the printed bill counts")
    voided_at: int | None
    issuer_status: str | None = Field(description="ACTIVE, SUSPENDED or REVOKED now")
    amounts: AmountsView
    claims: list[ClaimView]
    as_of_block: int


class TrailEntry(Shape):
    """One thing that happened to the bill on the chain."""

    event: str = Field(examples=["ClaimSettled"])
    args: dict[str, Any]
    block_number: int
    block_time: int
    transaction: Hex


class Trail(Shape):
    """What happened to the bill on the chain, oldest first."""

    items: list[TrailEntry]


class CommandView(Shape):
    """A write that the chain has (DONE), or that is on its way (PENDING)."""

    state: str = Field(description="DONE or PENDING")
    transaction: Hex | None = None
    block_number: int | None = None
    claim: ClaimView | None = None
    links: dict[str, str]


class ImportView(Shape):
    """An import of a file of bills, and how far it is."""

    import_id: str = Field(examples=["0f8fad5bd9cb469fa16570867728950e"])
    state: str = Field(
        description="WAITING, RUNNING, DONE (every row was looked at) or GIVEN_UP (see reason)"
    )
    reason: str | None = Field(description="Why it was given up")
    format: str = Field(description="jsonl, csv or xlsx")
    file_name: str
    rows_total: int = Field(description="An estimate until the import is done")
    rows_read: int
    accepted: int = Field(description="Bills that this import issued")
    repeated: int = Field(description="Rows whose very bill was there already")
    rejected: int = Field(description="Rows that were left out; see errors")
    errors: int = Field(description="Problems of these rows")
    anchored: int = Field(description="Accepted and repeated bills on the chain, at least")
    rows_a_second: float
    seconds_left: float | None = Field(description="null until the rate is known")
    created_at: int
    updated_at: int
    links: dict[str, str]


class RowErrorView(Shape):
    """A problem in one row."""

    row: int = Field(description="As in the file, counted from 1; a header is row 1")
    path: str = Field(description="JSON Pointer of the field; empty for the whole row")
    code: str
    message: str


class RowErrorPage(Shape):
    """A page of errors, in the order of the rows."""

    items: list[RowErrorView]
    next_cursor: str | None = Field(description="Give it as `cursor` for the next page")


class KindView(Shape):
    """A kind of bill (票种)."""

    name: str
    title: dict[str, str]
    category: str
    type_code: str
    links: dict[str, str]


class DeploymentView(Shape):
    """The contracts this platform writes to: compare them before you trust a bill."""

    chain_id: int
    instance: Hex
    issuer_registry: str
    bill_registry: str
    consent_registry: str
    reimbursement_ledger: str
    receipt_signer: str = Field(description="Whose signature the receipts of this platform carry")


class MeView(Shape):
    """Whose API key was sent."""

    role: str
    owner: str
    name: str
    status: str | None = Field(description="Standing on the chain; null for the supervisor")


class Health(Shape):
    """Whether the service can do its work."""

    status: str = Field(description="ok, or degraded")
    chain: str = Field(description="ok, or the code of the problem")
    engine: str = Field(description="ok, or the code of the problem")


class FieldProblemView(Shape):
    """One bad field."""

    path: str
    code: str
    message: str


class ProblemView(BaseModel):
    """Problem details (RFC 9457)."""

    type: str = Field(examples=["/problems/invalid-fields"])
    title: str
    status: int
    detail: str
    instance: str
    request_id: str
    reason: str | None = None
    errors: list[FieldProblemView] | None = None
