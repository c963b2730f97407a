"""INV-19, INV-20: what the events tell is what the contracts hold, and nothing else."""

from copy import deepcopy

import boa
import pytest

from ..support.acts import need
from ..support.events import CONTRACTS, abi_of, decoded
from ..support.journal import recording
from ..support.life import live
from ..support.replay import PARTS, Replay, differences
from ..support.stage import Stage
from ..support.table import ACTS
from ..support.world import World

# Views of what a deployment fixes, or of the question itself: no event can change their answers.
FIXED = {
    "BillRegistry": {
        "instance", "registry", "ledger", "leaf_of", "domain_separator", "batch_digest",
    },
    "ConsentRegistry": {"instance", "registry", "ledger", "domain_separator", "revoke_digest"},
    "IssuerRegistry": {"instance"},
    "ReimbursementLedger": {"PURPOSE", "registry", "bills", "consents"},
}  # fmt: skip

# Takes nothing and leaves nothing but its events.
SILENT = {"log_use"}


@pytest.fixture(scope="module")
def _recorded(_the_world):
    """A stage, and all that its world ever told."""
    with boa.env.anchor():
        with recording() as journal:
            stage = Stage(World())
        yield stage, Replay(proofs_of(stage)).follow(journal)


@pytest.fixture
def recorded(_recorded):
    stage, replay = _recorded
    with boa.env.anchor():
        yield stage, deepcopy(replay)


def proofs_of(stage):
    return [(batch, 0) for batch in (stage.free, stage.claimed, stage.reversed, stage.replacement)]


def test_events__of_the_abi__each_known_to_one_part_of_the_replay():
    names = [e["name"] for c in CONTRACTS for e in abi_of(c) if e["type"] == "event"]
    assert len(names) == len(set(names))
    assert {name: sum(part.knows(name) for part in PARTS) for name in names} == dict.fromkeys(
        names, 1
    )


def test_events__of_the_abi__each_emitted_by_an_act_of_the_table():
    names = {e["name"] for c in CONTRACTS for e in abi_of(c) if e["type"] == "event"}
    assert {event for act in ACTS for event in act.events} | {"ActApproved"} == names


@pytest.mark.parametrize("contract", CONTRACTS)
def test_views__of_the_abi__each_compared_or_fixed(recorded, contract):
    """A view that is new has to be told apart by the replay before this passes."""
    _, replay = recorded
    compared = {name for where, (name, *_) in replay.views() if where == contract}
    entries = [e for e in abi_of(contract) if e.get("stateMutability") in ("view", "pure")]
    assert compared | FIXED[contract] == {e["name"] for e in entries}
    assert not compared & FIXED[contract]


def test_events__of_the_stage__rebuild_every_view(recorded):
    stage, replay = recorded
    assert list(differences(replay, stage.contract)) == []


@pytest.mark.parametrize("act", ACTS, ids=lambda act: act.name)
def test_events__of_each_act__rebuild_every_view(recorded, act):
    """INV-19, INV-20. One event for the change, in the very block; then the views agree again."""
    stage, replay = recorded
    with recording() as journal:
        arguments = act.prepare(stage)
    replay.follow(journal)
    with boa.env.anchor():
        boa.env.timestamp += 1
        with recording() as journal:
            act.call(stage, arguments, stage.callers[act.caller])
        (call,) = journal
        assert tuple(decoded(topics, data).name for _, topics, data in call.logs) == act.events
        assert list(differences(replay.follow(journal), stage.contract)) == []
    # Undone, the call leaves views that disagree with its events: the comparison sees the change.
    assert act.function in SILENT or next(differences(replay, stage.contract), None)


@pytest.mark.parametrize("act", [act for act in ACTS if act.approvals], ids=lambda act: act.name)
def test_events__of_an_act_that_two_agree_on__rebuild_every_view(recorded, act):
    """INV-20, INV-29. Between the calls only what is pending has changed; then it is done."""
    stage, replay = recorded
    with recording() as journal:
        arguments = act.prepare(stage)
        for officer in need(stage.world, 2, grant_limit=0):
            act.call(stage, arguments, officer)
            assert list(differences(replay.follow(journal), stage.contract)) == []
            journal.clear()


def test_events__of_a_whole_life__rebuild_every_view(recorded):
    stage, replay = recorded
    with recording() as journal:
        live(stage)
    assert not any(transaction.failed for transaction in journal)
    assert list(differences(replay.follow(journal), stage.contract)) == []
