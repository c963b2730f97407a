"""Accepting in a process of its own: the same answers; killed, the service goes on by itself."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from frontend_api.accepting import (
    AcceptingProcess,
    read_answers,
    read_drafts,
    write_answers,
    write_drafts,
)
from frontend_api.domain.errors import (
    InvalidFields,
    NotAllowed,
    NumbersExhausted,
    StateConflict,
)
from frontend_api.flow.issue import Draft, Issued, accept_drafts, draft_bill
from frontend_api.flow.read import bill_file_of, receipt_of

pytestmark = pytest.mark.chain
KIND = "medical_outpatient"


def drafts(platform, count: int) -> list[Draft]:
    services = platform.services
    owner = services.caller(platform.issuer_key(KIND)).owner
    requests = [platform.sample(KIND) for _ in range(count)]
    return [draft_bill(services.desk, owner, r["business_no"], r) for r in requests]


class Here:
    """The service's own way, counted."""

    def __init__(self, desk) -> None:
        self._desk, self.groups = desk, 0

    def __call__(self, asked):
        self.groups += 1
        return accept_drafts(self._desk, asked)


@pytest.fixture
def here(platform) -> Here:
    return Here(platform.services.desk)


@pytest.fixture
def process(platform, here) -> Iterator[AcceptingProcess]:
    process = AcceptingProcess(platform.services.settings.model_dump_json().encode(), here)
    yield process
    process.close()


def run_it(process: AcceptingProcess, platform, here: Here) -> None:
    """Give it groups until it answers one itself."""
    deadline = time.monotonic() + 60
    while True:
        before = here.groups
        process.accept(drafts(platform, 8))
        if here.groups == before:
            return
        assert time.monotonic() < deadline, "the process never became ready"
        time.sleep(0.1)


def test_group__accepted_by_the_process__as_if_here(platform, process, here) -> None:
    run_it(process, platform, here)
    asked, desk = drafts(platform, 40), platform.services.desk
    strangers = Draft("12100000400002259X", "k", asked[0].digest, asked[0].request, 1)
    answers = process.accept([*asked, asked[3], strangers])
    new, again, refused = answers[:40], answers[40], answers[41]
    keys = [a.number.key for a in new]
    assert keys == list(range(keys[0], keys[0] + 40))
    assert again == Issued(new[3].number, replayed=True)
    assert type(refused) is NotAllowed
    stored = desk.bills.find(keys[7])
    assert receipt_of(desk, stored) == new[7].new.receipt
    engine = platform.services.engine
    engine.poke()
    assert engine.wait_for(lambda: desk.bills.find(keys[7]).anchored is not None, 20)
    file = bill_file_of(desk, desk.bills.find(keys[7]))
    assert file.verify_url == new[7].new.verify_url
    assert platform.services.verifier.verify_bill_file(file).exit_code() == 0


def test_process__killed__its_last_group_is_answered_all_the_same_and_it_comes_back(
    platform, process, here, monkeypatch
) -> None:
    run_it(process, platform, here)
    asked = drafts(platform, 20)
    first = process.accept(asked)
    process._process.kill()
    process._process.wait()
    before = here.groups
    again = process.accept(asked)  # as if the answer had been lost with it
    assert here.groups == before + 1
    assert [a.number for a in again] == [a.number for a in first]
    assert all(a.replayed for a in again)
    monkeypatch.setattr("frontend_api.accepting.AGAIN_SECONDS", 0)
    process._not_before = 0.0
    run_it(process, platform, here)


def test_small_groups__never_start_a_process(platform, process, here) -> None:
    for _ in range(3):
        assert len(process.accept(drafts(platform, 2))) == 2
    assert process._process is None
    assert here.groups == 3


def test_wire__drafts_and_answers__come_out_as_they_went_in(platform) -> None:
    asked = drafts(platform, 3)
    assert read_drafts(write_drafts(asked)) == asked
    issued = accept_drafts(platform.services.desk, asked)
    refused = [NumbersExhausted("none left"), StateConflict("issued"), NotAllowed("suspended")]
    back = read_answers(write_answers([*issued, *refused]))
    assert back[:3] == issued
    assert [(type(e), str(e)) for e in back[3:]] == [(type(e), str(e)) for e in refused]
    with pytest.raises(KeyError):
        write_answers([InvalidFields([])])
