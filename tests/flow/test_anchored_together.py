"""Several issuers' batches in one transaction of the relayer, on the real contracts."""

from __future__ import annotations

import dataclasses

import pytest

from frontend_api.domain.states import Role
from frontend_api.flow.anchor import anchor_waiting
from frontend_api.flow.issue import issue_bill
from frontend_api.flow.supervise import resume_issuer, suspend_issuer
from frontend_api.ports import Purpose

pytestmark = pytest.mark.chain
KINDS = ("parking", "donation", "tuition", "court_fee")


def owner(platform, kind: str) -> str:
    return platform.services.caller(platform.issuer_key(kind)).owner


def issue(desk, platform, kind: str):
    request = platform.sample(kind)
    return issue_bill(desk, owner(platform, kind), request["business_no"], request).number


class Halted:
    """The engine stands still while the test seals by hand, and goes on afterwards."""

    def __init__(self, platform) -> None:
        self.engine = platform.services.engine

    def __enter__(self):
        self.engine.stop()
        return self

    def __exit__(self, *_):
        self.engine._stop.clear()
        self.engine.start()


def all_anchored(platform, numbers) -> bool:
    desk = platform.services.desk
    return platform.services.engine.wait_for(
        lambda: all(desk.bills.find(n.key).anchored for n in numbers), 30
    )


def test_four_issuers_at_once__one_transaction__each_signed_by_its_own_key(platform):
    desk = platform.services.desk
    with Halted(platform):
        numbers = {kind: issue(desk, platform, kind) for kind in KINDS}
        anchor_waiting(desk)
    assert all_anchored(platform, numbers.values())
    found = {kind: desk.bills.find(n.key).anchored for kind, n in numbers.items()}
    assert len({a.anchor.transaction for a in found.values()}) == 1
    for kind, anchored in found.items():
        who = owner(platform, kind)
        assert (anchored.issuer, anchored.signer) == (who, desk.keys.address_of(who, Role.ISSUER))
        batch = platform.services.reader.batch(
            platform.services.record.deployment, anchored.batch_id
        )
        assert (batch.root, batch.signer) == (anchored.root, anchored.signer)


def test_one_of_them_suspended__the_others_are_anchored_by_themselves(platform):
    services = platform.services
    desk, engine, late = services.desk, services.engine, owner(platform, "court_fee")
    before = desk.views.issuer(late)
    suspend_issuer(desk, late, "together-1")
    assert engine.wait_for(lambda: desk.views.issuer(late).status == "SUSPENDED", 20)

    class Unaware:
        def issuer(self, uscc):
            return before if uscc == late else desk.views.issuer(uscc)

    with Halted(platform):
        unaware = dataclasses.replace(desk, views=Unaware())
        numbers = {kind: issue(unaware, platform, kind) for kind in KINDS}
        anchor_waiting(desk)
        purposes = {b.last_attempt.purpose for b in desk.batches.unanchored()}
        assert purposes == {Purpose.ANCHOR_SIGNED}
    others = [n for kind, n in numbers.items() if kind != "court_fee"]
    assert all_anchored(platform, others)
    assert len({desk.bills.find(n.key).anchored.anchor.transaction for n in others}) == len(others)
    assert desk.bills.find(numbers["court_fee"].key).anchored is None
    resume_issuer(desk, late, "together-1")
    assert all_anchored(platform, numbers.values())
