"""The acceptor: groups form by themselves, one bad request harms no other, a full queue says so."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest
from in_memory.platform import MemoryPlatform
from in_memory.values import SCHOOL, body, request

from frontend_api.domain.errors import Overloaded, PiaolianError, StateConflict
from frontend_api.domain.numbers import BillNumber
from frontend_api.flow.acceptor import Acceptor
from frontend_api.flow.issue import Draft, Issued, accept_drafts, draft_bill


def draft(key: str) -> Draft:
    return Draft(SCHOOL, key, bytes(32), request(f"B-{key}"), 1)


def issued(place: int) -> Issued:
    return Issued(BillNumber(469901260000000001 + place), replayed=False)


class Desk:
    """Accepts when it is let; remembers the groups."""

    def __init__(self) -> None:
        self.groups: list[list[str]] = []
        self.free = threading.Event()
        self.entered = threading.Event()
        self.faults: dict[str, Exception] = {}

    def __call__(self, drafts: Sequence[Draft]) -> list[Issued | PiaolianError]:
        keys = [d.idempotency_key for d in drafts]
        self.groups.append(keys)
        self.entered.set()
        assert self.free.wait(10)
        for key in keys:
            if key in self.faults:
                raise self.faults[key]
        return [
            StateConflict(f"{key} was issued") if key.startswith("bad") else issued(i)
            for i, key in enumerate(keys)
        ]


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def acceptor(desk: Desk) -> Iterator[Acceptor]:
    acceptor = Acceptor(desk, max_group=3, max_waiting=5)
    yield acceptor
    desk.free.set()
    acceptor.stop()


def submit(acceptor: Acceptor, answers: dict[str, object], *keys: str) -> None:
    for key in keys:
        acceptor.submit(draft(key), lambda answer, key=key: answers.update({key: answer}))


def until(done: object) -> None:
    deadline = time.monotonic() + 10
    while not done():  # type: ignore[operator]
        assert time.monotonic() < deadline
        time.sleep(0.001)


def test_group__what_came_while_the_last_was_on_its_way__up_to_the_limit(
    acceptor: Acceptor, desk: Desk
) -> None:
    answers: dict[str, object] = {}
    submit(acceptor, answers, "a")
    assert desk.entered.wait(10)
    submit(acceptor, answers, "b", "c", "d", "e")
    desk.free.set()
    until(lambda: len(answers) == 5)
    assert desk.groups == [["a"], ["b", "c", "d"], ["e"]]
    assert answers["d"] == issued(2)


def test_queue__full__refused_at_once_and_nothing_accepted(acceptor: Acceptor, desk: Desk) -> None:
    answers: dict[str, object] = {}
    submit(acceptor, answers, "a")
    assert desk.entered.wait(10)
    submit(acceptor, answers, "b", "c", "d", "e", "f")
    with pytest.raises(Overloaded, match="send it again"):
        submit(acceptor, answers, "g")
    desk.free.set()
    until(lambda: len(answers) == 6)
    assert "g" not in {key for group in desk.groups for key in group}
    submit(acceptor, answers, "g")
    until(lambda: "g" in answers)


def test_error__of_one__is_its_answer_alone(acceptor: Acceptor, desk: Desk) -> None:
    desk.free.set()
    assert acceptor.issue(draft("a")) == issued(0)
    with pytest.raises(StateConflict, match="bad was issued"):
        acceptor.issue(draft("bad"))


def test_unexpected_error__in_a_group__only_the_guilty_one_gets_it(
    acceptor: Acceptor, desk: Desk
) -> None:
    desk.faults["c"] = ZeroDivisionError("a bug")
    answers: dict[str, object] = {}
    submit(acceptor, answers, "a")
    assert desk.entered.wait(10)
    submit(acceptor, answers, "b", "c", "d")
    desk.free.set()
    until(lambda: len(answers) == 4)
    assert answers["c"] is desk.faults["c"]
    assert answers["b"] == answers["d"] == issued(0)
    assert desk.groups == [["a"], ["b", "c", "d"], ["b"], ["c"], ["d"]]


def test_caller_that_went_away__the_next_one_is_answered(acceptor: Acceptor, desk: Desk) -> None:
    def gone(_answer: object) -> None:
        raise RuntimeError("the loop is closed")

    acceptor.submit(draft("a"), gone)
    desk.free.set()
    assert acceptor.issue(draft("b")).number is not None


def test_stop__what_waits_is_answered_and_the_next_refused(desk: Desk) -> None:
    acceptor, answers = Acceptor(desk, max_group=2), {}
    submit(acceptor, answers, "a", "b", "c")
    stopping = threading.Thread(target=acceptor.stop)
    stopping.start()
    desk.free.set()
    stopping.join(10)
    assert set(answers) == {"a", "b", "c"}
    with pytest.raises(Overloaded):
        submit(acceptor, answers, "d")
    Acceptor(desk).stop()  # one that never ran


def test_real_flow__fifty_parallel_duplicates_among_others__one_bill_each(
    home: MemoryPlatform,
) -> None:
    acceptor = Acceptor(lambda drafts: accept_drafts(home.desk, drafts))

    def issue(i: int) -> Issued:
        key = "same" if i % 2 else f"own-{i}"
        made = draft_bill(home.desk, SCHOOL, key, body(f"B-{key}"))
        return made if isinstance(made, Issued) else acceptor.issue(made)

    with ThreadPoolExecutor(20) as clerks:
        answers = list(clerks.map(issue, range(100)))
    acceptor.stop()
    shared = [a for i, a in enumerate(answers) if i % 2]
    assert len({a.number for a in shared}) == 1
    assert [a.replayed for a in shared].count(False) == 1
    numbers = sorted({a.number.key for a in answers})
    assert numbers == list(range(numbers[0], numbers[0] + 51))
    assert home.pokes >= 1
