"""INV-23: the pause stops every write and no read, whoever calls; then everything is as before."""

import boa
import pytest

from ..support.events import CONTRACTS, abi_of
from ..support.world import BUREAU, CLAIM
from .test_roles import Stage, changing_functions

STAYS = ("IssuerRegistry", "unpause")


@pytest.fixture
def stage(world):
    stage = Stage(world)
    world.registry.pause(sender=world.supervisor)
    return stage


@pytest.mark.parametrize(("contract", "function"), sorted(changing_functions() - {STAYS}))
def test_pause__every_write__reverts_for_every_caller(stage, contract, function):
    _, arguments = stage.table()[contract, function]
    for address in stage.callers.values():
        with boa.reverts("pause: contracts are paused"):
            getattr(stage.contract(contract), function)(*arguments, sender=address)


@pytest.mark.parametrize("contract", CONTRACTS)
def test_pause__every_read__answers_as_before(world, contract):
    stage = Stage(world)
    before = readings(stage, contract)
    world.registry.pause(sender=world.supervisor)
    after = readings(stage, contract)
    assert before.pop("paused", False) != after.pop("paused", True)
    assert before == after


def test_pause__over__work_goes_on(world, stage):
    world.registry.unpause(sender=world.supervisor)
    world.settle(stage.claimed, BUREAU, 1, CLAIM)
    world.anchor()


def readings(stage, contract) -> dict:
    """What every view answers to plain arguments: an answer, or the reason of its refusal."""
    found = {}
    for entry in abi_of(contract):
        if entry.get("stateMutability") not in ("view", "pure"):
            continue
        arguments = [argument(stage, member) for member in entry["inputs"]]
        try:
            found[entry["name"]] = getattr(stage.contract(contract), entry["name"])(*arguments)
        except boa.BoaError:
            found[entry["name"]] = "refused"
    assert any(answer != "refused" for answer in found.values())
    return found


def argument(stage, member: dict):
    names = {
        "header": stage.free.headers[0],
        "grant": stage.grant,
        "batch_id": stage.free.batch_id,
        "bill_key": stage.claimed.batch_id,
        "path": [],
        "key": stage.world.hospital_key,
        "role": 1,
        "segment_id": 1,
        "uscc": BUREAU,
        "kind": "donation",
        "payer": BUREAU,
        "claim_id": CLAIM,
    }
    plain = {
        "uint64": 1,
        "uint32": 1,
        "uint128": 1,
        "bytes32": bytes(32),
        "bytes18": bytes(18),
        "address": "0x" + "77" * 20,
    }
    return names[member["name"]] if member["name"] in names else plain[member["type"]]
