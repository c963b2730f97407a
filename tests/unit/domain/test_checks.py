"""Typed reads of a parsed body: each accepts its value and names every other."""

from __future__ import annotations

from collections.abc import Callable
from operator import methodcaller
from typing import Any

import pytest

from frontend_api.domain.checks import Body
from frontend_api.domain.errors import InvalidFields
from frontend_api.domain.money import MAX_FEN

Read = Callable[[Body], Any]
FEN: Read = methodcaller("fen", "x")
WHOLE: Read = methodcaller("integer", "x", 1, 9)
TEXT: Read = methodcaller("text", "x", 4)
USCC: Read = methodcaller("uscc", "x")
LABEL: Read = methodcaller("label", "x")
FLAG: Read = methodcaller("flag", "x")
HEX: Read = methodcaller("hex_bytes", "x", 2)


@pytest.mark.parametrize(
    ("read", "value", "expected"),
    [
        (FEN, 1, 1),
        (FEN, MAX_FEN, MAX_FEN),
        (WHOLE, 1, 1),
        (WHOLE, 9, 9),
        (TEXT, "票据", "票据"),
        (USCC, "91350100M000100Y43", "91350100M000100Y43"),
        (LABEL, "A-1_b.2", "A-1_b.2"),
        (LABEL, "x" * 32, "x" * 32),
        (FLAG, True, True),
        (FLAG, False, False),
        (HEX, "0xAb01", b"\xab\x01"),
    ],
)
def test_read__right_value__given(read: Read, value: object, expected: object) -> None:
    body = Body({"x": value})
    assert read(body) == expected
    body.done()


@pytest.mark.parametrize(
    ("read", "values"),
    [
        (FEN, [0, -1, MAX_FEN + 1, 1.0, "1", True, None]),
        (WHOLE, [0, 10, 1.0, "1", True, None, 10**300]),
        (TEXT, ["", "12345", 1, None, "a\nb", "e\u0301", "\u202e"]),
        (USCC, ["", "91350100M000100Y44", 1, None, "9" * 17]),
        (LABEL, ["", "x" * 33, "a b", "票", "a\n", 1, None]),
        (FLAG, [0, 1, "true", None]),
        (HEX, ["", "0x", "ab01", "0xab0", "0xab01ff", "0xzz01", 1, None]),
    ],
)
def test_read__wrong_value__named_with_its_path(read: Read, values: list[object]) -> None:
    for value in values:
        body = Body({"x": value})
        read(body)
        with pytest.raises(InvalidFields) as caught:
            body.done()
        assert [(p.path, p.code) for p in caught.value.problems] == [("/x", "invalid")], value


@pytest.mark.parametrize("read", [FEN, WHOLE, TEXT, USCC, LABEL])
def test_read__absent__named_as_missing(read: Read) -> None:
    body = Body({})
    read(body)
    with pytest.raises(InvalidFields) as caught:
        body.done()
    assert [(p.path, p.code) for p in caught.value.problems] == [("/x", "missing")]


def test_read__absent_with_a_default__gives_it() -> None:
    body = Body({})
    assert body.integer("a", 1, 9, 0) == 0
    assert body.text("b", 4, "-") == "-"
    assert body.label("c", "-") == "-"
    assert body.flag("d") is False
    assert body.hex_bytes("e", 2) is None
    body.done()


def test_done__several_faults__all_named_together() -> None:
    body = Body({"a": 0, "z/~": 1, "b": "ok"})
    body.fen("a")
    body.text("b", 4)
    body.text("c", 4)
    body.problem("b", "not-a-choice", "must be another")
    with pytest.raises(InvalidFields) as caught:
        body.done()
    assert [(p.path, p.code) for p in caught.value.problems] == [
        ("/a", "invalid"),
        ("/c", "missing"),
        ("/b", "not-a-choice"),
        ("/z~1~0", "unknown-field"),
    ]


@pytest.mark.parametrize("value", [None, [], "x", 1])
def test_body__no_object__refused(value: object) -> None:
    with pytest.raises(InvalidFields, match="JSON object"):
        Body(value)
