"""Claims: every row is about the statutory payer's own, but for the employer's books."""

import boa

from ..stage import Stage, whole
from ..world import BUREAU, CLAIM, DAY, VOUCHER, proved
from .act import Act, anyone, who

PAYER = who("live key of the active payer that the grant names", "statutory payer")
EMPLOYER = who("live key of the active employer that the grant names", "employer")
CLAIMANT = who("live key of the claim's active payer", "statutory payer")


def _lock(stage: Stage) -> tuple:
    expires_at = boa.env.timestamp + DAY
    return *proved(stage.free), stage.grant, CLAIM, 1, expires_at


def _account(stage: Stage) -> tuple:
    return *proved(stage.free), stage.staff_grant, CLAIM, VOUCHER, boa.env.timestamp


def _act(function: str, events: tuple[str, ...], prepare, allowed) -> Act:
    return Act("ReimbursementLedger", function, allowed, events, prepare)


ACTS = (
    _act("lock", ("GrantUsed", "Locked"), _lock, PAYER),
    _act("account", ("GrantUsed", "Accounted"), _account, EMPLOYER),
    _act(
        "log_use",
        ("GrantUsed", "UseLogged"),
        lambda s: (*proved(s.free), s.sight_grant),
        PAYER,
    ),
    _act(
        "settle",
        ("GrantReleased", "Settled"),
        lambda s: (*whole(s.claimed), CLAIM, 1, VOUCHER),
        CLAIMANT,
    ),
    _act(
        "reject",
        ("GrantReleased", "Rejected"),
        lambda s: (s.claimed.batch_id, CLAIM, 1),
        CLAIMANT,
    ),
    _act("recover", ("Recovered",), lambda s: (s.reversed.batch_id, CLAIM, VOUCHER), CLAIMANT),
    _act(
        "expire",
        ("GrantReleased", "Expired"),
        lambda s: (s.overdue.batch_id, BUREAU, CLAIM),
        anyone(),
    ),
)
