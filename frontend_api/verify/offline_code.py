"""Verification of the codes on a bill, read from paper, against a list of roots that is trusted.

1. ``code``       the codes are whole, and of the deployment of the list.
2. ``inclusion``  header and audit path lead to a root; the place is that of the number.
3. ``anchored``   the list has the batch with that root and size.
4. ``authority``  who anchored it, and whether its key was in wrong hands.
5. ``live``       what the list knows of the bill up to its block; what came later is UNKNOWN.
6. ``amount``     UNKNOWN: what was paid is the chain's to say.
7. ``content``    UNKNOWN: a code holds the header only; the page is to be compared by eye.

The page that the code's address opens has no part in this.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from frontend_api.commitment.header import bill_leaf
from frontend_api.commitment.offline_code import TAG_BYTES, OfflineCode
from frontend_api.commitment.roots_list import ListedBatch, RootsList
from frontend_api.commitment.tree import root_from_path
from frontend_api.domain.errors import ProofRejected
from frontend_api.verify.inclusion import MAX_BATCH
from frontend_api.verify.offline import numbers_shown
from frontend_api.verify.report import (
    Check,
    Finding,
    VerificationReport,
    invalid,
    skipped,
    unknown,
    valid,
)

_ENDED_REASONS = {"VOIDED": "voided", "REVERSED": "reversed", "RED": "red-letter"}


@dataclass(frozen=True, slots=True)
class _Place:
    """What the list says of the batch that the code names, or why nothing."""

    finding: Finding
    batch: ListedBatch | None = None


def verify_code(code: OfflineCode, roots: RootsList, now: int) -> VerificationReport:
    """The report on what was read from a bill's codes; ``now`` in seconds. No chain is asked."""
    same = code.tag == roots.deployment.instance[:TAG_BYTES]
    named = valid("code-read") if same else unknown("list-of-another")
    inclusion, root = _check_inclusion(code, roots) if same else (unknown("list-of-another"), None)
    place = _look_up(code, roots, root) if same else _Place(unknown("list-of-another"))
    as_of = {"block_number": roots.head.number, "time": roots.head.time}
    findings = {
        "code": named,
        "inclusion": inclusion,
        "anchored": place.finding,
        "authority": _check_authority(code, roots, place),
        "live": _check_live(code, roots, place, as_of),
        "amount": unknown("amount-needs-chain"),
        "content": unknown("content-needs-file"),
    }
    return VerificationReport(
        checked_at=now,
        bill_code=code.header.number.code,
        bill_no=code.header.number.number,
        chain_id=roots.deployment.chain_id if same else None,
        height=roots.head.number if same else None,
        verdicts=tuple(
            Check(number, name, finding)
            for number, (name, finding) in enumerate(findings.items(), 1)
        ),
        compare=numbers_shown(code.header),
    )


def _check_inclusion(code: OfflineCode, roots: RootsList) -> tuple[Finding, bytes | None]:
    place = code.inclusion
    if place.size > MAX_BATCH:
        return invalid("wrong-place"), None
    leaf = bill_leaf(code.header, roots.deployment.instance)
    try:
        root = root_from_path(leaf, place.index, place.size, place.path)
    except ProofRejected as e:
        return invalid("proof-malformed", detail=str(e)), None
    return valid(
        "included",
        batch_id=str(place.batch_id),
        position=place.index + 1,
        size=place.size,
        root="0x" + root.hex(),
    ), root


def _look_up(code: OfflineCode, roots: RootsList, root: bytes | None) -> _Place:
    if root is None:
        return _Place(skipped("needs-inclusion"))
    place = code.inclusion
    batch = roots.batches.get(place.batch_id)
    if batch is None:
        key = code.header.number.key
        if any(b.batch_id <= key < b.batch_id + b.count for b in roots.batches.values()):
            return _Place(invalid("outside-batch"))
        return _Place(
            unknown("batch-not-listed", block_number=roots.head.number, time=roots.head.time)
        )
    if batch.count != place.size:
        return _Place(invalid("outside-batch"))
    if batch.root != root:
        return _Place(invalid("root-differs"))
    return _Place(
        valid("root-listed", time=batch.anchored_at, block_number=roots.head.number), batch
    )


def _check_authority(code: OfflineCode, roots: RootsList, place: _Place) -> Finding:
    batch = place.batch
    if batch is None:
        return _passed_on(place.finding)
    if batch.disputed and code.header.number.key not in roots.attested:
        return invalid("disputed-listed", block_number=roots.head.number)
    return valid("issuer-listed", issuer=batch.issuer, time=batch.anchored_at)


def _check_live(
    code: OfflineCode, roots: RootsList, place: _Place, as_of: dict[str, Any]
) -> Finding:
    if place.batch is None:
        return _passed_on(place.finding)
    state, since = roots.ended.get(code.header.number.key, ("", 0))
    if state in _ENDED_REASONS:
        return invalid(_ENDED_REASONS[state], time=since)
    return unknown("on-paper-then" if state else "live-then", **as_of)


def _passed_on(finding: Finding) -> Finding:
    """Why nothing is to be said of a bill whose batch was not found."""
    if finding.reason in ("list-of-another", "batch-not-listed"):
        return unknown(finding.reason, **finding.facts)
    return skipped("needs-anchored")
