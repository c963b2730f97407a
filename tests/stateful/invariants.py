"""The invariants of docs/contracts.md, over the model that the contracts agree with."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import Any

from contracts.support.events import Event

from .model import Platform

# The tables of states: from → to. Whatever is not here must not happen.
STEPS = {
    "institution": {
        "NONE": {"ACTIVE"},
        "ACTIVE": {"SUSPENDED", "REVOKED"},
        "SUSPENDED": {"ACTIVE", "REVOKED"},
    },
    "application": {"NONE": {"OPEN"}, "OPEN": {"ADMITTED", "REFUSED"}},
    "request": {"NONE": {"REQUESTED"}, "REQUESTED": {"APPROVED"}, "APPROVED": {"GRANTED"}},
    "write-off": {"NONE": {"FILED"}, "FILED": {"AUDITED"}},
    "validity": {"ISSUED": {"VOIDED", "REVERSED", "RED"}},
    "paper": {"NONE": {"SWAPPED"}, "SWAPPED": {"RECOVERED"}},
    "grant": {"NONE": {"LIVE", "REVOKED"}, "LIVE": {"REVOKED"}},
    "claim": {
        "NONE": {"RESERVED", "SETTLED"},
        "RESERVED": {"SETTLED", "REJECTED", "EXPIRED"},
        "SETTLED": {"RECOVERED"},
    },
}
FIRST = {"validity": "ISSUED"}
DECISIONS = ("Settled", "Rejected", "Expired")


def check_step(model: Platform, before: Mapping[Any, str]) -> None:
    """INV-14 from the states before a call, and what has to be so at any time."""
    for subject, state in model.milestones().items():
        was = before.get(subject, FIRST.get(subject[0], "NONE"))
        assert was == state or state in STEPS[subject[0]].get(was, ()), (subject, was, state)
    _amounts_within_the_face(model)
    _numbers_once(model)
    _one_chain(model)
    # INV-30: no act is impossible for want of officers.
    assert model.office.platform_officers() >= model.office.approvals


def check_log(events: Iterable[Event]) -> None:
    """INV-5, INV-16, INV-28: what may be told once is told once."""
    told: Counter[Any] = Counter()
    for event in events:
        if event.name in DECISIONS:
            told["decision", *_claim(event)] += 1
        elif event.name in ("Recovered", "Accounted", "Locked"):
            told[event.name, *_claim(event)] += 1
        elif event.name in ("Voided", "Reversed"):
            told["end", event.args["bill_key"]] += 1
        elif event.name == "Anchored":
            told["batch", event.args["batch_id"]] += 1
    assert not [what for what, times in told.items() if times > 1]


def _claim(event: Event) -> tuple[Any, ...]:
    return event.args["payer"], event.args["bill_key"], event.args["claim_id"]


def _amounts_within_the_face(model: Platform) -> None:
    """INV-1, INV-2, INV-15."""
    for (bill_key, batch_id), header in model.bills.headers().items():
        settled, reserved, _ = model.claims.amounts(bill_key)
        if not settled + reserved:
            continue
        original = model.bills.linked(bill_key).original
        due = model.claims.due_of_bill(original)
        total = header.at_source_fen + settled + reserved + due
        assert total <= header.amount_fen, (bill_key, batch_id, total)
    claimed: Counter[Any] = Counter()
    for claim in model.claims.claims.values():
        open_ = claim.status.name == "RESERVED"
        claimed[claim.grant] += claim.reserved_fen if open_ else claim.approved_fen
    for grant, state in model.consents.given.items():
        assert claimed[grant] == state.used_fen <= grant.cap_fen  # INV-8


def _numbers_once(model: Platform) -> None:
    """INV-4, INV-16."""
    for runs in (
        [(s.bill_code * 10**10 + s.first, s.count) for s in model.numbers.segments.values()],
        [(batch.first_key, batch.count) for batch in model.bills.batches.values()],
    ):
        ordered = sorted(run for run in runs if run[1])
        for (first, count), (following, _) in pairwise(ordered):
            assert first + count <= following
    for segment_id, segment in model.numbers.segments.items():
        assert model.bills.consumed(segment_id) <= segment.count


def _one_chain(model: Platform) -> None:
    """INV-15: back from every bill to one beginning, and an original has one of each."""
    links = model.bills.links
    for bill_key, link in links.items():
        seen = {bill_key}
        while link.original:
            assert link.original not in seen
            seen.add(link.original)
            link = links[link.original]
        own = links[bill_key]
        for child in {own.red, own.replacement} - {0}:
            assert links[child].original == bill_key
