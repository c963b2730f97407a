# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title The book of numbers
@license Apache-2.0
@notice Series, segments, and their way from request to write-off. Who may do what is the
        registry's to check; here is what follows.
@custom:invariant
     INV-4 Segments of a series never overlap: each grant starts where the last ended, a
     split divides what nobody used, and what is returned is never granted again.
     INV-6 Numbers are granted only of a kind that the issuer may issue, and of a series whose
     region covers the issuer's.
     INV-14 REQUESTED, APPROVED, GRANTED; FILED, AUDITED: no step back, none skipped.
"""

from ..interfaces import IBillRegistry
from ..interfaces import INumbers
from . import bill_numbers
from . import checks
from . import packed
from . import regions

# Segment word: issuer (144 bits), code (32), first (40), count (40): 256 in all.
# Codes have 27 bits and numbers 34, so each fits with room.
SEGMENT_CODE_AT: constant(uint256) = 144
SEGMENT_FIRST_AT: constant(uint256) = 176
SEGMENT_COUNT_AT: constant(uint256) = 216

USCC_BITS: constant(uint256) = 144
CODE_BITS: constant(uint256) = 32
NUMBER_BITS: constant(uint256) = 40

# The first two of a code's eight digits are those of a province.
CODES_PER_PROVINCE: constant(uint64) = 10**6

bills: public(address)
segment_total: public(uint64)
request_total: public(uint64)
stock_limit: public(uint64)
series_by_code: HashMap[uint64, INumbers.Series]
segments: HashMap[uint64, uint256]
closings: HashMap[uint64, INumbers.Closing]
requests: HashMap[uint64, INumbers.NumberRequest]
latest: HashMap[bytes18, HashMap[uint64, uint64]]
kinds_listed: HashMap[bytes18, bool]
kinds_allowed: HashMap[bytes18, HashMap[bytes32, bool]]


@deploy
def __init__():
    """
    @notice Without a limit, numbers are granted whatever is in stock.
    """
    self.stock_limit = max_value(uint64)


# --- anyone: reading ---

@external
@view
def series(bill_code: uint64) -> INumbers.Series:
    return self.series_by_code[bill_code]


@external
@view
def segment(segment_id: uint64) -> INumbers.Segment:
    return self._segment(segment_id)


@external
@view
def closing(segment_id: uint64) -> INumbers.Closing:
    return self.closings[segment_id]


@external
@view
def request(request_id: uint64) -> INumbers.NumberRequest:
    return self.requests[request_id]


@external
@view
def may_issue_kind(uscc: bytes18, kind: String[32]) -> bool:
    return self._may_issue(uscc, kind)


# --- internal: rules ---

@internal
def _appoint_bills(bills: address):
    checks._require(self.bills == empty(address), "bills: already appointed")
    registry: address = staticcall IBillRegistry(bills).registry()
    checks._require(registry == self, "bills: of another registry")
    self.bills = bills
    log INumbers.BillsAppointed(bills=bills)


@internal
def _set_stock_limit(limit: uint64):
    checks._require(self.bills != empty(address), "bills: not appointed")
    self.stock_limit = limit
    log INumbers.StockLimitSet(stock_limit=limit)


@internal
def _allow_kind(uscc: bytes18, kind: String[32], allowed: bool):
    checks._require(len(kind) > 0, "kind: missing")
    self.kinds_listed[uscc] = True
    self.kinds_allowed[uscc][keccak256(kind)] = allowed
    log INumbers.KindAllowed(uscc=uscc, kind=kind, allowed=allowed)


# --- internal: series and grants ---

@internal
def _open_series(bill_code: uint64, kind: String[32], region: uint32):
    checks._require(bill_numbers._is_code(bill_code), "series: code not eight digits")
    checks._require(len(kind) > 0, "series: kind missing")
    checks._require(regions._is_region_or_whole(region), "series: region not six digits")
    checks._require(self._begins_with_province(bill_code, region), "series: code of another region")
    checks._require(not self.series_by_code[bill_code].opened, "series: already open")
    self.series_by_code[bill_code] = INumbers.Series(
        kind=kind, region=region, next_no=bill_numbers.MIN_NO, opened=True
    )
    log INumbers.SeriesOpened(bill_code=bill_code, kind=kind, region=region)


@internal
def _request(issuer: bytes18, region: uint32, bill_code: uint64, count: uint64) -> uint64:
    self._require_grantable(issuer, region, bill_code, count)
    request_id: uint64 = self.request_total + 1
    self.request_total = request_id
    self.requests[request_id] = INumbers.NumberRequest(
        issuer=issuer,
        bill_code=bill_code,
        count=count,
        status=INumbers.RequestStatus.REQUESTED,
    )
    log INumbers.NumbersRequested(
        request_id=request_id, issuer=issuer, bill_code=bill_code, count=count
    )
    return request_id


@internal
def _approve(request_id: uint64, approver: bytes18):
    request: INumbers.NumberRequest = self.requests[request_id]
    checks._require(request.status == INumbers.RequestStatus.REQUESTED, "request: not open")
    checks._require(request.issuer != approver, "request: approver is applicant")
    self.requests[request_id].status = INumbers.RequestStatus.APPROVED
    log INumbers.RequestApproved(request_id=request_id, issuer=request.issuer)


@internal
@view
def _require_approved(request_id: uint64):
    status: INumbers.RequestStatus = self.requests[request_id].status
    checks._require(status == INumbers.RequestStatus.APPROVED, "request: not approved")


@internal
def _grant_request(request_id: uint64) -> uint64:
    """
    @dev After `_require_approved` and `_require_grantable`.
    """
    request: INumbers.NumberRequest = self.requests[request_id]
    self.requests[request_id].status = INumbers.RequestStatus.GRANTED
    return self._grant(request.issuer, request.bill_code, request.count, request_id)


@internal
def _grant(issuer: bytes18, bill_code: uint64, count: uint64, request_id: uint64) -> uint64:
    """
    @dev After `_require_grantable`.
    @param request_id The request that this answers, or 0.
    """
    first: uint64 = self.series_by_code[bill_code].next_no
    self.series_by_code[bill_code].next_no = first + count
    segment_id: uint64 = self._new_segment(issuer, bill_code, first, count)
    self.latest[issuer][bill_code] = segment_id
    log INumbers.NumbersGranted(
        segment_id=segment_id,
        issuer=issuer,
        bill_code=bill_code,
        first=first,
        count=count,
        request_id=request_id,
    )
    return segment_id


@internal
@view
def _require_grantable(issuer: bytes18, region: uint32, bill_code: uint64, count: uint64):
    """
    @param region The issuer's.
    """
    checks._require(self.series_by_code[bill_code].opened, "series: not open")
    reach: uint32 = self.series_by_code[bill_code].region
    checks._require(regions._covers(reach, region), "series: of another region")
    checks._require(count > 0, "numbers: count is zero")
    first: uint64 = self.series_by_code[bill_code].next_no
    checks._require(count <= bill_numbers.MAX_NO + 1 - first, "numbers: series exhausted")
    kind: String[32] = self.series_by_code[bill_code].kind
    checks._require(self._may_issue(issuer, kind), "kind: not allowed")
    if self.stock_limit == max_value(uint64):
        return
    earlier: uint64 = self.latest[issuer][bill_code]
    if earlier == 0 or self.closings[earlier].status == INumbers.WriteOff.AUDITED:
        return
    checks._require(self._unused(earlier) < self.stock_limit, "numbers: earlier write-off missing")


# --- internal: the life of a segment ---

@internal
def _split(issuer: bytes18, segment_id: uint64, count: uint64, outlet: String[32]) -> uint64:
    segment: INumbers.Segment = self._own_open(issuer, segment_id)
    checks._require(len(outlet) > 0, "outlet: missing")
    checks._require(count > 0, "numbers: count is zero")
    checks._require(count <= self._unused(segment_id), "numbers: not unused")
    checks._require(count < segment.count, "numbers: whole segment")
    kept: uint64 = segment.count - count
    self._store_segment(segment_id, issuer, segment.bill_code, segment.first, kept)
    part: uint64 = self._new_segment(issuer, segment.bill_code, segment.first + kept, count)
    log INumbers.SegmentSplit(
        segment_id=segment_id,
        issuer=issuer,
        part_id=part,
        first=segment.first + kept,
        count=count,
        outlet=outlet,
    )
    return part


@internal
def _return_unused(issuer: bytes18, segment_id: uint64):
    segment: INumbers.Segment = self._own_open(issuer, segment_id)
    unused: uint64 = self._unused(segment_id)
    checks._require(unused > 0, "numbers: none unused")
    used: uint64 = segment.count - unused
    self._store_segment(segment_id, issuer, segment.bill_code, segment.first, used)
    self.closings[segment_id].returned += unused
    log INumbers.NumbersReturned(
        segment_id=segment_id, issuer=issuer, first=segment.first + used, count=unused
    )


@internal
def _file_write_off(
    issuer: bytes18, segment_id: uint64, issued: uint64, voided: uint64, unused: uint64
):
    segment: INumbers.Segment = self._own_open(issuer, segment_id)
    checks._require(self._unused(segment_id) == 0, "write-off: numbers not returned")
    counted: uint64 = staticcall IBillRegistry(self.bills).voided_in(segment_id)
    checks._require(voided == counted, "write-off: voids differ")
    checks._require(unused == self.closings[segment_id].returned, "write-off: unused differ")
    checks._require(issued == segment.count - voided, "write-off: issued differ")
    self.closings[segment_id].status = INumbers.WriteOff.FILED
    log INumbers.WriteOffFiled(
        segment_id=segment_id, issuer=issuer, issued=issued, voided=voided, unused=unused
    )


@internal
def _audit_write_off(segment_id: uint64):
    status: INumbers.WriteOff = self.closings[segment_id].status
    checks._require(status == INumbers.WriteOff.FILED, "write-off: not filed")
    self.closings[segment_id].status = INumbers.WriteOff.AUDITED
    log INumbers.WriteOffAudited(
        segment_id=segment_id, issuer=self._segment(segment_id).issuer
    )


# --- internal: records ---

@internal
@pure
def _begins_with_province(bill_code: uint64, region: uint32) -> bool:
    # Without this, an officer of one province could use up the codes of the others.
    if region == regions.WHOLE_PLATFORM:
        return True
    province: uint32 = region // regions.WITHIN_PROVINCE
    return bill_code // CODES_PER_PROVINCE == convert(province, uint64)


@internal
@view
def _may_issue(uscc: bytes18, kind: String[32]) -> bool:
    return not self.kinds_listed[uscc] or self.kinds_allowed[uscc][keccak256(kind)]


@internal
@view
def _own_open(issuer: bytes18, segment_id: uint64) -> INumbers.Segment:
    segment: INumbers.Segment = self._segment(segment_id)
    checks._require(segment.bill_code != 0, "segment: unknown")
    checks._require(segment.issuer == issuer, "segment: of another issuer")
    status: INumbers.WriteOff = self.closings[segment_id].status
    checks._require(status == empty(INumbers.WriteOff), "segment: written off")
    return segment


@internal
@view
def _unused(segment_id: uint64) -> uint64:
    checks._require(self.bills != empty(address), "bills: not appointed")
    used: uint64 = staticcall IBillRegistry(self.bills).consumed(segment_id)
    return self._segment(segment_id).count - used


@internal
def _new_segment(issuer: bytes18, bill_code: uint64, first: uint64, count: uint64) -> uint64:
    segment_id: uint64 = self.segment_total + 1
    self.segment_total = segment_id
    self._store_segment(segment_id, issuer, bill_code, first, count)
    return segment_id


@internal
def _store_segment(
    segment_id: uint64, issuer: bytes18, bill_code: uint64, first: uint64, count: uint64
):
    self.segments[segment_id] = (
        convert(issuer, uint256)
        | (convert(bill_code, uint256) << SEGMENT_CODE_AT)
        | (convert(first, uint256) << SEGMENT_FIRST_AT)
        | (convert(count, uint256) << SEGMENT_COUNT_AT)
    )


@internal
@view
def _segment(segment_id: uint64) -> INumbers.Segment:
    word: uint256 = self.segments[segment_id]
    return INumbers.Segment(
        issuer=convert(convert(packed._field(word, 0, USCC_BITS), uint144), bytes18),
        bill_code=convert(packed._field(word, SEGMENT_CODE_AT, CODE_BITS), uint64),
        first=convert(packed._field(word, SEGMENT_FIRST_AT, NUMBER_BITS), uint64),
        count=convert(packed._field(word, SEGMENT_COUNT_AT, NUMBER_BITS), uint64),
    )
