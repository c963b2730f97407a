"""Institutions, keys, the office and the halt."""

from ..stage import SLEEPING_ISSUER, SLEEPING_PAYER, Stage
from ..world import BUREAU, COMMERCIAL, HOSPITAL, ISSUER, NOBODY
from .act import SUPERVISOR, Act, who

OFFERED = who("whom the supervisor offered the office", "pending supervisor")
NEW_KEY = "0x" + "77" * 20


def _paused(stage: Stage) -> tuple:
    stage.world.registry.pause(sender=stage.world.supervisor)
    return ()


def _act(function: str, event: str, prepare, allowed=SUPERVISOR) -> Act:
    return Act("IssuerRegistry", function, allowed, (event,), prepare)


ACTS = (
    _act("transfer_supervisor", "SupervisorTransferStarted", lambda _: (NEW_KEY,)),
    _act("accept_supervisor", "SupervisorTransferred", lambda _: (), OFFERED),
    _act("pause", "Paused", lambda _: ()),
    _act("unpause", "Unpaused", _paused),
    _act("admit_issuer", "IssuerAdmitted", lambda _: (NOBODY, "name", 110101)),
    _act("suspend_issuer", "IssuerSuspended", lambda _: (HOSPITAL,)),
    _act("resume_issuer", "IssuerResumed", lambda _: (SLEEPING_ISSUER,)),
    _act("revoke_issuer", "IssuerRevoked", lambda _: (HOSPITAL,)),
    _act("admit_payer", "PayerAdmitted", lambda _: (NOBODY, "name", COMMERCIAL)),
    _act("suspend_payer", "PayerSuspended", lambda _: (BUREAU,)),
    _act("resume_payer", "PayerResumed", lambda _: (SLEEPING_PAYER,)),
    _act("revoke_payer", "PayerRevoked", lambda _: (BUREAU,)),
    _act("register_key", "KeyRegistered", lambda _: (NEW_KEY, HOSPITAL, ISSUER)),
    _act("revoke_key", "KeyRevoked", lambda s: (s.world.hospital_key,)),
    _act("disown_key", "KeyDisowned", lambda s: (s.world.hospital_key, s.past)),
)
