"""Batches of several issuers in one transaction of the relayer: what one fault does to all."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from functools import partial

from faults.run import KIND, Fault, Run
from faults.subject import wait_until
from frontend_api.domain.states import Role

KINDS = (KIND, "tuition", "donation")


def _together(run: Run, meanwhile: Callable[[], None], after: Callable[[], None]) -> None:
    """Bills of three issuers wait for a chain that is silent, and are anchored when it is back."""
    run.proxy.set_rule(lambda *_: None)
    requests = [run.request(kind) for kind in KINDS]
    for request in requests:
        run.try_once(request)
    meanwhile()
    run.proxy.set_rule(None)
    after()
    run.child.plan_nothing()
    for request in requests:
        run.child.issue(request)
    run.settle()
    signed = "SELECT 1 FROM transactions WHERE purpose = 'ANCHOR_SIGNED'"
    run.expect(run.naive or bool(run.sql(signed)), "they must have gone together")


def _killed(run: Run, point: str, nth: int) -> None:
    def wait() -> None:
        if not run.naive:
            wait_until(lambda: not run.child.alive(), 20)
        else:
            for request in run.requests[-len(KINDS) :]:
                run.try_once(request)

    _together(run, lambda: run.child.plan(point, "kill", nth), wait)


def _one_key_down(run: Run) -> None:
    """One issuer's key cannot be read: the others are anchored all the same."""
    sender = run.office.address(run.office.uscc(KIND), Role.ISSUER)
    change = "UPDATE signing_keys SET sealed_key = ? WHERE address = ?"
    platform = run.home / "piaolian.sqlite3"
    with sqlite3.connect(platform) as c:
        select = "SELECT sealed_key FROM signing_keys WHERE address = ?"
        (sealed,) = c.execute(select, (sender,)).fetchone()

    def spoil() -> None:
        with sqlite3.connect(platform) as c:
            c.execute(change, (b"\0" * len(sealed), sender))
        run.fired += 1

    def restore() -> None:
        if not run.naive:
            wait_until(lambda: run.unanchored() == 1, 20)
        with sqlite3.connect(platform) as c:
            c.execute(change, (sealed, sender))

    _together(run, spoil, restore)


def _one_suspended(run: Run) -> None:
    """One issuer is suspended: the whole transaction is refused, and the others go alone."""
    owner = run.office.uscc(KIND)

    def suspend() -> None:
        run.office.suspend(owner)
        run.fired += 1

    def resume() -> None:
        if not run.naive:
            wait_until(lambda: run.unanchored() == 1, 20)
        run.office.resume(owner)

    _together(run, suspend, resume)


FAULTS = [
    *(
        Fault(f"SIGKILL after {what}, several issuers", partial(_killed, point=point, nth=nth))
        for what, point, nth in (
            ("commit of batch", "after-commit", 1),
            ("commit of signed bytes", "after-commit", 2),
            ("send", "after-send", 1),
        )
    ),
    Fault("signer down for one of several issuers", _one_key_down),
    Fault("one of several issuers suspended mid-queue", _one_suspended),
]
