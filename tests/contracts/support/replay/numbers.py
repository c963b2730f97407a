"""Series, requests, segments and write-offs."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ..world import ZERO_ADDRESS
from .offices import Offices
from .part import Expected, Part

REQUESTED, APPROVED, GRANTED = 1, 2, 4
FILED, AUDITED = 1, 2
NO_LIMIT = 2**64 - 1


@dataclass
class Segment:
    issuer: bytes
    code: int
    first: int
    count: int
    returned: int = 0
    closing: int = 0

    @property
    def record(self) -> tuple:
        return self.issuer, self.code, self.first, self.count


@dataclass
class Numbers(Part):
    offices: Offices
    contract = "IssuerRegistry"
    bills: str = ZERO_ADDRESS
    stock_limit: int = NO_LIMIT
    series: dict[int, list] = field(default_factory=dict)
    segments: dict[int, Segment] = field(default_factory=dict)
    requests: dict[int, list] = field(default_factory=dict)
    kinds: dict[bytes, dict[str, bool]] = field(default_factory=dict)

    # --- events ---

    def on_bills_appointed(self, _at: int, *, bills: str) -> None:
        self.bills = bills

    def on_stock_limit_set(self, _at: int, *, stock_limit: int) -> None:
        self.stock_limit = stock_limit

    def on_kind_allowed(self, _at: int, *, uscc: bytes, kind: str, allowed: bool) -> None:
        self.kinds.setdefault(uscc, {})[kind] = allowed

    def on_series_opened(self, _at: int, *, bill_code: int, kind: str, region: int) -> None:
        self.series[bill_code] = [kind, region, 1, True]

    def on_numbers_requested(
        self, _at: int, *, request_id: int, issuer: bytes, bill_code: int, count: int
    ) -> None:
        assert request_id == len(self.requests) + 1
        self.requests[request_id] = [issuer, bill_code, count, REQUESTED]

    def on_request_approved(self, _at: int, *, request_id: int, issuer: bytes) -> None:
        assert self.requests[request_id][0] == issuer
        self.requests[request_id][3] = APPROVED

    def on_numbers_granted(
        self,
        _at: int,
        *,
        segment_id: int,
        issuer: bytes,
        bill_code: int,
        first: int,
        count: int,
        request_id: int,
    ) -> None:
        assert segment_id == len(self.segments) + 1
        assert first == self.series[bill_code][2]
        self.series[bill_code][2] = first + count
        self.segments[segment_id] = Segment(issuer, bill_code, first, count)
        if request_id:
            assert self.requests[request_id][:3] == [issuer, bill_code, count]
            self.requests[request_id][3] = GRANTED
            self.offices.done("grant_request", request_id)
        else:
            self.offices.done("grant_numbers", issuer, bill_code, count)

    def on_segment_split(
        self,
        _at: int,
        *,
        segment_id: int,
        part_id: int,
        first: int,
        count: int,
        **_: Any,
    ) -> None:
        whole = self.segments[segment_id]
        assert first + count == whole.first + whole.count
        assert part_id == len(self.segments) + 1
        whole.count -= count
        self.segments[part_id] = Segment(whole.issuer, whole.code, first, count)

    def on_numbers_returned(self, _at: int, *, segment_id: int, first: int, count: int, **_: Any):
        segment = self.segments[segment_id]
        assert first + count == segment.first + segment.count
        segment.count -= count
        segment.returned += count

    def on_write_off_filed(
        self, _at: int, *, segment_id: int, issued: int, voided: int, unused: int, **_: Any
    ) -> None:
        segment = self.segments[segment_id]
        assert (issued + voided, unused) == (segment.count, segment.returned)
        segment.closing = FILED

    def on_write_off_audited(self, _at: int, *, segment_id: int, **_: Any) -> None:
        self.segments[segment_id].closing = AUDITED

    # --- views ---

    def segment_of(self, key: int) -> int:
        """The segment that a bill's number is in."""
        code, number = divmod(key, 10**10)
        (found,) = (
            segment_id
            for segment_id, s in self.segments.items()
            if s.code == code and s.first <= number < s.first + s.count
        )
        return found

    def views(self) -> Iterator[Expected]:
        yield "bills", (), self.bills
        yield "stock_limit", (), self.stock_limit
        yield "segment_total", (), len(self.segments)
        yield "request_total", (), len(self.requests)
        for code in (*self.series, 99_999_999):
            yield "series", (code,), tuple(self.series.get(code, ("", 0, 0, False)))
        for segment_id in (*self.segments, len(self.segments) + 1):
            known = self.segments.get(segment_id)
            yield "segment", (segment_id,), known.record if known else (bytes(18), 0, 0, 0)
            yield "closing", (segment_id,), (known.returned, known.closing) if known else (0, 0)
        for request_id in (*self.requests, len(self.requests) + 1):
            request = self.requests.get(request_id, (bytes(18), 0, 0, 0))
            yield "request", (request_id,), tuple(request)
        for uscc in (*{s.issuer for s in self.segments.values()}, *self.kinds, bytes(18)):
            listed = self.kinds.get(uscc)
            for kind in ("medical-outpatient", "donation", *(listed or ())):
                allowed = listed is None or listed.get(kind, False)
                yield "may_issue_kind", (uscc, kind), allowed
