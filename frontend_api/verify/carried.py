"""(9) bundle: the proof bundle that a document carries is of that very bill, and its proofs hold.

Made only of a document that carries one. What the bill's state was at the bundle's block is no part
of it: with a chain at hand check (5) says what counts, without one the bundle's own ``live`` does.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from frontend_api.commitment.bill_file import BillFile
from frontend_api.commitment.block_header import BlockHeader
from frontend_api.commitment.proof_bundle import ProofBundle
from frontend_api.domain.errors import InputError, PiaolianError, ProofRejected
from frontend_api.ports import LogReader, TrustedCode
from frontend_api.verify.document import Document
from frontend_api.verify.evidence import blocks_of
from frontend_api.verify.integrity import check_integrity
from frontend_api.verify.listed import numbered
from frontend_api.verify.offline import verify_bundle
from frontend_api.verify.paper import paper_of
from frontend_api.verify.report import (
    Finding,
    Verdict,
    VerificationReport,
    invalid,
    unknown,
    valid,
)
from frontend_api.verify.trusted_blocks import TrustedBlocks

# Of a bundle's own checks, those whose verdict is the bundle's: not what the bill's state was.
_PROVING = ("integrity", "inclusion", "block", "anchored", "authority")
_MEMBERS = ("header", "fields", "inclusion", "deployment")
BlocksFor = Callable[[ProofBundle], TrustedBlocks | Finding]


def check_bundle(
    data: bytes, file: BillFile, trusted: TrustedCode, blocks_for: BlocksFor, now: int
) -> Finding:
    """Judge the bundle that came with ``file``; ``blocks_for`` tells which blocks count.

    Raises what ``trusted`` raises for a broken record.
    """
    try:
        bundle = ProofBundle.from_bytes(data)
    except InputError as e:
        return invalid("bundle-unreadable", detail=str(e))
    return _foreign(bundle, file) or _proof(bundle, trusted, blocks_for(bundle), now)


def blocks_on_chain(reader: LogReader) -> BlocksFor:
    """Counts the blocks that the chain has; one that it has not at that height is INVALID.

    Only for a chain that is known to be the bill's.
    """

    def blocks_for(bundle: ProofBundle) -> TrustedBlocks | Finding:
        blocks = blocks_of(bundle)
        if isinstance(blocks, Finding):
            return blocks
        found = []
        for block in blocks:
            try:
                known = reader.block(block.number)
            except PiaolianError:
                continue
            if known and known.hash != block.hash:
                return invalid("bundle-block-differs", block_number=block.number)
            found += [block.hash] if known else []
        return TrustedBlocks(frozenset(found))

    return blocks_for


def verify_carrying(
    document: Document, bundle: bytes, trusted: TrustedCode, blocks: TrustedBlocks, now: int
) -> VerificationReport:
    """The report on a PDF that carries a proof bundle, from the PDF alone; no chain is asked.

    Its checks are those of a bundle, with ``face``, ``signature`` and ``bundle`` behind them; of a
    bundle that is not the bill's only these and ``integrity``. Raises InputError if the bill file
    in it is none, and what ``trusted`` raises for a broken record.
    """
    file = BillFile.from_bytes(document.bill_file)
    integrity = check_integrity(file)
    carried = check_bundle(bundle, file, trusted, lambda _: blocks, now)
    report = VerificationReport(
        now, file.header.number.code, file.header.number.number, None, None, ()
    )
    if carried.reason not in ("bundle-unreadable", "bundle-of-another"):
        report = verify_bundle(bundle, trusted, blocks, now)
    findings = {check.name: check.finding for check in report.verdicts}
    findings |= {"integrity": integrity, **document.findings(file, integrity)}
    verdicts = numbered({**findings, "bundle": carried})
    return replace(report, verdicts=verdicts, compare=paper_of(file, integrity))


def _foreign(bundle: ProofBundle, file: BillFile) -> Finding | None:
    """Whether it is another bill's, names another block, or does not have all of the bill."""
    for name in _MEMBERS:
        if getattr(bundle, name) != getattr(file, name):
            return invalid("bundle-of-another", field=name)
    try:
        block, named = BlockHeader.from_rlp(bundle.receipt.block), file.anchor
        said = (block.number, block.hash, block.time)
    except ProofRejected as e:
        return invalid("block-malformed", detail=str(e))
    if said != (named.block_number, named.block_hash, named.block_time):
        return invalid("bundle-of-another", field="anchor")
    return None


def _proof(
    bundle: ProofBundle, trusted: TrustedCode, blocks: TrustedBlocks | Finding, now: int
) -> Finding:
    if isinstance(blocks, Finding):
        return blocks
    report = verify_bundle(bundle, trusted, blocks, now)
    findings = [report.verdict(name).finding for name in _PROVING]
    for worst in (Verdict.INVALID, Verdict.UNKNOWN, Verdict.SKIPPED):
        for finding in findings:
            if finding.verdict is worst:
                return finding
    at = BlockHeader.from_rlp(bundle.state.block)
    if report.height is None:
        return unknown("state-needs-block", block_number=at.number, block_hash=f"0x{at.hash.hex()}")
    return valid("bundle-holds", block_number=at.number, time=at.time)
