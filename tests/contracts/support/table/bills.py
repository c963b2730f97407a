"""Batches, and what becomes of single bills."""

from ..stage import Stage, whole
from ..world import CODE, proved
from .act import OF_ISSUER, Act, anyone, who
from .numbers import SEGMENTS_ISSUER

BILLS_ISSUER = who("live key of the bill's active issuer", "own issuer", "own issuer's other key")
SIGNED_BY_ISSUERS = anyone("anyone, with signatures of live keys of the segments' active issuers")


def _next_batch(stage: Stage) -> tuple:
    w = stage.world
    return w.segment, CODE * 10**10 + w.next_no(), 1, b"\x05" * 32, 1


def _reversal(stage: Stage) -> tuple:
    replacement = stage.spare.batch_id
    return proved(stage.free), proved(stage.red), replacement, replacement, 1


def _act(function: str, event: str, prepare, allowed) -> Act:
    return Act("BillRegistry", function, allowed, (event,), prepare)


ACTS = (
    _act("anchor", "Anchored", _next_batch, SEGMENTS_ISSUER),
    _act("anchor_signed", "Anchored", lambda s: ([s.signed],), SIGNED_BY_ISSUERS),
    _act("void", "Voided", lambda s: (*whole(s.free), 1), BILLS_ISSUER),
    _act("reverse", "Reversed", _reversal, BILLS_ISSUER),
    _act("swap_to_paper", "SwappedToPaper", lambda s: (*whole(s.free), "P2"), BILLS_ISSUER),
    _act("recover_paper", "PaperRecovered", lambda s: whole(s.swapped), BILLS_ISSUER),
    _act("attest_batch", "BatchAttested", lambda s: (s.disputed,), OF_ISSUER),
    _act("attest_bill", "BillAttested", lambda s: (s.disputed, s.disputed), OF_ISSUER),
)
