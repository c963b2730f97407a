"""(3) anchored: the chain holds the batch with that root, in the block that the file names."""

from __future__ import annotations

from frontend_api.commitment.bill_file import BillFile
from frontend_api.verify.facts import ChainFacts, Unasked
from frontend_api.verify.report import Finding, Verdict, invalid, skipped, unknown, valid


def check_anchored(
    file: BillFile, inclusion: Finding, root: bytes | None, answer: ChainFacts | Unasked
) -> Finding:
    """Judge the batch and the block identifier."""
    if inclusion.verdict is Verdict.INVALID:
        return skipped("needs-inclusion")
    if isinstance(answer, Unasked):
        return unknown(answer.reason, detail=answer.detail)
    fault = batch_fault(file, root, answer)
    if fault:
        return invalid(fault)
    batch, block = answer.batch, answer.block
    assert batch is not None
    if not _block_is_the_chains(file, answer):
        return invalid("block-differs")
    assert block is not None
    return valid(
        "anchored",
        block_number=block.number,
        block_hash="0x" + block.hash.hex(),
        time=block.time,
        issuer=batch.issuer,
        issuer_name=answer.issuer.name if answer.issuer else "",
    )


def batch_fault(file: BillFile, root: bytes | None, facts: ChainFacts) -> str | None:
    """Why the chain's batch does not hold this bill; None if it does."""
    batch, proof = facts.batch, file.inclusion
    if batch is None:
        return "not-on-chain"
    inside = 0 <= file.header.number.key - batch.batch_id < batch.count
    if batch.batch_id != proof.batch_id or batch.count != proof.size or not inside:
        return "outside-batch"
    if root is None or root != batch.root:
        return "root-differs"
    return None


def _block_is_the_chains(file: BillFile, facts: ChainFacts) -> bool:
    """Number, hash, time and transaction: two blocks of the same second are told apart by event."""
    named, block, event, batch = file.anchor, facts.block, facts.event, facts.batch
    return (
        block is not None
        and event is not None
        and batch is not None
        and block.hash == named.block_hash == event.block_hash
        and block.time == named.block_time == batch.anchored_at
        and event.transaction_hash == named.transaction
        and event.block_number == named.block_number
    )


def gate(
    file: BillFile, inclusion: Finding, root: bytes | None, answer: ChainFacts | Unasked
) -> ChainFacts | Finding:
    """The facts, for checks that mean something only if the chain holds the bill; else why not."""
    if inclusion.verdict is Verdict.INVALID:
        return skipped("needs-inclusion")
    if isinstance(answer, Unasked):
        return unknown(answer.reason, detail=answer.detail)
    return skipped("needs-anchored") if batch_fault(file, root, answer) else answer
