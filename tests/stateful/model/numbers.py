"""Bill codes, requests, segments and their write-off."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .office import WHOLE, Act, covers, is_region
from .rules import (
    LARGEST,
    ZERO_ADDRESS,
    Checks,
    Outcome,
    Request,
    Role,
    Views,
    WriteOff,
    is_eight_digits,
    told,
)

if TYPE_CHECKING:
    from . import Platform

NUMBERS_OF_A_CODE = 10**10 - 1  # ten digits, without 0


@dataclass
class Series:
    kind: str
    region: int
    granted: list[tuple[int, int]] = field(default_factory=list)  # segment id, count at first

    @property
    def next_no(self) -> int:
        return 1 + sum(count for _, count in self.granted)


@dataclass
class Segment:
    issuer: bytes
    bill_code: int
    first: int
    count: int
    returned: int = 0
    closed: WriteOff = WriteOff.NONE


@dataclass
class Asked:
    issuer: bytes
    bill_code: int
    count: int
    status: Request = Request.REQUESTED


class Numbers:
    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self.counter = ZERO_ADDRESS  # the bill registry that tells what is used
        self.stock_limit = LARGEST
        self.series: dict[int, Series] = {}
        self.segments: dict[int, Segment] = {}
        self.requests: dict[int, Asked] = {}
        self.kinds: dict[bytes, dict[str, bool]] = {}

    # --- officers ---

    def appoint_bills(self, caller: str, bills: str) -> Outcome:
        checks = self._platform.office.by_officer(caller, WHOLE)
        checks(self.counter == ZERO_ADDRESS, "bills: already appointed")
        checks(bills == self._platform.addresses["BillRegistry"], "bills: of another registry")
        checks.done()
        self.counter = bills
        return Outcome([told("BillsAppointed", bills=bills)])

    def set_stock_limit(self, caller: str, stock_limit: int) -> Outcome:
        checks = self._platform.office.by_officer(caller, WHOLE)
        self._counted(checks)
        checks.done()
        self.stock_limit = stock_limit
        return Outcome([told("StockLimitSet", stock_limit=stock_limit)])

    def allow_kind(self, caller: str, uscc: bytes, kind: str, allowed: bool) -> Outcome:
        checks = self._platform.office.by_officer(caller, self._region(uscc))
        self._platform.institutions.not_revoked(checks, "issuer", uscc)
        checks(kind != "", "kind: missing")
        checks.done()
        self.kinds.setdefault(uscc, {})[kind] = allowed
        return Outcome([told("KindAllowed", uscc=uscc, kind=kind, allowed=allowed)])

    def open_series(self, caller: str, bill_code: int, kind: str, region: int) -> Outcome:
        checks = self._platform.office.by_officer(caller, region)
        checks(is_eight_digits(bill_code), "series: code not eight digits")
        checks(kind != "", "series: kind missing")
        checks(region == WHOLE or is_region(region), "series: region not six digits")
        of_province = str(bill_code)[:2] == str(region)[:2]
        checks(region == WHOLE or of_province, "series: code of another region")
        checks(bill_code not in self.series, "series: already open")
        checks.done()
        self.series[bill_code] = Series(kind, region)
        event = told("SeriesOpened", bill_code=bill_code, kind=kind, region=region)
        return Outcome([event])

    def approve_request(self, caller: str, request_id: int) -> Outcome:
        asked = self.requests.get(request_id)
        region = self._region(asked.issuer) if asked else WHOLE
        checks = self._platform.office.by_officer(caller, region)
        open_ = asked is not None and asked.status is Request.REQUESTED
        if checks(open_, "request: not open") and asked:
            approver = self._platform.keys.by_address.get(caller)
            own = approver is not None and approver.owner == asked.issuer
            checks(not own, "request: approver is applicant")
        checks.done()
        assert asked is not None
        asked.status = Request.APPROVED
        return Outcome([told("RequestApproved", request_id=request_id, issuer=asked.issuer)])

    def grant_request(self, caller: str, request_id: int) -> Outcome:
        asked = self.requests.get(request_id)
        region = self._region(asked.issuer) if asked else WHOLE
        checks = self._platform.office.by_officer(caller, region)
        approved = asked is not None and asked.status is Request.APPROVED
        if checks(approved, "request: not approved") and asked:
            self._active(checks, asked.issuer)
            self._grantable(checks, asked.issuer, asked.bill_code, asked.count)

        def grant() -> Outcome:
            assert asked is not None
            asked.status = Request.GRANTED
            return self._grant(asked.issuer, asked.bill_code, asked.count, request_id)

        count = asked.count if asked else 0
        return self._agree(checks, caller, region, ("grant_request", request_id), grant, count)

    def grant_numbers(self, caller: str, issuer: bytes, bill_code: int, count: int) -> Outcome:
        region = self._region(issuer)
        checks = self._platform.office.by_officer(caller, region)
        self._active(checks, issuer)
        self._grantable(checks, issuer, bill_code, count)
        act = ("grant_numbers", issuer, bill_code, count)
        return self._agree(
            checks, caller, region, act, lambda: self._grant(issuer, bill_code, count, 0), count
        )

    def audit_write_off(self, caller: str, segment_id: int) -> Outcome:
        segment = self.segments.get(segment_id)
        region = self._region(segment.issuer) if segment else WHOLE
        checks = self._platform.office.by_officer(caller, region)
        filed = segment is not None and segment.closed is WriteOff.FILED
        checks(filed, "write-off: not filed")
        checks.done()
        assert segment is not None
        segment.closed = WriteOff.AUDITED
        return Outcome([told("WriteOffAudited", segment_id=segment_id, issuer=segment.issuer)])

    # --- issuers ---

    def request_numbers(self, caller: str, bill_code: int, count: int) -> Outcome:
        checks, issuer = self._by_issuer(caller)
        self._grantable(checks, issuer, bill_code, count)
        checks.done()
        request_id = len(self.requests) + 1
        self.requests[request_id] = Asked(issuer, bill_code, count)
        event = told(
            "NumbersRequested",
            request_id=request_id,
            issuer=issuer,
            bill_code=bill_code,
            count=count,
        )
        return Outcome([event], (request_id,))

    def split_segment(self, caller: str, segment_id: int, count: int, outlet: str) -> Outcome:
        checks, issuer = self._by_issuer(caller)
        checks(outlet != "", "outlet: missing")
        checks(count > 0, "numbers: count is zero")
        if segment := self._own_open(checks, issuer, segment_id):
            checks(count <= self.unused(segment_id), "numbers: not unused")
            checks(count < segment.count, "numbers: whole segment")
        checks.done()
        assert segment is not None
        segment.count -= count
        first = segment.first + segment.count
        part = self._new_segment(issuer, segment.bill_code, first, count)
        event = told(
            "SegmentSplit",
            segment_id=segment_id,
            issuer=issuer,
            part_id=part,
            first=first,
            count=count,
            outlet=outlet,
        )
        return Outcome([event], (part,))

    def return_unused(self, caller: str, segment_id: int) -> Outcome:
        checks, issuer = self._by_issuer(caller)
        segment = self._own_open(checks, issuer, segment_id)
        unused = self.unused(segment_id)
        if segment:
            checks(unused > 0, "numbers: none unused")
        checks.done()
        assert segment is not None
        segment.count -= unused
        segment.returned += unused
        first = segment.first + segment.count
        event = told(
            "NumbersReturned", segment_id=segment_id, issuer=issuer, first=first, count=unused
        )
        return Outcome([event])

    def file_write_off(
        self, caller: str, segment_id: int, issued: int, voided: int, unused: int
    ) -> Outcome:
        checks, issuer = self._by_issuer(caller)
        if segment := self._own_open(checks, issuer, segment_id):
            counted = self._platform.bills.voided_in(segment_id)
            checks(self.unused(segment_id) == 0, "write-off: numbers not returned")
            checks(voided == counted, "write-off: voids differ")
            checks(unused == segment.returned, "write-off: unused differ")
            checks(issued == segment.count - voided, "write-off: issued differ")
        checks.done()
        assert segment is not None
        segment.closed = WriteOff.FILED
        event = told(
            "WriteOffFiled",
            segment_id=segment_id,
            issuer=issuer,
            issued=issued,
            voided=voided,
            unused=unused,
        )
        return Outcome([event])

    # --- rules ---

    def may_issue(self, uscc: bytes, kind: str) -> bool:
        return uscc not in self.kinds or self.kinds[uscc].get(kind, False)

    def unused(self, segment_id: int) -> int:
        if segment_id not in self.segments:
            return 0
        return self.segments[segment_id].count - self._platform.bills.consumed(segment_id)

    def latest_grant(self, issuer: bytes, bill_code: int) -> int:
        """The last segment granted to an issuer of a code, outlets' parts aside; 0: none."""
        granted = self.series[bill_code].granted if bill_code in self.series else []
        return max((s for s, _ in granted if self.segments[s].issuer == issuer), default=0)

    def _region(self, issuer: bytes) -> int:
        return self._platform.institutions.region("issuer", issuer)

    def _agree(
        self,
        checks: Checks,
        caller: str,
        region: int,
        act: Act,
        grant: Callable[[], Outcome],
        count: int,
    ) -> Outcome:
        """Up to the limit one officer may grant; a call that waits for others returns 0."""
        office = self._platform.office
        needed = office.approvals if count > office.grant_limit else 1
        outcome = office.agree(checks, caller, region, act, grant, needed)
        return outcome._replace(value=(0,)) if outcome.pending else outcome

    def _counted(self, checks: Checks) -> None:
        checks(self.counter != ZERO_ADDRESS, "bills: not appointed")

    def _active(self, checks: Checks, issuer: bytes) -> None:
        checks(self._platform.institutions.issuer_is_active(issuer), "issuer: not active")

    def _by_issuer(self, caller: str) -> tuple[Checks, bytes]:
        checks = Checks()
        self._platform.office.running(checks)
        return checks, self._platform.keys.speaks_for(checks, caller, Role.ISSUER)

    def _own_open(self, checks: Checks, issuer: bytes, segment_id: int) -> Segment | None:
        self._counted(checks)
        segment = self.segments.get(segment_id)
        if checks(segment is not None, "segment: unknown") and segment:
            checks(segment.issuer == issuer, "segment: of another issuer")
            checks(segment.closed is WriteOff.NONE, "segment: written off")
        return segment

    def _grantable(self, checks: Checks, issuer: bytes, bill_code: int, count: int) -> None:
        checks(count > 0, "numbers: count is zero")
        if not checks(bill_code in self.series, "series: not open"):
            return
        series = self.series[bill_code]
        region = self._region(issuer)
        checks(covers(series.region, region), "series: of another region")
        free = NUMBERS_OF_A_CODE + 1 - series.next_no
        checks(count <= free, "numbers: series exhausted")
        checks(self.may_issue(issuer, series.kind), "kind: not allowed")
        earlier = self.latest_grant(issuer, bill_code)
        if self.stock_limit != LARGEST and earlier:
            low = self.unused(earlier) < self.stock_limit
            written_off = self.segments[earlier].closed is WriteOff.AUDITED
            checks(low or written_off, "numbers: earlier write-off missing")

    def _grant(self, issuer: bytes, bill_code: int, count: int, request_id: int) -> Outcome:
        series = self.series[bill_code]
        first = series.next_no
        segment_id = self._new_segment(issuer, bill_code, first, count)
        series.granted.append((segment_id, count))
        event = told(
            "NumbersGranted",
            segment_id=segment_id,
            issuer=issuer,
            bill_code=bill_code,
            first=first,
            count=count,
            request_id=request_id,
        )
        return Outcome([event], (segment_id,))

    def _new_segment(self, issuer: bytes, bill_code: int, first: int, count: int) -> int:
        segment_id = len(self.segments) + 1
        self.segments[segment_id] = Segment(issuer, bill_code, first, count)
        return segment_id

    # --- what the contract should answer ---

    def views(self) -> Views:
        registry = "IssuerRegistry"
        views: Views = {
            (registry, "bills"): self.counter,
            (registry, "stock_limit"): self.stock_limit,
            (registry, "segment_total"): len(self.segments),
            (registry, "request_total"): len(self.requests),
        }
        for code, series in self.series.items():
            views[registry, "series", code] = (series.kind, series.region, series.next_no, True)
        for number, one in self.segments.items():
            held = (one.issuer, one.bill_code, one.first, one.count)
            views[registry, "segment", number] = held
            views[registry, "closing", number] = (one.returned, one.closed)
        for number, asked in self.requests.items():
            held = (asked.issuer, asked.bill_code, asked.count, asked.status)
            views[registry, "request", number] = held
        for uscc in self._platform.institutions.issuers:
            for kind in {series.kind for series in self.series.values()}:
                views[registry, "may_issue_kind", uscc, kind] = self.may_issue(uscc, kind)
        return views
