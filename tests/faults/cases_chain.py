"""The chain itself: older, empty, without contracts, with other blocks, with a rival's hand."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from faults.final_check import anchored_leaves
from faults.run import KIND, Fault, Run
from faults.subject import wait_until
from frontend_api.bootstrap import reindex
from frontend_api.domain.states import Role
from frontend_api.ports import Call


def _same_state(run: Run) -> None:
    run.chain.wait_saved()
    restarts = run.chain.restarts
    run.chain.kill()
    run.issue()
    wait_until(lambda: run.chain.restarts == restarts + 1, 20)
    run.fired += 1


def _older_state(run: Run) -> None:
    run.chain.wait_saved()
    state = run.home / "chain" / "state.json.gz"
    older = shutil.copy(state, run.home / "older")
    run.issue()
    with run.services() as services:
        before = anchored_leaves(services)
    run.chain.stop()
    shutil.copy(older, state)
    run.chain.start()
    with run.services() as services:
        run.fired += len(before) - len(anchored_leaves(services))
    run.issue()
    with run.services() as services:
        after = anchored_leaves(services)
    run.expect(before.items() <= after.items(), "lost batches must come back with the same roots")


def _older_network(run: Run) -> None:
    """A network that should be final comes back older: no writing until a person decides."""
    run.chain.wait_saved()
    state = run.home / "chain" / "state.json.gz"
    older = shutil.copy(state, run.home / "older")
    run.issue()
    run.chain.stop()
    shutil.copy(older, state)
    run.chain.start()
    run.wait_refused("wrong-chain")
    run.fired += 1
    if not run.naive:
        with run.services() as services:
            reindex(services, from_chain=True)
    run.issue()


def _empty_state(run: Run) -> None:
    request = run.request()
    run.chain.wait_saved()
    run.chain.stop()
    folder = run.home / "chain"
    shutil.move(folder / "state.json.gz", run.home / "kept")
    run.chain.start()
    run.wait_refused("wrong-chain")
    if run.naive:
        run.try_once(request)
    run.fired += 1
    run.chain.stop()
    shutil.move(run.home / "kept", folder / "state.json.gz")
    run.chain.start()
    run.child.issue(request)
    run.settle()


def _contract_missing(run: Run) -> None:
    _with_code(run, lambda _: "0x")


def _code_changed(run: Run) -> None:
    _with_code(run, lambda code: code + "00")


def _with_code(run: Run, change: Callable[[str], str]) -> None:
    with run.services() as services:
        address = services.record.deployment.bill_registry
    code = run.rpc("eth_getCode", address, "latest")
    run.rpc("anvil_setCode", address, change(code))
    request = run.request()
    run.try_once(request)
    run.child.stop()
    run.child.start()
    run.wait_refused("wrong-chain")
    run.fired += 1
    run.rpc("anvil_setCode", address, code)
    run.child.issue(request)
    run.settle()


def _reorganisation(run: Run) -> None:
    """The newest block, with a batch in it, is replaced by empty ones."""
    before = run.rpc("evm_snapshot")
    run.issue()
    block = run.rpc("eth_getBlockByNumber", "latest", False)
    run.rpc("evm_revert", before)
    run.rpc("anvil_mine", "0x3")
    there = run.rpc("eth_getBlockByNumber", block["number"], False)
    run.fired += there is not None and there["hash"] != block["hash"]
    run.issue()


@contextmanager
def _pending(run: Run) -> Iterator[str]:
    """A bill whose transaction waits in the pool, where nothing is mined; gives its hash."""
    run.rpc("evm_setAutomine", False)
    request = run.request()
    run.try_meanwhile(request)
    found: list[str] = []

    def waits() -> bool:
        pool = run.rpc("txpool_content")["pending"]
        found[:] = [tx["hash"] for by_nonce in pool.values() for tx in by_nonce.values()]
        return bool(found)

    wait_until(waits, 10)
    yield found[0]
    run.rpc("evm_setAutomine", True)
    run.child.issue(request)
    run.settle()


def _pool_wiped(run: Run) -> None:
    with _pending(run):
        run.rpc("anvil_dropAllTransactions")
        run.fired += 1


def _rival(run: Run) -> None:
    """Somebody with the same key is faster with the same nonce."""
    with run.services() as services:
        registry = services.record.deployment.bill_registry
    owner = run.office.uscc(KIND)
    with _pending(run) as ours:
        run.rpc("anvil_dropTransaction", ours)
        theirs = "0x" + run.office.send(owner, Role.ISSUER, Call(registry, b"", 50_000)).hex()
        run.rpc("evm_mine")
        run.fired += run.rpc("eth_getTransactionReceipt", theirs) is not None


def _revert_after_simulation(run: Run) -> None:
    """The issuer is suspended between a good simulation and the block."""
    owner = run.office.uscc(KIND)
    with _pending(run) as ours:
        run.rpc("anvil_dropTransaction", ours)
        run.office.suspend(owner)
        run.rpc("evm_setAutomine", True)
        run.rpc("evm_mine")

        def reverted() -> bool:
            receipt = run.rpc("eth_getTransactionReceipt", ours)
            return receipt is not None and receipt["status"] == "0x0"

        if not run.naive:  # the same bytes come again by themselves
            wait_until(reverted, 15)
        run.fired += 1
        run.office.resume(owner)


FAULTS = [
    Fault("restart from the same state", _same_state),
    Fault("restart from an older state", _older_state, quick=True),
    Fault("restart from an older state, a network", _older_network, network=True),
    Fault("restart from an empty state", _empty_state),
    Fault("contract missing", _contract_missing, quick=True),
    Fault("code changed", _code_changed),
    Fault("reorganisation", _reorganisation),
    Fault("pool wiped", _pool_wiped),
    Fault("rival of the same nonce", _rival),
    Fault("revert after a good simulation", _revert_after_simulation),
]
