"""Offices, approvals and the halt."""

from ..acts import act_of, need
from ..stage import Stage
from ..world import BEIJING, DONGCHENG, NOBODY, STATUTORY
from .act import OF_DISTRICT, OF_PLATFORM, PLATFORM, SEVERAL, Act, who

OFFICERS = who(
    "officers, of their own office",
    *OF_DISTRICT,
    "officer of another district",
    "officer of another province",
)
SUCCESSOR = who("to whom an officer offered the office", "successor of an officer")
OF_REGION = who("officers of the region", *OF_DISTRICT)
OF_OFFICER = who(
    "officers of the dismissed one's region; of the whole platform: several", *OF_DISTRICT
)
APPROVER = who("officers who approved it", OF_PLATFORM[0])
NEW_ACCOUNT = "0x" + "78" * 20
NEW_PAYER = (NOBODY, "name", STATUTORY, BEIJING)


def _accept(stage: Stage) -> tuple:
    return (stage.callers[OF_PLATFORM[0]],)


def _pending(stage: Stage) -> tuple:
    need(stage.world, 2)
    stage.world.registry.admit_payer(*NEW_PAYER, sender=stage.world.supervisor)
    return (act_of("admit_payer", *NEW_PAYER),)


def _paused(stage: Stage) -> tuple:
    stage.world.registry.pause(sender=stage.world.supervisor)
    return ()


def _act(function: str, event: str, prepare, allowed, *, approvals: str = "") -> Act:
    return Act("IssuerRegistry", function, allowed, (event,), prepare, approvals)


ACTS = (
    _act("transfer_office", "OfficeTransferStarted", lambda _: (NEW_ACCOUNT,), OFFICERS),
    _act("accept_office", "OfficeTransferred", _accept, SUCCESSOR),
    _act(
        "appoint_officer",
        "OfficerAppointed",
        lambda _: (NEW_ACCOUNT, DONGCHENG),
        OF_REGION,
        approvals=SEVERAL,
    ),
    _act(
        "dismiss_officer",
        "OfficerDismissed",
        lambda s: (s.callers["officer to be dismissed"],),
        OF_OFFICER,
    ),
    _act("set_approval_rule", "ApprovalRuleSet", lambda _: (1, 5), PLATFORM, approvals=SEVERAL),
    _act("withdraw_approval", "ApprovalWithdrawn", _pending, APPROVER),
    _act("pause", "Paused", lambda _: (), PLATFORM),
    _act("unpause", "Unpaused", _paused, PLATFORM),
)
