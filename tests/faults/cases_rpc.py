"""The way to the chain: lost replies, nonsense, slowness, nodes that disagree or lie."""

from __future__ import annotations

import shutil
import time

from faults import proxy as rules
from faults.run import Fault, Run
from faults.subject import wait_until
from frontend_api.bootstrap import AnvilChain
from frontend_api.domain.states import Role


def _reply_lost(run: Run) -> None:
    with run.proxy.ruled(rules.lose_answer(run.proxy, "eth_sendRawTransaction")):
        run.issue()
    run.fired += run.proxy.fired


def _malformed(run: Run) -> None:
    with run.proxy.ruled(rules.garbage(run.proxy, times=12)):
        run.issue()
        wait_until(lambda: run.proxy.fired == 12, 20)
    run.fired += run.proxy.fired


def _slow(run: Run) -> None:
    request = run.request()
    with run.proxy.ruled(rules.slow(run.proxy, run.pace.slow_answer, times=2)):
        wait_until(lambda: run.proxy.fired >= 1 or run.naive, 20)
        run.child.issue(request)
        wait_until(lambda: run.proxy.fired == 2, 60)
        time.sleep(run.pace.slow_answer)
    run.fired += run.proxy.fired
    run.settle()


def _silent(run: Run) -> None:
    """Nothing listens where the node was."""
    request = run.request()
    run.chain.wait_saved()
    run.chain.stop()
    status = run.try_once(request)
    run.expect(status == 202, f"a bill must be accepted while the chain is down, not {status}")
    time.sleep(run.pace.chain_down)
    run.fired += 1
    run.chain.start()
    run.child.issue(request)
    run.settle()


def _wrong_chain_id(run: Run) -> None:
    with run.proxy.ruled(rules.answers(run.proxy, "eth_chainId", lambda _: "0x1")):
        status = run.try_once(request := run.request())  # noticed before anything is signed
        run.wait_refused("wrong-chain")
        run.child.stop()
        run.child.start()  # and at a start
        run.wait_refused("wrong-chain")
        run.expect(status == 202, f"accepted before it was noticed: {status}")
        if run.naive:
            run.try_once(request)
    run.fired += run.proxy.fired
    run.child.issue(request)
    run.settle()


def _nonce_gap(run: Run) -> None:
    """A node reports a count of blocks that are lost before anybody else sees them."""
    sender = run.office.address(run.office.uscc("parking"), Role.ISSUER)
    true = int(run.rpc("eth_getTransactionCount", sender, "latest"), 16)

    def too_many(params: list[str]) -> str | None:
        return hex(true + 3) if params[0].lower() == sender.lower() else None

    rule = rules.answers(run.proxy, "eth_getTransactionCount", too_many, times=1)
    with run.proxy.ruled(rule):
        run.issue()
    run.fired += run.proxy.fired


def _two_nodes(run: Run) -> None:
    """Half of all answers come from a node that is some blocks behind."""
    run.chain.wait_saved()
    behind = run.home / "behind"
    shutil.copytree(run.home / "chain", behind)
    (behind / "anvil.json").unlink()
    run.issue()
    with AnvilChain(behind) as other:
        request = run.request()
        with run.proxy.ruled(rules.two_nodes(run.proxy, other.url)):
            run.try_once(request)
            time.sleep(4)
        run.fired += run.proxy.fired
    run.child.issue(request)
    run.settle()


FAULTS = [
    Fault("reply lost after acceptance", _reply_lost, quick=True),
    Fault("malformed RPC", _malformed, quick=True),
    Fault("slow RPC", _slow),
    Fault("chain down", _silent, quick=True),
    Fault("wrong chain id", _wrong_chain_id, quick=True),
    Fault("nonce gap", _nonce_gap),
    Fault("two nodes that disagree", _two_nodes, network=True),
]
