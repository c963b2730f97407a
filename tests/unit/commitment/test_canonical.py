"""Canonical JSON, and the strict reader that is its inverse."""

from __future__ import annotations

import json
import time
from typing import Any

import mini_protocol as mini
import pytest

from frontend_api.commitment.canonical import (
    MAX_DEPTH,
    canonical_json,
    has_fraction,
    read_json,
)
from frontend_api.domain.errors import MalformedInput


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        (b"", "is not JSON"),
        (b"{", "is not JSON"),
        (b"{}x", "Extra data"),
        (b"{}{}", "Extra data"),
        (b"[1,]", "is not JSON"),
        (b"{'a':1}", "is not JSON"),
        (b"[01]", "is not JSON"),
        (b"[+1]", "is not JSON"),
        (b"[.5]", "is not JSON"),
        (b"// x\n{}", "is not JSON"),
        (b'"\t"', "control character"),
        (b'"\x00"', "control character"),
        (b'"\\x41"', "is not JSON"),
        (b"True", "is not JSON"),
        (b"NaN", "NaN"),
        (b"[Infinity]", "Infinity"),
        (b'{"a":-Infinity}', "-Infinity"),
        (b'{"a":1,"a":1}', "the key 'a' twice"),
        (b'{"x":[{"b":1,"c":2,"b":3}]}', "the key 'b' twice"),
        (b'{"a":1,"\\u0061":2}', "the key 'a' twice"),
        (b'"\\ud800"', "lone surrogate"),
        (b'{"\\udc00":1}', "lone surrogate"),
        (b'["\\ud83d","\\ude00"]', "lone surrogate"),
        (b"\xff", "is not UTF-8"),
        (b'"\xed\xa0\x80"', "is not UTF-8"),
        (b'"\xc0\xaf"', "is not UTF-8"),
        ("{}".encode("utf-16"), "is not UTF-8"),
        (b"\xef\xbb\xbf{}", "byte order mark"),
        (b"9" * 301, "too many digits"),
        (b'{"a":-' + b"9" * 300 + b"}", "too many digits"),
        (b"[" * (MAX_DEPTH + 1) + b"]" * (MAX_DEPTH + 1), "deeper than 32"),
        (b'{"a":' * (MAX_DEPTH + 1) + b"1" + b"}" * (MAX_DEPTH + 1), "deeper than 32"),
        (b"[" * 100_000, "deeper than 32"),
        (b'{"a":' * 100_000, "deeper than 32"),
    ],
    ids=lambda v: repr(v)[:32],
)
def test_read_json__what_no_signature_should_cover__refused(data: bytes, fault: str) -> None:
    with pytest.raises(MalformedInput, match=fault):
        read_json(data)


@pytest.mark.parametrize(
    "end", [b'"' + b'\\"' * 500_000, b'"' * 1_000_001, b'"' + b"\\" * 1_000_001, b"[" * 999_999]
)
def test_read_json__a_megabyte_made_to_be_slow__refused_at_once(end: bytes) -> None:
    started = time.process_time()
    with pytest.raises(MalformedInput):
        read_json(b"[" + b"[]," * 600 + end)
    assert time.process_time() - started < 1


def test_read_json__brackets_inside_texts__are_not_nesting() -> None:
    texts = ["[" * 600, '\\"[{', "]"]
    assert read_json(json.dumps(texts).encode()) == texts


@pytest.mark.parametrize(
    ("data", "value"),
    [
        (b" \n{ } ", {}),
        (b'"x"', "x"),
        (b"-0", 0),
        (b"9" * 300, int("9" * 300)),
        (b"1.5", 1.5),
        (b'{"a":[1,{"a":2}]}', {"a": [1, {"a": 2}]}),
        ('"张三"'.encode(), "张三"),
        (b'"\\ud83d\\ude00"', "😀"),
        (b'"\\u0000"', "\0"),
        (b"[" * MAX_DEPTH + b"]" * MAX_DEPTH, json.loads("[" * 32 + "]" * 32)),
        (b"[" + b"[]," * 99 + b"[]]", [[]] * 100),
    ],
    ids=lambda v: repr(v)[:32],
)
def test_read_json__json__read(data: bytes, value: object) -> None:
    assert read_json(data) == value


@pytest.mark.parametrize(
    ("value", "data"),
    [
        ({"b": 1, "a": [True, None, -1]}, b'{"a":[true,null,-1],"b":1}'),
        ('"\\/\b\f\n\r\t\x0b', b'"\\"\\\\/\\b\\f\\n\\r\\t\\u000b"'),
        ("票\u2028\x7f", '"票\u2028\x7f"'.encode()),
        (2**53 - 1, b"9007199254740991"),
        ({"": 0, "A": 1, "a": 2, "é": 3, "票": 4}, '{"":0,"A":1,"a":2,"é":3,"票":4}'.encode()),
    ],
)
def test_canonical_json__value__has_exactly_these_bytes(value: object, data: bytes) -> None:
    assert canonical_json(value) == data


@pytest.mark.parametrize(
    "value",
    [2**53, -(2**53), 10**300, "\ud800", {"\udfff": 1}, {1: 2}, b"x", {1, 2}, object()],
    ids=repr,
)
def test_canonical_json__no_canonical_form__refused(value: object) -> None:
    with pytest.raises(MalformedInput, match="canonical"):
        canonical_json(value)


def test_canonical_json__endless_nesting__refused() -> None:
    value: list[Any] = []
    value.append(value)
    with pytest.raises(MalformedInput, match="canonical"):
        canonical_json(value)


def test_canonical_json__control_characters__escaped_as_rfc_8785_does() -> None:
    short = {8: "\\b", 9: "\\t", 10: "\\n", 12: "\\f", 13: "\\r"}
    for point in range(0x20):
        expected = short.get(point, f"\\u{point:04x}")
        assert canonical_json(chr(point)) == f'"{expected}"'.encode()


def test_canonical_json__rfc_8785_example__sorted_and_escaped_alike() -> None:
    # Section 3.2.3's sorting example without the emoji: members beyond U+FFFF do not occur here.
    names = {"\u20ac": "Euro", "\r": "CR", "1": "One", "\x80": "C", "\xf6": "o", "\u05d3": "D"}
    order = ["\r", "1", "\x80", "\xf6", "\u05d3", "\u20ac"]
    assert list(json.loads(canonical_json(names))) == order
    assert canonical_json(names) == mini.canonical(names)


@pytest.mark.parametrize("value", [1.0, [0, {"a": [1.5]}], {"a": {"b": float("nan")}}], ids=repr)
def test_has_fraction__anywhere__true(value: object) -> None:
    assert has_fraction(value)


@pytest.mark.parametrize(
    "value", [1, "1.5", [True, None], {"a": {"b": 10**400}}], ids=lambda v: str(v)[:9]
)
def test_has_fraction__nowhere__false(value: object) -> None:
    assert not has_fraction(value)
