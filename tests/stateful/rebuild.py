"""INV-20: the state as an observer knows it who saw nothing but the events and their times.

Also the observer's arithmetic: what events say of sums has to fit what was said before.
"""

# ruff: noqa: N802 - methods are named as the events.

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any

from contracts.support.events import Event

from .model.office import LIFE, Act, covers
from .model.rules import LARGEST, ZERO_ADDRESS, Views

REGISTRY, BILLS = "IssuerRegistry", "BillRegistry"
CONSENTS, LEDGER = "ConsentRegistry", "ReimbursementLedger"

Told = tuple[int, Event]  # when and what

# Event → the act that several officers may have had to agree on.
ACTS: dict[str, Callable[..., Act]] = {
    "OfficerAppointed": lambda officer, region: ("appoint_officer", officer, region),
    "OfficerDismissed": lambda officer, region: ("dismiss_officer", officer),  # noqa: ARG005
    "ApprovalRuleSet": lambda **e: ("set_approval_rule", *e.values()),
    "IssuerAdmitted": lambda **e: ("admit_issuer", *e.values()),
    "IssuerRevoked": lambda uscc: ("revoke_issuer", uscc),
    "PayerAdmitted": lambda **e: ("admit_payer", *e.values()),
    "PayerRevoked": lambda uscc: ("revoke_payer", uscc),
    "KeyRegistered": lambda **e: ("register_key", *e.values()),
    "ApplicationAdmitted": lambda application_id, uscc: ("admit_applicant", application_id),  # noqa: ARG005
    "NumbersGranted": lambda **e: (
        ("grant_request", e["request_id"])
        if e["request_id"]
        else ("grant_numbers", e["issuer"], e["bill_code"], e["count"])
    ),
}


class Rebuilt:
    """One method per event, named as the event. The latest answer of a view stands."""

    def __init__(self, log: Iterable[Told], act_id: Callable[[Act], bytes], now: int) -> None:
        self.now = 0
        self.views: Views = {
            (REGISTRY, "bills"): ZERO_ADDRESS,
            (REGISTRY, "stock_limit"): LARGEST,
            (REGISTRY, "approval_rule"): (1, LARGEST),
            (REGISTRY, "segment_total"): 0,
            (REGISTRY, "request_total"): 0,
            (REGISTRY, "application_total"): 0,
            (REGISTRY, "paused"): False,
        }
        self.consumed: defaultdict[int, int] = defaultdict(int)
        self.voided: defaultdict[int, int] = defaultdict(int)
        self.batches: dict[int, dict[str, Any]] = {}
        self.amounts: defaultdict[int, list[Any]] = defaultdict(lambda: [0, 0, False])
        self.acts: dict[bytes, tuple[int, int, list[str]]] = {}
        self._act_id = act_id
        before = ""
        for self.now, event in log:
            getattr(self, event.name)(**event.args)
            # An admission and a key that follow from an application are no acts of their own.
            of_application = before == "ApplicationAdmitted"
            if event.name in ACTS and not of_application:
                self._done(ACTS[event.name](**event.args))
            if not (of_application and event.name == "IssuerAdmitted"):
                before = event.name
        self.now = now

    def _of(self, function: str, *args: Any) -> list[Any]:
        """What a view of the registry said last, to be changed."""
        return list(self.views[REGISTRY, function, *args])

    # --- offices ---

    def OfficerAppointed(self, officer, region):
        self.views[REGISTRY, "officer", officer] = (region, self.now, ZERO_ADDRESS)

    def OfficerDismissed(self, officer, region):
        assert self._of("officer", officer)[0] == region
        self.views[REGISTRY, "officer", officer] = (0, 0, ZERO_ADDRESS)

    def OfficeTransferStarted(self, officer, successor):
        held = self._of("officer", officer)
        self.views[REGISTRY, "officer", officer] = (*held[:2], successor)

    def OfficeTransferred(self, predecessor, officer, region):
        self.OfficerDismissed(predecessor, region)
        self.OfficerAppointed(officer, region)

    def ApprovalRuleSet(self, approvals, grant_limit):
        self.views[REGISTRY, "approval_rule"] = (approvals, grant_limit)

    def Paused(self, officer):  # noqa: ARG002
        self.views[REGISTRY, "paused"] = True

    def Unpaused(self, officer):  # noqa: ARG002
        self.views[REGISTRY, "paused"] = False

    # --- approvals ---

    def ActApproved(self, act, region, officer, given, needed):
        if given == 1:
            self.acts[act] = (self.now, region, [])
        agreeing = self._agreeing(act)
        assert officer not in agreeing
        assert len(agreeing) + 1 == given < needed
        self.acts[act] = (*self.acts[act][:2], [*agreeing, officer])

    def ApprovalWithdrawn(self, act, officer, given):
        others = [one for one in self._agreeing(act) if one != officer]
        assert len(others) == given
        self.acts[act] = (*self.acts[act][:2], others)

    def _agreeing(self, act):
        opened, region, approvers = self.acts[act]
        if self.now > opened + LIFE:
            return []
        held = {one: self.views.get((REGISTRY, "officer", one), (0, 0, "")) for one in approvers}
        return [one for one in approvers if held[one][1] and covers(held[one][0], region)]

    def _done(self, what: Act):
        """An act that was done is not pending any more. Its events tell which it was."""
        act = self._act_id(what)
        if act in self.acts:
            self.acts[act] = (*self.acts[act][:2], [])

    # --- applications ---

    def ApplicationMade(self, application_id, applicant, uscc, name, region):
        self.views[REGISTRY, "application_total"] += 1
        said = (applicant, uscc, region, self.now, 1, name)
        self.views[REGISTRY, "application", application_id] = said

    def _decide(self, application_id, uscc, status):
        *said, _, name = self._of("application", application_id)
        assert said[1] == uscc
        self.views[REGISTRY, "application", application_id] = (*said, status, name)

    def ApplicationAdmitted(self, application_id, uscc):
        self._decide(application_id, uscc, 2)

    def ApplicationRefused(self, application_id, uscc):
        self._decide(application_id, uscc, 4)

    # --- institutions and keys ---

    def IssuerAdmitted(self, uscc, name, region):
        self.views[REGISTRY, "issuer", uscc] = (1, region, self.now, name)

    def PayerAdmitted(self, uscc, name, payer_kind, region):
        self.views[REGISTRY, "payer", uscc] = (1, payer_kind, region, self.now, name)

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

    def SeriesOpened(self, bill_code, kind, region):
        self.views[REGISTRY, "series", bill_code] = (kind, region, 1, True)

    def NumbersRequested(self, request_id, issuer, bill_code, count):
        self.views[REGISTRY, "request_total"] += 1
        assert request_id == self.views[REGISTRY, "request_total"]
        self.views[REGISTRY, "request", request_id] = (issuer, bill_code, count, 1)

    def RequestApproved(self, request_id, issuer):
        held = self._of("request", request_id)
        assert held[0] == issuer
        self.views[REGISTRY, "request", request_id] = (*held[:3], 2)

    def NumbersGranted(self, segment_id, issuer, bill_code, first, count, request_id):
        kind, region, next_no, _ = self._of("series", bill_code)
        assert first == next_no
        self.views[REGISTRY, "series", bill_code] = (kind, region, next_no + count, True)
        if request_id:
            held = self._of("request", request_id)
            assert held == [issuer, bill_code, count, 2]
            self.views[REGISTRY, "request", request_id] = (issuer, bill_code, count, 4)
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

    def BatchAttested(self, batch_id, officer):  # noqa: ARG002
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

    def BillAttested(self, bill_key, batch_id, officer):  # noqa: ARG002
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
        for act, (opened, region, _) in self.acts.items():
            agreeing = tuple(self._agreeing(act))
            held = (opened, region, agreeing) if agreeing else (0, 0, ())
            views[REGISTRY, "pending_act", act] = held
        officers = [view for view in views if view[1] == "officer"]
        whole = [view for view in officers if views[view][0] == 0 and views[view][1]]
        views[REGISTRY, "platform_officers"] = len(whole)
        return views


# Answers about what was never told of.
NOTHING = {"bill_life": (0, 0, 0, 0, False), "links": (0, 0, 0)}


def disagreements(
    log: Iterable[Told], act_id: Callable[[Act], bytes], now: int, expected: Views
) -> list[Any]:
    """What the events tell otherwise than it is: (view, as told, as it is)."""
    told = Rebuilt(log, act_id, now).all_views()
    # What may be issued follows from the lists and from their absence: not told one by one.
    told = {view: value for view, value in told.items() if view[1] != "may_issue_kind"}
    functions = {view[1] for view in told}
    asked = told.keys() | {view for view in expected if view[1] in functions}
    return [
        (view, told.get(view, NOTHING.get(view[1])), expected.get(view))
        for view in asked if told.get(view, NOTHING.get(view[1])) != expected.get(view)
    ]  # fmt: skip
