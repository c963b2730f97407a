"""Institutions, applications and keys."""

from ..stage import SLEEPING_ISSUER, SLEEPING_PAYER
from ..world import BEIJING, BUREAU, COMMERCIAL, DONGCHENG, HOSPITAL, ISSUER, NOBODY
from .act import OF_DISTRICT, OF_ISSUER, OF_PAYER, SEVERAL, Act, who

OF_OWNER = who("officers of the region of the key's owner", *OF_DISTRICT)
OF_APPLICANT = who("officers of the applicant's region", *OF_DISTRICT)
# Whose accounts are no keys yet, and who has not applied.
APPLICANTS = who(
    "accounts that are no key yet and have no open application",
    *OF_DISTRICT,
    "officer of another district",
    "officer of another province",
    "dismissed officer",
    "former officer",
    "successor of an officer",
    "holder",
    "another holder",
    "relayer",
    "stranger",
    "IssuerRegistry",
    "BillRegistry",
    "ConsentRegistry",
    "ReimbursementLedger",
    "zero address",
)
NEW_KEY = "0x" + "77" * 20
ADMITTED = ("ApplicationAdmitted", "IssuerAdmitted", "KeyRegistered")


def _act(function: str, event: str, prepare, allowed, *, approvals: str = "") -> Act:
    return Act("IssuerRegistry", function, allowed, (event,), prepare, approvals)


ACTS = (
    _act(
        "admit_issuer",
        "IssuerAdmitted",
        lambda _: (NOBODY, "name", DONGCHENG),
        OF_ISSUER,
        approvals=SEVERAL,
    ),
    _act("suspend_issuer", "IssuerSuspended", lambda _: (HOSPITAL,), OF_ISSUER),
    _act("resume_issuer", "IssuerResumed", lambda _: (SLEEPING_ISSUER,), OF_ISSUER),
    _act("revoke_issuer", "IssuerRevoked", lambda _: (HOSPITAL,), OF_ISSUER, approvals=SEVERAL),
    _act(
        "admit_payer",
        "PayerAdmitted",
        lambda _: (NOBODY, "name", COMMERCIAL, BEIJING),
        OF_PAYER,
        approvals=SEVERAL,
    ),
    _act("suspend_payer", "PayerSuspended", lambda _: (BUREAU,), OF_PAYER),
    _act("resume_payer", "PayerResumed", lambda _: (SLEEPING_PAYER,), OF_PAYER),
    _act("revoke_payer", "PayerRevoked", lambda _: (BUREAU,), OF_PAYER, approvals=SEVERAL),
    _act(
        "register_key",
        "KeyRegistered",
        lambda _: (NEW_KEY, HOSPITAL, ISSUER),
        OF_OWNER,
        approvals=SEVERAL,
    ),
    _act("revoke_key", "KeyRevoked", lambda s: (s.world.hospital_key,), OF_OWNER),
    _act("disown_key", "KeyDisowned", lambda s: (s.world.hospital_key, s.past), OF_OWNER),
    _act("apply_as_issuer", "ApplicationMade", lambda _: (NOBODY, "name", DONGCHENG), APPLICANTS),
    Act(
        "IssuerRegistry",
        "admit_applicant",
        OF_APPLICANT,
        ADMITTED,
        lambda s: (s.applied,),
        approvals=SEVERAL,
    ),
    _act("refuse_applicant", "ApplicationRefused", lambda s: (s.applied,), OF_APPLICANT),
)
