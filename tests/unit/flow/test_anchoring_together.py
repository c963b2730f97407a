"""Anchoring under load: pace, and many issuers' batches in one transaction of the relayer."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest
from flow_helpers import stored_of
from in_memory.chain import MemoryChain, issuer_admitted, numbers_granted
from in_memory.platform import MemoryPlatform, admit, opened
from in_memory.values import BUREAU, CODE, HOSPITAL, INSURER, SCHOOL, Clock, body
from sqlalchemy import delete

from frontend_api.domain.numbers import BillNumber
from frontend_api.domain.states import Role
from frontend_api.flow.anchor import MAX_SIGNED, RETRY_SECONDS, Anchoring, anchor_waiting
from frontend_api.flow.engine import Seldom
from frontend_api.flow.issue import issue_bill
from frontend_api.ports import Purpose, TxState
from frontend_api.store.schema import signing_keys

OTHERS = (HOSPITAL, BUREAU, INSURER)


def admit_others(home: MemoryPlatform, *issuers: str) -> None:
    for place, issuer in enumerate(issuers):
        home.chain.add(
            issuer_admitted(issuer),
            numbers_granted(10 + place, issuer, CODE, 1_000 * (place + 1), 500),
        )
        home.keys.create(issuer, Role.ISSUER)
    home.engine.turn()


def issue(home: MemoryPlatform, issuer: str, key: str) -> BillNumber:
    return issue_bill(home.desk, issuer, key, body(f"B-{key}")).number


def sent(home: MemoryPlatform) -> list[tuple[str, int]]:
    """Purpose of every transaction, and how many batches it carries."""
    with home.database.read() as c:
        rows = c.exec_driver_sql("SELECT purpose, data FROM transactions ORDER BY tx_id").all()
    return [
        (purpose, len(json.loads(data)[1]) if purpose == Purpose.ANCHOR_SIGNED else 1)
        for purpose, data in rows
    ]


def events(home: MemoryPlatform) -> list[int]:
    return [
        log.args["batch_id"] for b in home.chain.blocks for log in b.logs if log.event == "Anchored"
    ]


# --- together ---


def test_several_issuers_wait__one_transaction__each_batch_signed_by_its_issuer(
    home: MemoryPlatform,
) -> None:
    admit_others(home, *OTHERS)
    numbers = {issuer: issue(home, issuer, "a") for issuer in OTHERS}
    own = home.issue("a")
    home.run()
    assert sent(home) == [("ANCHOR_SIGNED", 4)]
    for issuer, number in numbers.items():
        anchored = stored_of(home, number).anchored
        assert anchored is not None
        assert anchored.signer == home.keys.address_of(issuer, Role.ISSUER)
        assert anchored.batch_id == number.key
    assert stored_of(home, own).anchored is not None
    assert home.outbox.get(1).sender == home.keys.address_of("", Role.RELAYER)


def test_key_of_one_cannot_be_read__the_others_go_on(home: MemoryPlatform) -> None:
    admit_others(home, *OTHERS)
    numbers = [issue(home, issuer, "a") for issuer in OTHERS]
    held_up = home.issue("a")
    sealed = "UPDATE signing_keys SET sealed_key = zeroblob(60) WHERE address = ?"
    with home.database.write() as c:
        c.exec_driver_sql(sealed, (home.keys.address_of(SCHOOL, Role.ISSUER),))
    home.run()
    assert all(stored_of(home, n).anchored for n in numbers)
    assert stored_of(home, held_up).anchored is None


def test_one_issuer_waits__its_own_transaction(home: MemoryPlatform) -> None:
    admit_others(home, HOSPITAL)
    number = issue(home, HOSPITAL, "a")
    home.run()
    assert sent(home) == [("ANCHOR", 1)]
    assert stored_of(home, number).anchored is not None


def test_more_than_one_transaction_takes__the_rest_in_the_next(home: MemoryPlatform) -> None:
    for place in range(MAX_SIGNED + 1):
        home.chain.add(numbers_granted(100 + place, HOSPITAL, CODE, 10_000 + place, 1))
    home.chain.add(issuer_admitted(HOSPITAL))
    home.keys.create(HOSPITAL, Role.ISSUER)
    home.engine.turn()
    numbers = [issue(home, HOSPITAL, str(i)) for i in range(MAX_SIGNED + 1)]
    home.run()
    assert sent(home) == [("ANCHOR_SIGNED", MAX_SIGNED), ("ANCHOR_SIGNED", 1)]
    assert sorted(events(home)) == sorted(n.key for n in numbers)


def test_one_of_them_refused__each_goes_by_itself_at_once(
    home: MemoryPlatform, clock: Clock
) -> None:
    admit_others(home, HOSPITAL)
    numbers = [issue(home, HOSPITAL, "a"), home.issue("a")]
    home.chain.refuse["anchor_signed"] = "issuer: not active"
    before = clock.now
    for _ in range(4):
        home.engine.turn()
    assert clock.now == before < before + RETRY_SECONDS
    assert sent(home) == [("ANCHOR_SIGNED", 2), ("ANCHOR", 1), ("ANCHOR", 1)]
    assert home.outbox.get(1).state is TxState.REFUSED
    assert all(stored_of(home, n).anchored for n in numbers)
    assert sorted(events(home)) == sorted(n.key for n in numbers)


def test_reverted_in_its_block__each_goes_by_itself_and_once(home: MemoryPlatform) -> None:
    admit_others(home, HOSPITAL)
    numbers = [issue(home, HOSPITAL, "a"), home.issue("a")]
    home.chain.refuse["anchor_signed"], home.chain.surprise = "batch: deadline over", True
    home.run(5)
    assert home.outbox.get(1).state is TxState.REVERTED
    assert sorted(events(home)) == sorted(n.key for n in numbers)


def test_relayer_has_no_key__each_issuer_sends_its_own(home: MemoryPlatform) -> None:
    admit_others(home, HOSPITAL)
    with home.database.write() as c:
        c.execute(delete(signing_keys).where(signing_keys.c.role == Role.RELAYER))
    numbers = [issue(home, HOSPITAL, "a"), home.issue("a")]
    home.run()
    assert sent(home) == [("ANCHOR", 1), ("ANCHOR", 1)]
    assert all(stored_of(home, n).anchored for n in numbers)


def test_restart__at_any_moment__each_batch_is_anchored_once(
    tmp_path: Path, chain: MemoryChain, clock: Clock
) -> None:
    with opened(tmp_path, chain, clock) as first:
        admit(first)
        admit_others(first, *OTHERS)
        numbers = [issue(first, issuer, "a") for issuer in OTHERS]
    for _ in range(6):
        with opened(tmp_path, chain, clock) as again:
            again.run(1)
    with opened(tmp_path, chain, clock) as last:
        assert all(stored_of(last, n).anchored for n in numbers)
        assert sorted(events(last)) == sorted(n.key for n in numbers)
        assert len(chain.sent) == 1


def test_chain_comes_back_older__the_same_bytes_carry_them_again(home: MemoryPlatform) -> None:
    admit_others(home, HOSPITAL)
    numbers = [issue(home, HOSPITAL, "a"), home.issue("a")]
    home.run(3)
    home.chain.lose(1)
    home.chain.add()
    home.run()
    assert sent(home) == [("ANCHOR_SIGNED", 2)]
    assert home.chain.sent[0] == home.chain.sent[-1]
    assert all(stored_of(home, n).anchored for n in numbers)


# --- pace ---


class Stopwatch:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def watch() -> Stopwatch:
    return Stopwatch()


def test_pace__lone_bill__at_once__next_ones_gather(home: MemoryPlatform, watch: Stopwatch) -> None:
    anchoring = Anchoring(home.desk, max_batch=50, wait_seconds=0.1, clock=watch)
    assert not anchoring.step()
    assert anchoring.due() == math.inf
    home.issue("a", "B-a")
    assert anchoring.step()
    home.run(2)
    for key in "bcd":
        home.issue(key, f"B-{key}")
        assert not anchoring.step()
    assert anchoring.due() == pytest.approx(0.1)
    watch.now += 0.11
    assert anchoring.due() == math.inf
    assert anchoring.step()
    assert [b.count for b in home.batches.unanchored()] == [3]


def test_pace__full_batch__the_next_follows_at_once(home: MemoryPlatform, watch: Stopwatch) -> None:
    anchoring = Anchoring(home.desk, max_batch=2, wait_seconds=0.1, clock=watch)
    numbers = [home.issue(key, f"B-{key}") for key in "abc"]
    assert anchoring.step()
    home.run(0)
    for _ in range(3):
        home.lanes.step()
        home.indexer.step()
    assert anchoring.step()
    for _ in range(3):
        home.lanes.step()
        home.indexer.step()
    found = [stored_of(home, n).anchored for n in numbers]
    assert [a and a.count for a in found] == [2, 2, 1]


def test_anchor_waiting__returns__the_largest_batch(home: MemoryPlatform) -> None:
    admit_others(home, HOSPITAL)
    assert anchor_waiting(home.desk) == 0
    issue(home, HOSPITAL, "a")
    for key in "abc":
        home.issue(key, f"B-{key}")
    assert anchor_waiting(home.desk) == 3
    assert anchor_waiting(home.desk) == 0


def test_seldom__between_its_times__not_taken_unless_hurried(
    monkeypatch: pytest.MonkeyPatch, watch: Stopwatch
) -> None:
    monkeypatch.setattr("frontend_api.flow.engine.time.monotonic", watch)
    did: list[bool] = [True, False, False, True, True]
    taken: list[float] = []
    step = Seldom(lambda: bool(taken.append(watch.now)) or did[len(taken) - 1], 1.0)
    assert step()
    assert not step()
    watch.now += 1
    assert not step()  # taken, and did nothing
    step.hurry()
    assert not step()  # taken again: it has still done nothing
    assert step()
    assert not step()
    assert len(taken) == 4
