"""What holders allow, and the ledger's count of it."""

from .act import HOLDER, Act, anyone, who

SIGNED_BY_HOLDER = anyone("anyone, with the holder's signature")
LEDGER = who("the ledger", "ReimbursementLedger")


def _act(function: str, event: str, prepare, allowed) -> Act:
    return Act("ConsentRegistry", function, allowed, (event,), prepare)


ACTS = (
    _act("grant", "Granted", lambda s: (s.new_grant,), HOLDER),
    _act("revoke", "GrantRevoked", lambda s: (s.grant,), HOLDER),
    _act(
        "grant_signed",
        "Granted",
        lambda s: (s.new_grant, s.world.sign_grant(s.new_grant)),
        SIGNED_BY_HOLDER,
    ),
    _act(
        "revoke_signed",
        "GrantRevoked",
        lambda s: (s.grant, s.world.sign_revoke(s.grant)),
        SIGNED_BY_HOLDER,
    ),
    _act("use", "GrantUsed", lambda s: (s.grant, 1), LEDGER),
    _act("release", "GrantReleased", lambda s: (s.used_grant, 1), LEDGER),
)
