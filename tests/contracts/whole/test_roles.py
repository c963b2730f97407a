"""INV-21: callers without the role change nothing. Every function that can change something, times
every kind of caller; the table must name every such function, or the test fails."""

import boa
import pytest

from ..support.acts import need
from ..support.document import names, table
from ..support.events import CONTRACTS, abi_of, events_of, refusal_of
from ..support.storage import storage_of
from ..support.table import ACTS, BY_NAME


def changing_functions():
    return [
        f"{contract}.{entry['name']}"
        for contract in CONTRACTS
        for entry in abi_of(contract)
        if entry["type"] == "function" and entry["stateMutability"] not in ("view", "pure")
    ]


def test_roles__table__names_every_function_that_changes_something_once():
    assert sorted(act.name for act in ACTS) == sorted(changing_functions())


def test_roles__table__names_only_callers_that_the_stage_has(stage):
    named = {caller for act in ACTS for caller in act.who.callers or ()}
    assert named <= set(stage.callers)
    assert len(set(stage.callers.values())) == len(stage.callers)


@pytest.mark.parametrize("name", changing_functions())
def test_roles__every_caller__exactly_the_allowed_succeed(stage, name):
    """INV-19, INV-21. Whoever is refused is refused by the contract and leaves no trace."""
    act = BY_NAME[name]
    arguments = act.prepare(stage)
    addresses = [contract.address for contract in contracts_of(stage)]
    before = storage_of(*addresses)
    accepted = set()
    for caller, address in stage.callers.items():
        with boa.env.anchor():
            try:
                contract = act.call(stage, arguments, address)
            except boa.BoaError:
                refused = stage.contract(act.contract)
                assert refusal_of(refused), f"{caller}: refused without a reason"
                assert events_of(refused) == []
                assert storage_of(*addresses) == before
            else:
                assert tuple(event.name for event in events_of(contract)) == act.events
                assert storage_of(*addresses) != before or act.function == "log_use"
                accepted.add(caller)
    assert accepted == {caller for caller in stage.callers if act.allows(caller)}


@pytest.mark.parametrize("act", [act for act in ACTS if act.approvals], ids=lambda act: act.name)
def test_roles__two_officers_needed__the_second_does_it_and_others_do_not_count(stage, act):
    """INV-21, INV-29. The first call is an approval and nothing else."""
    arguments = act.prepare(stage)
    first, second = need(stage.world, 2, grant_limit=0)
    for caller, address in stage.callers.items():
        with boa.env.anchor():
            if not act.allows(caller):
                with pytest.raises(boa.BoaError):
                    act.call(stage, arguments, address)
                continue
            assert [e.name for e in events_of(act.call(stage, arguments, address))] == [
                "ActApproved"
            ]
            with boa.reverts("approval: already given"):
                act.call(stage, arguments, address)
            done = act.call(stage, arguments, second if address == first else first)
            assert tuple(event.name for event in events_of(done)) == act.events


@pytest.mark.parametrize("act", [act for act in ACTS if not act.approvals], ids=lambda a: a.name)
def test_roles__two_officers_needed_elsewhere__one_call_is_enough(stage, act):
    if act.function != "withdraw_approval":  # which prepares that itself
        need(stage.world, 2)
    arguments = act.prepare(stage)
    assert stage.world.registry.approval_rule().approvals == 2
    done = act.call(stage, arguments, stage.callers[act.caller])
    assert tuple(event.name for event in events_of(done)) == act.events


def test_roles__refused_and_accepted__the_storage_check_sees_a_change(stage):
    """The check above is not blind."""
    before = storage_of(stage.world.registry.address)
    assert before
    stage.world.registry.pause(sender=stage.world.supervisor)
    assert storage_of(stage.world.registry.address) != before


@pytest.mark.parametrize("contract", CONTRACTS)
def test_roles__money_sent__refused_everywhere(contract):
    """Nothing here holds money: no function is payable, and there is no fallback."""
    entries = abi_of(contract)
    assert {entry["type"] for entry in entries} == {"constructor", "event", "function"}
    assert "payable" not in {entry.get("stateMutability") for entry in entries}


def test_roles__document__says_of_each_function_what_the_table_says():
    documented = [
        (function, who)
        for functions, who in table("| function | who |")
        for function in names(functions)
    ]
    assert sorted(documented) == sorted((act.function, act.words) for act in ACTS)


def contracts_of(stage):
    return [stage.contract(name) for name in CONTRACTS]
