"""Canonical JSON and the strict reader that is its inverse.

The canonical form is RFC 8785 (JCS) for the values a bill may have: objects, arrays, NFC strings,
integers below 2**53 in size, booleans and null; no fractions. Keys are sorted, nothing is padded.
"""

from __future__ import annotations

import json
import re
from typing import Any, NoReturn

import msgspec
import orjson

from frontend_api.domain.errors import MalformedInput

# A string without an end reaches to the end: no character is ever looked at twice.
_BRACKETS = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*(?:"|\\?\Z)|[\[{\]}]', re.DOTALL)
_SAFE_OPENERS = 500  # brackets that the decoder may recurse into on any thread's stack

_NOT_STRUCTURE = bytes(set(range(256)) - set(b'[]{}"'))
MAX_DEPTH = 32  # levels of nesting; deeper input is refused before anything looks at it


CANONICAL = orjson.OPT_SORT_KEYS | orjson.OPT_STRICT_INTEGER


def canonical_json(value: object) -> bytes:
    """The canonical bytes of ``value``. Raises MalformedInput for what has no canonical form.

    Does not look for fractions, which would double its cost: see :func:`has_fraction`.
    """
    try:
        return orjson.dumps(value, option=CANONICAL)
    except (orjson.JSONEncodeError, RecursionError) as e:
        raise no_canonical_form(e) from e


def no_canonical_form(fault: Exception) -> MalformedInput:
    """What orjson's fault is called here."""
    return MalformedInput(f"cannot be written as canonical JSON: {fault}")


def has_fraction(value: object) -> bool:
    """Whether there is a float anywhere in ``value``: such a value has no canonical form."""
    if isinstance(value, dict):
        return any(has_fraction(inner) for inner in value.values())
    if isinstance(value, list):
        return any(has_fraction(inner) for inner in value)
    return isinstance(value, float)


def read_json(data: bytes) -> Any:
    """Read JSON as strictly as a signature deserves.

    Refuses (MalformedInput): bytes that are not UTF-8, duplicate keys, NaN and Infinity, lone
    surrogates, integers of more than 300 digits, more than ``MAX_DEPTH`` levels. Fractions are
    read as floats, so that the field that holds one can be named later.
    """
    plain = read_plain(data)
    return plain[0] if plain else _read_with_care(data)


def read_plain(data: bytes) -> tuple[Any, bytes] | None:
    """Value and canonical form, if a fast look shows that nothing above can be in it, nor a
    fraction or an escaped character; otherwise None.

    Without a backslash every quote opens or closes a text; where a key stood twice, writing what
    was read gives fewer of them.
    """
    if b"\\" in data or not is_shallow(data):
        return None
    try:
        value = _PLAIN.decode(data)
        written = orjson.dumps(value, option=CANONICAL)
    except (msgspec.MsgspecError, UnicodeDecodeError, orjson.JSONEncodeError):
        return None
    return (value, written) if written.count(b'"') == data.count(b'"') else None


def is_shallow(data: bytes) -> bool:
    """Whether JSON without escaped characters is nested no deeper than ``MAX_DEPTH`` levels."""
    if data.count(b"[") + data.count(b"{") <= MAX_DEPTH:
        return True
    # What is left of a text without brackets in it is two quotes. A round takes away one level of
    # brackets, or two; so what is gone after half the rounds was not too deep.
    structure = data.translate(None, _NOT_STRUCTURE).replace(b'""', b"")
    for _ in range(MAX_DEPTH // 2):
        if not structure:
            break
        structure = structure.replace(b"[]", b"").replace(b"{}", b"")
    return not structure


def _read_with_care(data: bytes) -> Any:
    try:
        text = data.decode("utf-8", "strict")
    except UnicodeDecodeError as e:
        raise MalformedInput(f"is not UTF-8 (byte {e.start}): save it as UTF-8") from e
    if text.startswith("\ufeff"):
        raise MalformedInput("begins with a byte order mark: save it as UTF-8 without BOM")
    openers = text.count("[") + text.count("{")
    if openers > _SAFE_OPENERS:
        _check_nesting(text)
    try:
        value = _DECODER.decode(text)
    except RecursionError as e:
        raise MalformedInput(f"is nested deeper than {MAX_DEPTH} levels") from e
    except json.JSONDecodeError as e:
        raise MalformedInput(f"is not JSON: {e.msg} at line {e.lineno}, column {e.colno}") from e
    if openers > MAX_DEPTH:
        _check_depth(value)
    if "\\u" in text:
        _check_surrogates(value)
    return value


def _check_nesting(text: str) -> None:
    # Before decoding: the decoder recurses in C, and where a library has raised Python's recursion
    # limit, a hundred thousand brackets would overflow the stack and end the process.
    depth = 0
    for token in _BRACKETS.finditer(text):
        if token[0] in "[{":
            depth += 1
            if depth > MAX_DEPTH:
                raise MalformedInput(f"is nested deeper than {MAX_DEPTH} levels")
        elif token[0] in "]}":
            depth -= 1


def _check_depth(value: object, left: int = MAX_DEPTH) -> None:
    if isinstance(value, dict | list):
        if left == 0:
            raise MalformedInput(f"is nested deeper than {MAX_DEPTH} levels")
        for inner in value.values() if isinstance(value, dict) else value:
            _check_depth(inner, left - 1)


def _check_surrogates(value: object) -> None:
    try:
        json.dumps(value, ensure_ascii=False).encode()  # orjson would also refuse huge integers
    except UnicodeEncodeError as e:
        raise MalformedInput("contains a lone surrogate (half of a character)") from e


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    out = dict(pairs)
    if len(out) != len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                raise MalformedInput(f"has the key {key!r} twice in one object")
            seen.add(key)
    return out


def _no_constant(name: str) -> NoReturn:
    raise MalformedInput(f"contains {name}, which is not JSON")


def _bounded_int(digits: str) -> int:
    if len(digits) > 300:  # the field that holds a huge amount is named later, by its rules
        raise MalformedInput(f"contains the number {digits[:18]}…, which has too many digits")
    return int(digits)


def _no_fraction(digits: str) -> NoReturn:
    raise ValueError(digits)


_PLAIN = msgspec.json.Decoder(float_hook=_no_fraction)
_DECODER = json.JSONDecoder(
    object_pairs_hook=_unique, parse_constant=_no_constant, parse_int=_bounded_int
)
