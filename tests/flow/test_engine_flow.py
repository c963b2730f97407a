"""The flow on real parts: accept, anchor, read back, and the numbers of the chain."""

from __future__ import annotations

import dataclasses
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest

from frontend_api.domain.errors import (
    IdempotencyKeyReused,
    InvalidFields,
    MissingIdempotencyKey,
    NotAllowed,
    StateConflict,
)
from frontend_api.domain.numbers import BillNumber
from frontend_api.flow.issue import issue_bill
from frontend_api.flow.read import bill_file_of
from frontend_api.flow.supervise import resume_issuer, suspend_issuer
from frontend_api.samples import generate

pytestmark = pytest.mark.chain


def owner(platform, kind: str) -> str:
    return platform.services.caller(platform.issuer_key(kind)).owner


def issue(platform, request: dict) -> BillNumber:
    who = owner(platform, request["kind"])
    return issue_bill(platform.services.desk, who, request["business_no"], request).number


def anchored(platform, number: BillNumber):
    found = []

    def done() -> bool:
        stored = platform.services.desk.bills.find(number.key)
        found[:] = [stored]
        return stored.anchored is not None

    assert platform.services.engine.wait_for(done, 20), platform.services.engine.fault
    return found[0]


def test_one_bill_on_an_idle_platform__is_a_batch_of_one(platform):
    stored = anchored(platform, issue(platform, platform.sample("parking")))
    assert stored.anchored.count == 1
    assert stored.anchored.root == stored.bill.leaf  # the root of one leaf is the bill's hash
    assert stored.anchored.sum_fen == stored.bill.header.amount_fen


def test_many_bills_at_once__every_one_is_in_exactly_one_batch_and_verifies(platform):
    requests = [platform.sample() for _ in range(60)]
    with ThreadPoolExecutor(8) as counters:
        numbers = list(counters.map(lambda r: issue(platform, r), requests))
    assert len({n.key for n in numbers}) == 60
    stored = [anchored(platform, n) for n in numbers]
    for bill in stored:
        batch = platform.services.reader.batch(
            platform.services.record.deployment, bill.anchored.batch_id
        )
        assert batch.root == bill.anchored.root
        assert batch.batch_id <= bill.bill.number.key < batch.batch_id + batch.count
        report = platform.services.verifier.verify_bill_file(
            bill_file_of(platform.services.desk, bill)
        )
        assert report.exit_code() == 0, report.to_json()


def test_repeated_request__same_bill__other_body_is_refused(platform):
    request = platform.sample("donation")
    who, desk = owner(platform, "donation"), platform.services.desk
    first = issue_bill(desk, who, "key-1", request)
    again = issue_bill(desk, who, "key-1", request)
    assert (again.number, again.replayed) == (first.number, True)
    with pytest.raises(IdempotencyKeyReused):
        issue_bill(desk, who, "key-1", platform.sample("donation"))
    with pytest.raises(StateConflict, match="already issued"):
        issue_bill(desk, who, "key-2", request)
    with pytest.raises(MissingIdempotencyKey):
        issue_bill(desk, who, None, request)


def test_fifty_parallel_identical_requests__one_bill(platform):
    request = platform.sample("tuition")
    with ThreadPoolExecutor(16) as clerks:
        numbers = set(clerks.map(lambda _: issue(platform, request).key, range(50)))
    assert len(numbers) == 1


def test_who_is_not_an_issuer__may_not_issue(platform):
    payer = platform.services.caller(platform.payer_key("COMMERCIAL")).owner
    with pytest.raises(NotAllowed, match="not admitted"):
        issue_bill(platform.services.desk, payer, "k", platform.sample("parking"))


def test_samples__same_seed__same_requests(platform):
    now = datetime(2026, 11, 20, tzinfo=UTC)
    kinds = platform.services.kinds
    assert list(generate(kinds, 3, 20, now)) == list(generate(kinds, 3, 20, now))


def test_repeated_request__after_the_date_grew_too_old__still_the_same_bill(platform):
    request = platform.sample("parking")
    who, desk = owner(platform, "parking"), platform.services.desk
    first = issue_bill(desk, who, "old-1", request)
    later = dataclasses.replace(desk, clock=lambda: desk.clock() + 60 * 86400)
    assert issue_bill(later, who, "old-1", request).number == first.number
    with pytest.raises(InvalidFields):
        issue_bill(later, who, "old-2", platform.sample("parking"))


def test_document_whose_qr_leads_elsewhere__is_found_though_the_page_fits_it(platform):
    stored = anchored(platform, issue(platform, platform.sample("donation")))
    services = platform.services
    genuine = bill_file_of(services.desk, stored)
    key = genuine.header.number.key
    forged = dataclasses.replace(genuine, verify_url=f"https://evil.example/b/{key}/token")
    report = services.verifier.verify_upload(services.pdf(forged))
    assert report.verdict("integrity").finding.facts == {"field": "verify_at"}
    assert report.exit_code() == 1


class Unaware:
    """Views of a process that has not seen the suspension yet."""

    def __init__(self, views, issuer) -> None:
        self._views, self._issuer = views, issuer

    def issuer(self, _uscc):
        return self._issuer

    def __getattr__(self, name):
        return getattr(self._views, name)


def test_issuer_suspended_with_bills_in_the_queue__they_wait__resumed__anchored_once(platform):
    services = platform.services
    desk, engine = services.desk, services.engine
    who = owner(platform, "court_fee")
    before = desk.views.issuer(who)
    suspend_issuer(desk, who, "queue-test")
    assert engine.wait_for(lambda: desk.views.issuer(who).status == "SUSPENDED", 20)
    request = platform.sample("court_fee")
    with pytest.raises(NotAllowed, match="suspended"):
        issue(platform, request)
    unaware = dataclasses.replace(desk, views=Unaware(desk.views, before))
    number = issue_bill(unaware, who, request["business_no"], request).number

    def refusals() -> list[str]:
        batches = [b.last_attempt for b in desk.batches.unanchored()]
        return [str(t.error) for t in batches if t.state.name == "REFUSED"]

    assert engine.wait_for(lambda: bool(refusals()), 20)
    assert refusals() == ["issuer: not active"]
    resume_issuer(desk, who, "queue-test")
    assert anchored(platform, number).anchored.count == 1
