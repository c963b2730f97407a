"""What a list of roots says of a bill: its batch, who anchored it, and what has ended it since."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from frontend_api.commitment.roots_list import ListedBatch, RootsList
from frontend_api.verify.inclusion import Placed, check_inclusion
from frontend_api.verify.report import Check, Finding, Verdict, invalid, skipped, unknown, valid

_ENDED_REASONS = {"VOIDED": "voided", "REVERSED": "reversed", "RED": "red-letter"}
_WITHOUT_BATCH = ("list-of-another", "batch-not-listed")


@dataclass(frozen=True, slots=True)
class Listed:
    """The findings on a bill by name, and its batch if the list has it."""

    findings: Mapping[str, Finding]
    batch: ListedBatch | None = None


def judge_listed(bill: Placed, roots: RootsList) -> Listed:
    """Inclusion under the list's instance, anchoring, authority, state and amount."""
    inclusion, root = check_inclusion(bill, roots.deployment)
    batch = roots.batches.get(bill.inclusion.batch_id)
    anchored = _check_anchored(bill, roots, root, batch)
    found = batch if anchored.verdict is Verdict.VALID else None
    live = _check_live(bill, roots, anchored)
    findings = {
        "inclusion": inclusion,
        "anchored": anchored,
        "authority": _check_authority(bill, roots, anchored, found),
        "live": live,
        "amount": skipped("needs-live")
        if live.verdict is Verdict.INVALID
        else unknown("amount-needs-chain"),
    }
    return Listed(findings, found)


def unlisted() -> Listed:
    """The findings on a bill of another deployment than the list's."""
    names = ("inclusion", "anchored", "authority", "live")
    findings = {name: unknown("list-of-another") for name in names}
    return Listed({**findings, "amount": unknown("amount-needs-chain")})


def numbered(findings: Mapping[str, Finding]) -> tuple[Check, ...]:
    """The findings as checks, numbered in their order."""
    return tuple(
        Check(number, name, finding) for number, (name, finding) in enumerate(findings.items(), 1)
    )


def _check_anchored(
    bill: Placed, roots: RootsList, root: bytes | None, batch: ListedBatch | None
) -> Finding:
    if root is None:
        return skipped("needs-inclusion")
    as_of = {"block_number": roots.head.number, "time": roots.head.time}
    if batch is None:
        key = bill.header.number.key
        taken = any(b.batch_id <= key < b.batch_id + b.count for b in roots.batches.values())
        return invalid("outside-batch") if taken else unknown("batch-not-listed", **as_of)
    if batch.count != bill.inclusion.size:
        return invalid("outside-batch")
    if batch.root != root:
        return invalid("root-differs")
    return valid("root-listed", **as_of | {"time": batch.anchored_at})


def _check_authority(
    bill: Placed, roots: RootsList, anchored: Finding, batch: ListedBatch | None
) -> Finding:
    if batch is None:
        return _passed_on(anchored)
    if batch.disputed and bill.header.number.key not in roots.attested:
        return invalid("disputed-listed", block_number=roots.head.number)
    return valid("issuer-listed", issuer=batch.issuer, time=batch.anchored_at)


def _check_live(bill: Placed, roots: RootsList, anchored: Finding) -> Finding:
    if anchored.verdict is not Verdict.VALID:
        return _passed_on(anchored)
    state, since = roots.ended.get(bill.header.number.key, ("", 0))
    if state in _ENDED_REASONS:
        return invalid(_ENDED_REASONS[state], time=since)
    as_of = {"block_number": roots.head.number, "time": roots.head.time}
    return unknown("on-paper-then" if state else "live-then", **as_of)


def _passed_on(anchored: Finding) -> Finding:
    """Why nothing is to be said of a bill whose batch was not found."""
    if anchored.reason in _WITHOUT_BATCH:
        return unknown(anchored.reason, **anchored.facts)
    return skipped("needs-anchored")
