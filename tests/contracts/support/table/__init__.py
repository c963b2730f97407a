"""Every state-changing function of the contracts, one row each."""

from . import bills, consents, ledger, numbers, offices, registry
from .act import Act

ACTS: tuple[Act, ...] = (
    *offices.ACTS,
    *registry.ACTS,
    *numbers.ACTS,
    *bills.ACTS,
    *consents.ACTS,
    *ledger.ACTS,
)
BY_NAME = {act.name: act for act in ACTS}
