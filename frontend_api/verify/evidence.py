"""What a bundle's proofs show, each by its own block: the event, and the words in storage.

Nothing here is believed because it is well formed: whether the block counts is asked elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass

from frontend_api.commitment.batch_evidence import (
    AnchoredEvent,
    BatchWords,
    RecordedBatch,
    account_parts,
    anchored_event,
    recorded_batch,
    storage_keys,
)
from frontend_api.commitment.block_header import BlockHeader
from frontend_api.commitment.eip712 import keccak
from frontend_api.commitment.mpt import index_key, proved_values
from frontend_api.commitment.proof_bundle import ProofBundle
from frontend_api.domain.anchor import Deployment
from frontend_api.domain.errors import ProofRejected
from frontend_api.verify.report import Finding, invalid

MAX_INDEX = 1_000_000  # of a transaction in its block


@dataclass(frozen=True, slots=True)
class Evidence:
    """Two blocks and what they hold: the batch's event, and the batch and bill in storage."""

    anchoring: BlockHeader
    event: AnchoredEvent
    state: BlockHeader
    recorded: RecordedBatch


def blocks_of(bundle: ProofBundle) -> tuple[BlockHeader, BlockHeader] | Finding:
    """The headers of both blocks: of the receipt, and of the state."""
    try:
        blocks = [BlockHeader.from_rlp(part.block) for part in (bundle.receipt, bundle.state)]
        for block in blocks:
            _ = block.hash  # a header of QBFT without QBFT's extra data has none
    except ProofRejected as e:
        return invalid("block-malformed", detail=str(e))
    return blocks[0], blocks[1]


def evidence_of(
    bundle: ProofBundle,
    pinned: Deployment,
    code_hash: bytes | None,
    blocks: tuple[BlockHeader, BlockHeader],
) -> Evidence | Finding:
    """What the proofs show of the pinned registry, or what is wrong with them.

    ``code_hash`` is that of the registry's code in the trusted record, if it names one.
    """
    anchoring, state = blocks
    registry = bytes.fromhex(pinned.bill_registry[2:])
    event = _event(bundle, registry, anchoring)
    if isinstance(event, Finding):
        return event
    recorded = _recorded(bundle, registry, code_hash, state)
    if isinstance(recorded, Finding):
        return recorded
    if event.batch != recorded.batch:
        return invalid("proofs-differ", field=_differing(event.batch, recorded.batch))
    if recorded.anchored_at != anchoring.time:
        return invalid("proofs-differ", field="time")
    if state.number < anchoring.number:
        return invalid("proofs-differ", field="block")
    return Evidence(anchoring, event, state, recorded)


def _event(bundle: ProofBundle, registry: bytes, block: BlockHeader) -> AnchoredEvent | Finding:
    proof = bundle.receipt
    if proof.index > MAX_INDEX:
        return invalid("receipt-unproved", detail="no block has so many transactions")
    try:
        [receipt] = proved_values(block.receipts_root, [index_key(proof.index)], proof.nodes)
    except ProofRejected as e:
        return invalid("receipt-unproved", detail=str(e))
    if not receipt:
        return invalid("receipt-unproved", detail="the block has no transaction at this place")
    try:
        return anchored_event(receipt, registry, bundle.inclusion.batch_id)
    except ProofRejected as e:
        return invalid("receipt-of-another", detail=str(e))


def _recorded(
    bundle: ProofBundle, registry: bytes, code_hash: bytes | None, block: BlockHeader
) -> RecordedBatch | Finding:
    proof = bundle.state
    keys = [keccak(k) for k in storage_keys(bundle.inclusion.batch_id, bundle.header.number.key)]
    try:
        [account] = proved_values(block.state_root, [keccak(registry)], proof.account)
        storage_root, code = account_parts(account)
        recorded = recorded_batch(proved_values(storage_root, keys, proof.storage))
    except ProofRejected as e:
        return invalid("state-unproved", detail=str(e))
    if code_hash is not None and code != code_hash:
        return invalid("code-differs")
    return recorded


def _differing(event: BatchWords, recorded: BatchWords) -> str:
    members = ("root", "count", "segment_id", "signer", "sum_fen")
    return next(name for name in members if getattr(event, name) != getattr(recorded, name))
