"""INV-20: the state as an observer knows it who saw nothing but the events and their times.

Also the observer's arithmetic: what events say of sums has to fit what was said before.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from contracts.support.events import Event

from .model.rules import LARGEST, ZERO_ADDRESS, Views

REGISTRY, BILLS = "IssuerRegistry", "BillRegistry"
CONSENTS, LEDGER = "ConsentRegistry", "ReimbursementLedger"


class Rebuilt:
    """One method per event, named as the event. The latest answer of a view stands."""

    def __init__(self, log: Iterable[tuple[int, Event]]) -> None:
        self.now = 0
        self.views: Views = {
            (REGISTRY, "bills"): ZERO_ADDRESS,
            (REGISTRY, "stock_limit"): LARGEST,
            (REGISTRY, "segment_total"): 0,
            (REGISTRY, "request_total"): 0,
            (REGISTRY, "pending_supervisor"): ZERO_ADDRESS,
            (REGISTRY, "paused"): False,
        }
        self.consumed: defaultdict[int, int] = defaultdict(int)
        self.voided: defaultdict[int, int] = defaultdict(int)
        self.batches: dict[int, dict[str, Any]] = {}
        self.amounts: defaultdict[int, list[Any]] = defaultdict(lambda: [0, 0, False])
        for self.now, event in log:
            getattr(self, event.name)(**event.args)

    def _of(self, function: str, *args: Any) -> list[Any]:
        """What a view of the registry said last, to be changed."""
        return list(self.views[REGISTRY, function, *args])

    # --- the office ---

    def SupervisorTransferStarted(self, supervisor, pending_supervisor):  # noqa: ARG002
        self.views[REGISTRY, "pending_supervisor"] = pending_supervisor

    def SupervisorTransferred(self, previous_supervisor, supervisor):
        assert self.views.get((REGISTRY, "supervisor"), ZERO_ADDRESS) == previous_supervisor
        self.views[REGISTRY, "supervisor"] = supervisor
        self.views[REGISTRY, "pending_supervisor"] = ZERO_ADDRESS

    def Paused(self, supervisor):  # noqa: ARG002
        self.views[REGISTRY, "paused"] = True

    def Unpaused(self, supervisor):  # noqa: ARG002
        self.views[REGISTRY, "paused"] = False

    # --- institutions and keys ---

    def IssuerAdmitted(self, uscc, name, region):
        self.views[REGISTRY, "issuer", uscc] = (1, region, self.now, name)

    def PayerAdmitted(self, uscc, name, payer_kind):
        self.views[REGISTRY, "payer", uscc] = (1, payer_kind, self.now, name)

    def _stand(self, whose, uscc, standing):
        self.views[REGISTRY, whose, uscc] = (standing, *self._of(whose, uscc)[1:])

    def IssuerSuspended(self, uscc):
        self._stand("issuer", uscc, 2)

    def IssuerResumed(self, uscc):
        self._stand("issuer", uscc, 1)

    def IssuerRevoked(self, uscc):
        self._stand("issuer", uscc, 4)

    def PayerSuspended(self, uscc):
        self._stand("payer", uscc, 2)

    def PayerResumed(self, uscc):
        self._stand("payer", uscc, 1)

    def PayerRevoked(self, uscc):
        self._stand("payer", uscc, 4)

    def KeyRegistered(self, key, owner, role):
        self.views[REGISTRY, "key", key] = (owner, role, self.now, 0, 0)

    def KeyRevoked(self, key):
        self._end_key(key, self._of("key", key)[4])

    def KeyDisowned(self, key, compromised_since):
        self._end_key(key, compromised_since)

    def _end_key(self, key, since):
        owner, role, valid_from, revoked_at, _ = self._of("key", key)
        self.views[REGISTRY, "key", key] = (owner, role, valid_from, revoked_at or self.now, since)

    # --- numbers ---

    def BillsAppointed(self, bills):
        self.views[REGISTRY, "bills"] = bills

    def StockLimitSet(self, stock_limit):
        self.views[REGISTRY, "stock_limit"] = stock_limit

    def KindAllowed(self, uscc, kind, allowed):
        self.views[REGISTRY, "may_issue_kind", uscc, kind] = allowed

    def SeriesOpened(self, bill_code, kind):
        self.views[REGISTRY, "series", bill_code] = (kind, 1, True)

    def NumbersRequested(self, request_id, issuer, bill_code, count):
        self.views[REGISTRY, "request_total"] += 1
        assert request_id == self.views[REGISTRY, "request_total"]
        self.views[REGISTRY, "request", request_id] = (issuer, bill_code, count, 1)

    def RequestApproved(self, request_id, issuer):
        held = self._of("request", request_id)
        assert held[0] == issuer
        self.views[REGISTRY, "request", request_id] = (*held[:3], 2)

    def NumbersGranted(self, segment_id, issuer, bill_code, first, count):
        kind, next_no, _ = self._of("series", bill_code)
        assert first == next_no
        self.views[REGISTRY, "series", bill_code] = (kind, next_no + count, True)
        self._segment(segment_id, issuer, bill_code, first, count)

    def _segment(self, segment_id, issuer, bill_code, first, count):
        self.views[REGISTRY, "segment_total"] += 1
        assert segment_id == self.views[REGISTRY, "segment_total"]
        self.views[REGISTRY, "segment", segment_id] = (issuer, bill_code, first, count)
        self.views[REGISTRY, "closing", segment_id] = (0, 0)

    def SegmentSplit(self, segment_id, issuer, part_id, first, count, outlet):  # noqa: ARG002
        code = self._shorten(segment_id, issuer, first, count)
        self._segment(part_id, issuer, code, first, count)

    def NumbersReturned(self, segment_id, issuer, first, count):
        self._shorten(segment_id, issuer, first, count)
        returned, status = self._of("closing", segment_id)
        self.views[REGISTRY, "closing", segment_id] = (returned + count, status)

    def _shorten(self, segment_id, issuer, first, count):
        owner, code, start, held = self._of("segment", segment_id)
        assert owner == issuer
        assert first + count == start + held
        self.views[REGISTRY, "segment", segment_id] = (owner, code, start, held - count)
        return code

    def WriteOffFiled(self, segment_id, issuer, issued, voided, unused):  # noqa: ARG002
        returned, _ = self._of("closing", segment_id)
        assert unused == returned
        assert issued + voided == self._of("segment", segment_id)[3] == self.consumed[segment_id]
        assert voided == self.voided[segment_id]
        self.views[REGISTRY, "closing", segment_id] = (returned, 1)

    def WriteOffAudited(self, segment_id, issuer):  # noqa: ARG002
        self.views[REGISTRY, "closing", segment_id] = (self._of("closing", segment_id)[0], 2)

    # --- bills ---

    def Anchored(self, batch_id, issuer, segment_id, count, root, sum_fen, signer):
        self.consumed[segment_id] += count
        self.batches[batch_id] = {"segment": segment_id, "count": count}
        held = (root, batch_id, count, segment_id, self.now, signer, sum_fen, issuer)
        self.views[BILLS, "batch", batch_id] = held
        self.views[BILLS, "batch_attested", batch_id] = False

    def BatchAttested(self, batch_id, supervisor):  # noqa: ARG002
        self.views[BILLS, "batch_attested", batch_id] = True

    def _life(self, bill_key, **changes):
        names = ("validity", "ended_at", "reason", "paper", "attested")
        held = self.views.get((BILLS, "bill_life", bill_key), (0, 0, 0, 0, False))
        after = dict(zip(names, held, strict=True)) | changes
        self.views[BILLS, "bill_life", bill_key] = tuple(after.values())

    def _links(self, bill_key, **changes):
        held = self.views.get((BILLS, "links", bill_key), (0, 0, 0))
        after = dict(zip(("red", "replacement", "original"), held, strict=True)) | changes
        self.views[BILLS, "links", bill_key] = tuple(after.values())

    def BillAttested(self, bill_key, batch_id, supervisor):  # noqa: ARG002
        self._life(bill_key, attested=True)

    def Voided(self, bill_key, issuer, reason):  # noqa: ARG002
        self._life(bill_key, validity=1, ended_at=self.now, reason=reason)
        for batch_id, batch in self.batches.items():
            if batch_id <= bill_key < batch_id + batch["count"]:
                self.voided[batch["segment"]] += 1

    def Reversed(self, bill_key, red_key, replacement_key, issuer, amount_fen, due_fen, reason):  # noqa: ARG002
        assert self.amounts[bill_key][:2] == [due_fen, 0]
        self._life(bill_key, validity=2, ended_at=self.now, reason=reason)
        self._life(red_key, validity=4, ended_at=self.now, reason=reason)
        self._links(bill_key, red=red_key, replacement=replacement_key)
        for child in {red_key, replacement_key} - {0}:
            self._links(child, original=bill_key)

    def SwappedToPaper(self, bill_key, issuer, paper_no, settled_fen):  # noqa: ARG002
        assert self.amounts[bill_key][:2] == [settled_fen, 0]
        self._life(bill_key, paper=1)

    def PaperRecovered(self, bill_key, issuer):  # noqa: ARG002
        self._life(bill_key, paper=2)

    # --- grants ---

    def Granted(self, grant_id, **_):
        self.views[CONSENTS, "grant_state", grant_id] = (1, 0)

    def GrantRevoked(self, grant_id, **_):
        used = self._used(grant_id)
        self.views[CONSENTS, "grant_state", grant_id] = (2, used)

    def _used(self, grant_id):
        return self.views.get((CONSENTS, "grant_state", grant_id), (0, 0))[1]

    def GrantUsed(self, grant_id, amount_fen, used_fen, **_):
        self._use(grant_id, amount_fen, used_fen)

    def GrantReleased(self, grant_id, amount_fen, used_fen):
        self._use(grant_id, -amount_fen, used_fen)

    def _use(self, grant_id, step, used_fen):
        assert used_fen == self._used(grant_id) + step
        if (CONSENTS, "grant_state", grant_id) in self.views:
            status = self.views[CONSENTS, "grant_state", grant_id][0]
            self.views[CONSENTS, "grant_state", grant_id] = (status, used_fen)

    # --- claims ---

    def Locked(self, bill_key, payer, claim_id, batch_id, grant_id, **e):  # noqa: ARG002
        amount = e["amount_fen"]
        self.amounts[bill_key][1] += amount
        claim = (1, amount, 0, e["expires_at"], e["statutory"], grant_id)
        self.views[LEDGER, "claim", payer, bill_key, claim_id] = claim

    def Accounted(self, bill_key, payer, claim_id, batch_id, grant_id, amount_fen, **_):  # noqa: ARG002
        self.amounts[bill_key][0] += amount_fen
        claim = (2, amount_fen, amount_fen, self.now, False, grant_id)
        self.views[LEDGER, "claim", payer, bill_key, claim_id] = claim

    def Settled(self, bill_key, payer, claim_id, approved_fen, deducted_fen, voucher):  # noqa: ARG002
        self._close((payer, bill_key, claim_id), 2, approved_fen, deducted_fen)

    def Rejected(self, bill_key, payer, claim_id, released_fen, reason):  # noqa: ARG002
        self._close((payer, bill_key, claim_id), 4, 0, released_fen)

    def Expired(self, bill_key, payer, claim_id, released_fen):
        self._close((payer, bill_key, claim_id), 8, 0, released_fen)

    def _close(self, key, status, approved, freed):
        was, reserved, _, *rest = self.views[LEDGER, "claim", *key]
        assert (was, reserved) == (1, approved + freed)
        self.views[LEDGER, "claim", *key] = (status, reserved, approved, *rest)
        held = self.amounts[key[1]]
        held[0] += approved
        held[1] -= reserved
        held[2] |= rest[1] and status != 8

    def Recovered(self, bill_key, payer, claim_id, amount_fen, voucher):  # noqa: ARG002
        was, reserved, approved, *rest = self.views[LEDGER, "claim", payer, bill_key, claim_id]
        assert (was, approved) == (2, amount_fen)
        self.views[LEDGER, "claim", payer, bill_key, claim_id] = (16, reserved, approved, *rest)
        self.amounts[bill_key][0] -= amount_fen

    def UseLogged(self, **_):
        """Said, and changes nothing."""

    # --- what was rebuilt ---

    def all_views(self) -> Views:
        views = dict(self.views)
        for segment_id in range(1, views[REGISTRY, "segment_total"] + 1):
            views[BILLS, "consumed", segment_id] = self.consumed[segment_id]
            views[BILLS, "voided_in", segment_id] = self.voided[segment_id]
        claimed = {view[3] for view in views if view[1] == "claim"}
        for bill_key in claimed:
            views[LEDGER, "amounts", bill_key] = tuple(self.amounts[bill_key])
        return views


def disagreements(log: Iterable[tuple[int, Event]], expected: Views) -> list[Any]:
    """Views that the events tell otherwise; every view that events tell is compared."""
    told = Rebuilt(log).all_views()
    functions = {view[1] for view in told}
    known = {view: value for view, value in expected.items() if view[1] in functions}
    # Of bills, links and kinds nothing was said: the answer of nothing.
    nothing = {"bill_life": (0, 0, 0, 0, False), "links": (0, 0, 0)}
    asked = [view for view in told.keys() | known.keys() if view[1] != "may_issue_kind"]
    return [
        (view, told.get(view, nothing.get(view[1])), known.get(view))
        for view in asked if told.get(view, nothing.get(view[1])) != known.get(view)
    ]  # fmt: skip
