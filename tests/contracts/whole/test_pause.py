"""INV-23: the pause stops every write and no read, whoever calls; then everything is as before."""

import boa
import pytest

from ..support.events import CONTRACTS, abi_of, refusal_of
from ..support.table import ACTS
from ..support.views import READS, readings
from ..support.world import BUREAU

STOPPED = [act for act in ACTS if act.function != "unpause"]


@pytest.fixture
def pause(stage):
    def pause():
        stage.world.registry.pause(sender=stage.world.supervisor)

    return pause


@pytest.mark.parametrize("act", STOPPED, ids=lambda act: act.name)
def test_pause__every_write__reverts_for_every_caller(stage, pause, act):
    arguments = act.prepare(stage)
    pause()
    for address in stage.callers.values():
        with pytest.raises(boa.BoaError):
            act.call(stage, arguments, address)
        assert refusal_of(stage.contract(act.contract)) == "pause: contracts are paused"


@pytest.mark.parametrize("contract", CONTRACTS)
def test_pause__every_read__answers_every_caller_as_before(stage, pause, contract):
    """Every view is open to all: the same answer, or the same refusal, to whoever asks."""
    before = readings(stage, contract, stage.world.supervisor)
    assert set(before) == {
        entry["name"] for entry in abi_of(contract) if entry.get("stateMutability") in READS
    }
    pause()
    after = before | ({"paused": True} if contract == "IssuerRegistry" else {})
    for address in stage.callers.values():
        assert readings(stage, contract, address) == after


def test_pause__over__work_goes_on(stage, pause):
    w = stage.world
    pause()
    w.registry.unpause(sender=w.supervisor)
    w.settle(stage.claimed, BUREAU, 1)
    w.anchor()
