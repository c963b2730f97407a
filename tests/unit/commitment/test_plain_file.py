"""The fast way of reading a bill file means what the careful one does, or steps aside for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from bill_example import BILL_FILE

from frontend_api.commitment.bill_file import BillFile
from frontend_api.commitment.canonical import canonical_json
from frontend_api.commitment.plain_file import read_plain_file
from frontend_api.domain.errors import InputError

# The example without its escaped characters.
FILE = replace(
    BILL_FILE, fields=tuple(f for f in BILL_FILE.fields if b"\\" not in canonical_json(f.value))
)
PLAIN = FILE.to_bytes()
_BEFORE_FIELDS = b'"fields":[['


def _outcome(read: Callable[[bytes], BillFile], data: bytes) -> object:
    try:
        return read(data)
    except InputError as e:
        return type(e), str(e)


def _with_value(text: bytes) -> bytes:
    """One more field in front, with this value."""
    field = b'["AAAAAAAAAAAAAAAAAAAAAA","/0",' + text + b"],"
    return PLAIN.replace(_BEFORE_FIELDS, _BEFORE_FIELDS[:-1] + field + b"[", 1)


NOT_PLAIN = {
    "a space": PLAIN.replace(b'"fields":', b'"fields": '),
    "an escaped character": _with_value(b'"\\u4e00"'),
    "a fraction": _with_value(b"1.5"),
    "a whole number as a fraction": _with_value(b"1.0"),
    "minus zero": _with_value(b"-0"),
    "a name twice in a value": _with_value(b'{"a":1,"a":1}'),
    "names out of order in a value": _with_value(b'{"b":1,"a":1}'),
    "a member twice": PLAIN.replace(b'"format":', b'"format":"x","format":', 1),
    "an unknown member": PLAIN.replace(b'"format":', b'"formal":1,"format":', 1),
    "too deep": _with_value(b"[" * 40 + b"]" * 40),
    "a path without a slash": PLAIN.replace(b'"/bill_code"', b'"bill_code"', 1),
    "a path that is too deep": PLAIN.replace(b'"/bill_code"', b'"' + b"/a" * 33 + b'"', 1),
    "capital hexadecimal": PLAIN.replace(b'"holder":"0x', b'"holder":"0X', 1),
    "an amount of zero": PLAIN.replace(b'"amount_fen":', b'"amount_fen":0,"was":', 1),
    "a negative time": PLAIN.replace(b'"issued_at":1', b'"issued_at":-1', 1),
    "an integer that is too long": _with_value(b"1" * 400),
    "a fourth member of a field": PLAIN.replace(b'],["', b',1],["', 1),
    "not UTF-8": _with_value(b'"\xff"'),
    "nothing": b"",
    "half of it": PLAIN[: len(PLAIN) // 2],
}


def test_plain_file__as_it_is_written__read_as_with_care() -> None:
    assert read_plain_file(PLAIN) is not None
    assert BillFile.from_bytes(PLAIN) == BillFile._read_with_care(PLAIN) == FILE


@pytest.mark.parametrize("text", [b"1", b"true", b"null", b'"x"', b'{"a":[{"b":1}]}', b"[[1]]"])
def test_plain_file__any_value_without_a_fraction__read_as_with_care(text: bytes) -> None:
    data = _with_value(text)
    assert read_plain_file(data) is not None
    assert BillFile.from_bytes(data) == BillFile._read_with_care(data)


@pytest.mark.parametrize("name", NOT_PLAIN)
def test_plain_file__anything_else__left_to_the_careful_reader(name: str) -> None:
    data = NOT_PLAIN[name]
    assert data != PLAIN
    assert _outcome(BillFile.from_bytes, data) == _outcome(BillFile._read_with_care, data)
