"""Verification of a proof bundle with no chain at hand, against blocks that the verifier trusts.

1. ``integrity``  what is disclosed leads, with the digests of what is not, to the content root.
2. ``inclusion``  leaf (under the pinned instance) and audit path lead to a root.
3. ``block``      a block of the proofs is one that the verifier trusts: by hash, or by its seals.
4. ``anchored``   the receipt and the storage proof hold the pinned registry's batch with that root
   and size; one of them does so in a trusted block.
5. ``authority``  the pinned contracts took the batch from a key of the issuer on the bill.
6. ``live``       what the state proof says of the bill at its block; what came later is UNKNOWN.
7. ``amount``     UNKNOWN: what was paid is the chain's to say.

Without a trusted block nothing that the chain would have to say is VALID.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from frontend_api.commitment.block_header import BlockHeader
from frontend_api.commitment.proof_bundle import ProofBundle
from frontend_api.domain.anchor import Deployment
from frontend_api.domain.flags import RED, REVERSED, SWAPPED, VOIDED
from frontend_api.ports import TrustedCode
from frontend_api.verify.authority import forged_member
from frontend_api.verify.disclosed import check_disclosed
from frontend_api.verify.evidence import Evidence, blocks_of, evidence_of
from frontend_api.verify.inclusion import check_inclusion
from frontend_api.verify.paper import header_of, masked
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
from frontend_api.verify.shown import first_level
from frontend_api.verify.trusted_blocks import Standing, TrustedBlocks

_REASON_AT, _VALIDITY_AT, _PAPER_AT = 64, 72, 80  # bits of a life word: contracts/modules


@dataclass(frozen=True, slots=True)
class _Judged:
    """Both blocks with what the verifier says of them."""

    anchoring: BlockHeader
    state: BlockHeader
    standings: tuple[Standing, Standing]

    @property
    def receipt_counts(self) -> bool:
        return self.standings[0].trusted

    @property
    def state_counts(self) -> bool:
        return self.standings[1].trusted


def verify_bundle(
    bundle: ProofBundle | bytes, trusted: TrustedCode, blocks: TrustedBlocks, now: int
) -> VerificationReport:
    """The report on a bundle; ``now`` in seconds. No chain is asked.

    Raises MalformedInput, InvalidFields or TooLarge if ``bundle`` is bytes that are none, and what
    ``trusted`` raises for a broken record.
    """
    if isinstance(bundle, bytes):
        bundle = ProofBundle.from_bytes(bundle)
    pinned = trusted.find(bundle.deployment.instance)

    # (1) integrity, (2) inclusion: the bundle and the pinned instance.
    integrity = check_disclosed(bundle)
    inclusion, root = check_inclusion(bundle, pinned)
    # (3) block: the bundle's headers and what the verifier trusts.
    found = blocks_of(bundle)
    block, judged = _check_block(found, blocks)
    # (4) anchored: the root of (2), the blocks of (3), the pinned registry.
    anchored, evidence = _check_anchored(bundle, root, pinned, trusted, judged)
    # (5) authority, (6) live, (7) amount: need what (4) found.
    authority = _check_authority(bundle, pinned, anchored, evidence, judged)
    live = _check_live(anchored, evidence, judged)
    amount = skipped("needs-live") if live.verdict in _ENDED else unknown("amount-needs-chain")

    findings = {
        "integrity": integrity, "inclusion": inclusion, "block": block, "anchored": anchored,
        "authority": authority, "live": live, "amount": amount,
    }  # fmt: skip
    return VerificationReport(
        checked_at=now,
        bill_code=bundle.header.number.code,
        bill_no=bundle.header.number.number,
        chain_id=pinned.chain_id if pinned else None,
        height=evidence.state.number if evidence and judged and judged.state_counts else None,
        verdicts=tuple(
            Check(number, name, finding)
            for number, (name, finding) in enumerate(findings.items(), 1)
        ),
        compare=_paper(bundle, integrity),
    )


_ENDED = (Verdict.INVALID, Verdict.SKIPPED)


def _check_block(
    found: tuple[BlockHeader, BlockHeader] | Finding, blocks: TrustedBlocks
) -> tuple[Finding, _Judged | None]:
    if isinstance(found, Finding):
        return found, None
    judged = _Judged(*found, (blocks.standing(found[0]), blocks.standing(found[1])))
    pairs = list(zip(found, judged.standings, strict=True))
    for block, standing in pairs:
        if standing.broken:
            return invalid(standing.value, **_identity(block)), judged
    for block, standing in reversed(pairs):  # the later one first: it says more
        if standing.trusted:
            return valid(standing.value, **_identity(block)), judged
    block, standing = pairs[0]
    return unknown(standing.value, **_identity(block)), judged


def _identity(block: BlockHeader) -> dict[str, Any]:
    return {"block_number": block.number, "block_hash": "0x" + block.hash.hex()}


def _check_anchored(
    bundle: ProofBundle,
    root: bytes | None,
    pinned: Deployment | None,
    trusted: TrustedCode,
    judged: _Judged | None,
) -> tuple[Finding, Evidence | None]:
    if pinned is None:
        return unknown("not-pinned"), None
    if judged is None:
        return skipped("needs-block"), None
    if root is None:
        return skipped("needs-inclusion"), None
    evidence = evidence_of(
        bundle,
        pinned,
        trusted.registry_code(pinned.instance),
        (judged.anchoring, judged.state),
    )
    if isinstance(evidence, Finding):
        return evidence, None
    if evidence.event.batch.count != bundle.inclusion.size:
        return invalid("outside-batch"), None
    if evidence.event.batch.root != root:
        return invalid("root-differs"), None
    if any(standing.broken for standing in judged.standings):
        return skipped("needs-block"), None
    if not (judged.receipt_counts or judged.state_counts):
        return unknown("needs-trusted-block"), None
    at = evidence.recorded.anchored_at
    speaking = judged.state if judged.state_counts else judged.anchoring
    return valid("anchored-by-proof", block_number=speaking.number, time=at), evidence


def _check_authority(
    bundle: ProofBundle,
    pinned: Deployment | None,
    anchored: Finding,
    evidence: Evidence | None,
    judged: _Judged | None,
) -> Finding:
    if pinned is None:
        return unknown("not-pinned")
    named = forged_member(bundle.deployment, pinned)
    if named:
        return invalid("forged-contracts", field=named)
    if evidence is None or judged is None:
        return _passed_on(anchored)
    if not judged.receipt_counts:
        return unknown("issuer-needs-block", **_identity(judged.anchoring))
    issuer = evidence.event.issuer
    stated = [f.value for f in bundle.shown if f.path == "/issuer/uscc"]
    if stated and stated != [issuer]:
        return invalid("issuer-differs")
    return valid(
        "authorised-then",
        issuer=issuer,
        signer="0x" + evidence.event.batch.signer.hex(),
        time=evidence.anchoring.time,
    )


def _check_live(anchored: Finding, evidence: Evidence | None, judged: _Judged | None) -> Finding:
    if evidence is None or judged is None:
        return _passed_on(anchored)
    if not judged.state_counts:
        return unknown("state-needs-block", **_identity(judged.state))
    life, at = evidence.recorded.life, {"block_number": judged.state.number}
    ended_at = life & 2**64 - 1
    validity = life >> _VALIDITY_AT & 0xFF
    if validity == VOIDED:
        return invalid("voided", time=ended_at, void_reason=life >> _REASON_AT & 0xFF)
    if validity == REVERSED:
        return invalid("reversed", time=ended_at)
    if validity == RED:
        return invalid("red-letter")
    as_of = {**at, "time": judged.state.time}
    if life >> _PAPER_AT & 0xFF == SWAPPED:
        return unknown("on-paper-then", **as_of)
    return unknown("live-then", **as_of)


def _passed_on(anchored: Finding) -> Finding:
    """Why a check behind (4) says nothing: nothing was proved, or nothing is trusted."""
    if anchored.verdict is Verdict.UNKNOWN:
        return unknown(anchored.reason)
    return skipped("needs-anchored")


def _paper(bundle: ProofBundle, integrity: Finding) -> Mapping[str, Any]:
    """What a clerk compares; of the content only what is disclosed and intact."""
    shown = header_of(bundle.header)
    if integrity.verdict is Verdict.VALID:
        stated = first_level(bundle.shown)
        nested = {f.path: f.value for f in bundle.shown}
        for name in ("kind", "issued_at"):
            if isinstance(stated.get(name), str):
                shown[name] = stated[name]
        if isinstance(nested.get("/issuer/name"), str):
            shown["issuer"] = nested["/issuer/name"]
        if isinstance(nested.get("/holder/name"), str):
            shown["holder"] = masked(nested["/holder/name"])
    return shown
