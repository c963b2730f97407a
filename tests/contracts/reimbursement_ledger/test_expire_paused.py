"""While the contracts are paused no claim expires, and that is all there is to hear about any."""

import boa
import pytest

from ..support.world import BUREAU, CLAIM, DAY, INSURER

PAUSED = "pause: contracts are paused"


@pytest.mark.parametrize(
    ("payer", "later", "why"),
    [(INSURER, 0, "claim: unknown"), (BUREAU, 0, "claim: not expired"), (BUREAU, DAY + 1, None)],
)
def test_expire__paused__said_before_anything_of_the_claim(
    world, registry, ledger, payer, later, why
):
    """What is wrong with the call is told when the pause is over; what is right is done then."""
    key = world.locked(BUREAU).batch_id
    boa.env.timestamp += later
    registry.pause(sender=world.supervisor)
    with boa.reverts(PAUSED):
        ledger.expire(key, payer, CLAIM)
    registry.unpause(sender=world.supervisor)
    if why is None:
        ledger.expire(key, payer, CLAIM)
        assert ledger.amounts(key) == (0, 0, False)
    else:
        with boa.reverts(why):
            ledger.expire(key, payer, CLAIM)
