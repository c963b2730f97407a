"""Series, requests, segments and their write-off."""

from ..stage import Stage
from ..world import BEIJING, CODE, HOSPITAL, OTHER_CODE
from .act import OF_ISSUER, OF_PROVINCE, PLATFORM, SEVERAL_ABOVE, Act, who

OF_SERIES = who("officers of the series' region", *OF_PROVINCE)
ACTIVE_ISSUER = who(
    "live key of an active issuer", "own issuer", "own issuer's other key", "another issuer"
)
SEGMENTS_ISSUER = who(
    "live key of the segment's active issuer", "own issuer", "own issuer's other key"
)


def _bills_address(stage: Stage) -> tuple:
    return (stage.world.bills.address,)


def _limit(stage: Stage) -> tuple:
    stage.appoint()
    return (1,)


def _split(stage: Stage) -> tuple:
    stage.appoint()
    return stage.world.segment, 5, "outlet 2"


def _unused(stage: Stage) -> tuple:
    stage.appoint()
    return (stage.world.segment,)


def _act(function: str, event: str, prepare, allowed, *, approvals: str = "") -> Act:
    return Act("IssuerRegistry", function, allowed, (event,), prepare, approvals)


ACTS = (
    _act("open_series", "SeriesOpened", lambda _: (OTHER_CODE, "donation", BEIJING), OF_SERIES),
    _act(
        "grant_numbers",
        "NumbersGranted",
        lambda _: (HOSPITAL, CODE, 1),
        OF_ISSUER,
        approvals=SEVERAL_ABOVE,
    ),
    _act("allow_kind", "KindAllowed", lambda _: (HOSPITAL, "donation", True), OF_ISSUER),
    _act("appoint_bills", "BillsAppointed", _bills_address, PLATFORM),
    _act("set_stock_limit", "StockLimitSet", _limit, PLATFORM),
    _act("approve_request", "RequestApproved", lambda s: (s.asked,), OF_ISSUER),
    _act(
        "grant_request",
        "NumbersGranted",
        lambda s: (s.approved,),
        OF_ISSUER,
        approvals=SEVERAL_ABOVE,
    ),
    _act("audit_write_off", "WriteOffAudited", lambda s: (s.filed_segment(),), OF_ISSUER),
    _act("request_numbers", "NumbersRequested", lambda _: (CODE, 5), ACTIVE_ISSUER),
    _act("split_segment", "SegmentSplit", _split, SEGMENTS_ISSUER),
    _act("return_unused", "NumbersReturned", _unused, SEGMENTS_ISSUER),
    _act(
        "file_write_off",
        "WriteOffFiled",
        lambda s: (s.spent_segment(), 0, 0, 9),
        SEGMENTS_ISSUER,
    ),
)
