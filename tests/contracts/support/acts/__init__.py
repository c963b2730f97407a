"""Every state-changing function of the contracts, one row each."""

from . import bills, consents, ledger, numbers, registry
from .act import Act

ACTS: tuple[Act, ...] = (
    *registry.ACTS,
    *numbers.ACTS,
    *bills.ACTS,
    *consents.ACTS,
    *ledger.ACTS,
)
BY_NAME = {act.name: act for act in ACTS}
