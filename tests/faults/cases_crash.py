"""The power goes out around every step; the disk fails, is full, or takes half of what it gets."""

from __future__ import annotations

import time
from functools import partial

from faults.run import Fault, Run
from faults.subject import wait_until

# The transactions that one bill on an idle platform makes, in their order.
COMMITS = ("acceptance", "batch", "signed bytes", "receipt", "events")
QUICK = ("SIGKILL after commit of signed bytes", "SIGKILL after send", "SIGKILL before rename")


def _killed(run: Run, point: str, nth: int) -> None:
    run.child.plan(point, "kill", nth)
    request = run.request()
    run.try_once(request)
    patience = time.monotonic() + 3
    while run.child.alive() and not run.child.fired() and time.monotonic() < patience:
        time.sleep(0.02)  # what comes after the answer, such as reading the events
    run.child.plan_nothing()
    run.child.issue(request)
    run.settle()


def _kill(point: str, what: str, nth: int = 1, own_chain: bool = False) -> Fault:
    name = f"SIGKILL {point.partition('-')[0]} {what}"
    quick = name in QUICK
    return Fault(name, partial(_killed, point=point, nth=nth), own_chain=own_chain, quick=quick)


def _kills() -> list[Fault]:
    sides = ("before", "after")
    return [
        *(
            _kill(f"{side}-commit", f"commit of {what}", nth)
            for nth, what in enumerate(COMMITS, start=1)
            for side in sides
        ),
        *(_kill(f"{s}-{what}", what) for what in ("sign", "send", "receipt") for s in sides),
        *(
            _kill(f"{s}-{what}", what, own_chain=True)
            for what in ("write", "rename")
            for s in sides
        ),
    ]


def _disk(run: Run, point: str, action: str, nth: int) -> None:
    run.child.plan(point, action, nth)
    tries = 1 if action != "full" else 12  # some rows still fit into the last pages
    while tries and not run.child.fired():
        run.try_once(run.request())
        wait_until(lambda: run.naive or run.child.fired() > 0 or not run.unanchored(), 10)
        tries -= 1
    run.child.plan_nothing()
    for request in run.requests:
        run.child.issue(request)
    run.settle()


def _state_file_on_a_full_disk(run: Run) -> None:
    """The chain's own state cannot be saved for a while; then the node dies."""
    new = run.home / "chain" / "state.json.gz.new"
    new.symlink_to("/dev/full")
    run.issue()
    wait_until(lambda: "No space left" in (run.chain.last_error or ""), 15)
    run.fired += 1
    new.unlink()
    run.chain.wait_saved()
    run.chain.kill()
    run.issue()


def _disk_faults() -> list[Fault]:
    kinds = (("EIO", "commit", "eio"), ("short write", "commit", "short-write"),
             ("ENOSPC", "begin", "full"))  # fmt: skip
    return [
        Fault(
            f"{name} at commit of {COMMITS[nth - 1]}",
            partial(_disk, point=point, action=action, nth=nth),
        )
        for name, point, action in kinds
        for nth in (1, 3)
    ]


FAULTS = [
    *_kills(),
    *_disk_faults(),
    Fault("ENOSPC for the chain's state", _state_file_on_a_full_disk),
]
