"""What a document says across its page: what the chain recorded about its bill since."""

from __future__ import annotations

from frontend_api.domain.mark import Ending, Mark
from frontend_api.flow.desk import Desk
from frontend_api.ports import StoredBill

_ENDINGS = {
    "Voided": Ending.VOIDED,
    "Reversed": Ending.REVERSED,
    "SwappedToPaper": Ending.SWAPPED,
}


def mark_of(desk: Desk, stored: StoredBill) -> Mark | None:
    """The mark of a bill by the events known here; None while it is in use."""
    mark = None
    for event in desk.views.trail(stored.bill.number.key):
        if event.event in _ENDINGS:
            mark = Mark(_ENDINGS[event.event], event.block_time)
        elif event.event == "PaperRecovered":
            mark = None
    return mark
