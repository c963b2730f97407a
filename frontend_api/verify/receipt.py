"""Whether a platform kept the promise of a receipt: two checks, from the receipt and a chain.

1. ``signature``  the receipt names the pinned contracts, and the platform's receipt key signed it.
2. ``promise``    the bill with this leaf was on the chain by the promised time.
"""

from __future__ import annotations

from frontend_api.commitment.receipt import ReceiptFile, receipt_signer
from frontend_api.commitment.tree import root_from_path
from frontend_api.domain.anchor import Deployment
from frontend_api.domain.errors import PiaolianError, ProofRejected
from frontend_api.ports import ChainBatch, ChainHead, TrustedReceipts
from frontend_api.verify.facts import BillReader
from frontend_api.verify.report import (
    Check,
    Finding,
    Verdict,
    VerificationReport,
    invalid,
    skipped,
    unknown,
    valid,
)


def verify_receipt(
    receipt_file: ReceiptFile | bytes,
    reader: BillReader,
    trusted: TrustedReceipts,
    now: int,
) -> VerificationReport:
    """The report on a receipt; ``now`` in seconds. Without its proof, events are searched.

    Raises MalformedInput, InvalidFields or TooLarge if it is none, and what ``trusted`` raises.
    Trouble with the chain is never raised: it makes the promise UNKNOWN.
    """
    file = (
        receipt_file
        if isinstance(receipt_file, ReceiptFile)
        else ReceiptFile.from_bytes(receipt_file)
    )
    pinned = trusted.find(file.instance)
    signature = _check_signature(file, pinned, trusted)
    promise, chain_id, head = skipped("needs-signature"), None, None
    if signature.verdict is Verdict.VALID and pinned is not None:
        promise, chain_id, head = _check_promise(file, pinned, reader)
    return VerificationReport(
        checked_at=now,
        bill_code=file.receipt.number.code,
        bill_no=file.receipt.number.number,
        chain_id=chain_id,
        height=head.number if head else None,
        verdicts=(Check(1, "signature", signature), Check(2, "promise", promise)),
    )


def _check_signature(
    file: ReceiptFile, pinned: Deployment | None, trusted: TrustedReceipts
) -> Finding:
    if pinned is None:
        return unknown("not-pinned")
    if file.chain_id != pinned.chain_id:
        return invalid("forged-contracts", field="chain_id")
    if file.bill_registry.lower() != pinned.bill_registry.lower():
        return invalid("forged-contracts", field="bill_registry")
    expected = trusted.receipt_signer(pinned.instance)
    if expected is None:
        return unknown("receipt-key-not-pinned")
    if receipt_signer(file.receipt, pinned, file.signature) != expected:
        return invalid("receipt-forged")
    return valid("promised", time=file.receipt.accepted_at, by=file.receipt.anchor_by)


def _check_promise(
    file: ReceiptFile, pinned: Deployment, reader: BillReader
) -> tuple[Finding, int | None, ChainHead | None]:
    chain_id: int | None = None
    try:
        chain_id = reader.chain_id()
        if chain_id != pinned.chain_id or reader.instance(pinned) != pinned.instance:
            detail = f"chain {chain_id}, without the trusted contracts"
            return unknown("wrong-chain", detail=detail), chain_id, None
        head = reader.head()
        batch = _batch(file, pinned, reader, head)
    except PiaolianError as e:
        return unknown("chain-unreachable", detail=str(e)), chain_id, None
    return _judged(file, batch, head), chain_id, head


def _batch(
    file: ReceiptFile, pinned: Deployment, reader: BillReader, head: ChainHead
) -> ChainBatch | None:
    """The batch that has the receipt's number: where the proof says, or wherever it is."""
    key = file.receipt.number.key
    if file.inclusion:
        batch = reader.batch(pinned, file.inclusion.batch_id)
        if batch and batch.batch_id <= key < batch.batch_id + batch.count:
            return batch
    for log in reader.logs(pinned, 0, head.number):
        if (log.contract, log.event) == ("BillRegistry", "Anchored"):
            first = log.args["batch_id"]
            if first <= key < first + log.args["count"]:
                return reader.batch(pinned, first)
    return None


def _judged(file: ReceiptFile, batch: ChainBatch | None, head: ChainHead) -> Finding:
    by = file.receipt.anchor_by
    if batch is None:
        overdue = head.time > by
        return invalid("promise-broken", by=by) if overdue else unknown("promise-open", by=by)
    proof = file.inclusion
    if batch.count == 1:
        root = file.receipt.leaf
    elif proof is None or proof.batch_id != batch.batch_id or proof.size != batch.count:
        return unknown("promise-unproved", time=batch.anchored_at)
    else:
        try:
            index = file.receipt.number.key - batch.batch_id
            root = root_from_path(file.receipt.leaf, index, proof.size, proof.path)
        except ProofRejected as e:
            return invalid("proof-malformed", detail=str(e))
    if root != batch.root:
        return invalid("root-differs")
    if batch.anchored_at > by:
        return invalid("promise-late", time=batch.anchored_at, by=by)
    return valid("promise-kept", time=batch.anchored_at, by=by)
