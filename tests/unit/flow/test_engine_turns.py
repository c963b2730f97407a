"""The engine: what a fault stops, what it does not, and how it goes on."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest

from frontend_api.domain.errors import (
    ChainUnreachable,
    HistoryChanged,
    PiaolianError,
    SignerUnavailable,
    StateConflict,
    WrongChain,
)
from frontend_api.flow.engine import Engine


class Script:
    """Counts its calls; raises what it is told to."""

    def __init__(self, busy: bool = False) -> None:
        self.calls, self.busy = 0, busy
        self.fault: Exception | None = None

    def __call__(self) -> bool:
        self.calls += 1
        if self.fault:
            raise self.fault
        return self.busy


def _engine(*steps: Callable[[], bool], prepare: Callable[[], object] = lambda: None) -> Engine:
    return Engine(lambda: prepare() and None, steps, lambda: False)


def test_turn__no_fault__every_step_once_and_prepared_once() -> None:
    prepare, first, second = Script(), Script(), Script(busy=True)
    engine = _engine(first, second, prepare=prepare)
    assert engine.turn()
    assert engine.turn()
    assert (prepare.calls, first.calls, second.calls) == (1, 2, 2)
    assert engine.fault is None


def test_turn__nothing_to_do__not_busy() -> None:
    assert not _engine(Script(), Script()).turn()


@pytest.mark.parametrize(
    "fault", [ChainUnreachable("x"), WrongChain("x"), HistoryChanged("x")], ids=lambda f: f.code
)
def test_turn__chain_at_fault__later_steps_wait_and_it_prepares_again(fault: PiaolianError) -> None:
    prepare, broken, later = Script(), Script(), Script()
    engine = _engine(broken, later, prepare=prepare)
    broken.fault = fault
    engine.turn()
    assert engine.fault is fault
    assert later.calls == 0
    broken.fault = None
    engine.turn()
    assert engine.fault is None
    assert (prepare.calls, later.calls) == (2, 1)


def test_turn__one_command_at_fault__the_other_steps_go_on() -> None:
    prepare, broken, later = Script(), Script(), Script(busy=True)
    engine = _engine(broken, later, prepare=prepare)
    broken.fault = StateConflict("x")
    assert engine.turn()
    assert isinstance(engine.fault, StateConflict)
    engine.turn()
    assert (prepare.calls, later.calls) == (1, 2)


def test_turn__signer_missing__told_without_preparing_again() -> None:
    prepare, broken = Script(), Script()
    engine = _engine(broken, prepare=prepare)
    broken.fault = SignerUnavailable("x")
    engine.turn()
    engine.turn()
    assert isinstance(engine.fault, SignerUnavailable)
    assert prepare.calls == 1


def test_turn__preparing_fails__no_step_runs() -> None:
    prepare, step = Script(), Script()
    prepare.fault = WrongChain("another chain")
    engine = _engine(step, prepare=prepare)
    assert not engine.turn()
    assert step.calls == 0
    with pytest.raises(WrongChain, match="another chain"):
        engine.require_writable()


@pytest.mark.parametrize("fault", [None, ChainUnreachable("x"), SignerUnavailable("x")], ids=repr)
def test_require_writable__any_other_fault__accepting_goes_on(fault: PiaolianError | None) -> None:
    step = Script()
    step.fault = fault
    engine = _engine(step)
    engine.turn()
    engine.require_writable()
    assert engine.fault is fault


def test_thread__bug_in_a_step__goes_on_and_prepares_again() -> None:
    prepare, step, seen = Script(), Script(), threading.Event()

    def look() -> bool:
        if prepare.calls == 2:
            step.fault = None
            seen.set()
        elif step.calls:
            step.fault = ZeroDivisionError("a bug")
        return False

    engine = _engine(look, step, prepare=prepare)
    engine.start()
    try:
        assert seen.wait(5)
    finally:
        engine.stop()


def test_thread__poked__wakes_at_once_and_stops_when_told() -> None:
    step = Script()
    engine = _engine(step)
    engine.start()
    try:
        assert engine.wait_for(lambda: step.calls >= 1, 5)
        engine.poke()
        assert engine.wait_for(lambda: step.calls >= 2, 5)
    finally:
        engine.stop()
    after = step.calls
    assert not engine.wait_for(lambda: step.calls > after, 0.3)


def test_wait_for__never_true__gives_up_in_time() -> None:
    assert not _engine().wait_for(lambda: False, 0.05)
    assert _engine().wait_for(lambda: True, 0)


def test_turn__a_minute_later__compares_again(monkeypatch: pytest.MonkeyPatch) -> None:
    prepare, step = Script(), Script()
    engine = _engine(step, prepare=prepare)
    engine.turn()
    engine.turn()
    assert prepare.calls == 1
    now = time.monotonic()
    monkeypatch.setattr("frontend_api.flow.engine.time.monotonic", lambda: now + 61)
    prepare.fault = WrongChain("code changed meanwhile")
    assert not engine.turn()
    assert isinstance(engine.fault, WrongChain)
    assert step.calls == 2


def test_watch__chain_is_another__writing_refused_though_nothing_runs_here(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    compare = Script()
    engine = Engine(lambda: None, (), lambda: False, compare=lambda: compare() and None)
    engine.watch()
    engine.require_writable()
    assert (compare.calls, engine.fault) == (1, None)  # not at every question
    compare.fault, now = WrongChain("another chain"), time.monotonic()
    monkeypatch.setattr("frontend_api.flow.engine.time.monotonic", lambda: now + 6)
    with pytest.raises(WrongChain):
        engine.require_writable()
    compare.fault = None
    monkeypatch.setattr("frontend_api.flow.engine.time.monotonic", lambda: now + 12)
    engine.require_writable()
    assert engine.fault is None
