"""Strict reading of the files that verifiers get: typed members, and the path of what is wrong."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from frontend_api.commitment.canonical import read_json
from frontend_api.commitment.tree import MAX_PATH
from frontend_api.domain.anchor import Inclusion
from frontend_api.domain.errors import FieldProblem, InvalidFields, MalformedInput
from frontend_api.domain.field_errors import pointer
from frontend_api.domain.numbers import BillNumber

_ADDRESS = re.compile(r"0x[0-9a-fA-F]{40}\Z")


def hex_of(data: bytes) -> str:
    """Bytes as ``0x`` text."""
    return "0x" + data.hex()


def has_format(data: bytes, name: str, most: int) -> bool:
    """Whether the bytes are meant as a file of a format; nothing else is said about them.

    ``most`` is how many bytes such a file has at most.
    """
    try:
        value = read_json(data) if len(data) <= most else None
    except MalformedInput:
        return False
    return isinstance(value, dict) and value.get("format") == name


class StrictReader:
    """Takes typed members out of one JSON object and names the path of whatever is wrong."""

    def __init__(self, path: str, value: Any, what: str) -> None:
        if not isinstance(value, dict):
            raise InvalidFields([FieldProblem(path, "wrong-type", "must be an object")])
        self._path, self._value, self._what = path, value, what

    def only(self, *names: str) -> StrictReader:
        extra = sorted(set(self._value) - set(names))
        if extra:
            raise self.problem(
                pointer([extra[0]])[1:], "unknown-field", f"is not a field of {self._what}"
            )
        return self

    def problem(self, name: str, code: str, message: str) -> InvalidFields:
        return InvalidFields([FieldProblem(f"{self._path}/{name}", code, message)])

    def get(self, name: str, kind: type) -> Any:
        if name not in self._value:
            raise self.problem(name, "missing", "is missing")
        value = self._value[name]
        if type(value) is not kind:
            raise self.problem(name, "wrong-type", f"must be of type {kind.__name__}")
        return value

    def child(self, name: str) -> StrictReader:
        return StrictReader(f"{self._path}/{name}", self.get(name, dict), self._what)

    def uint(self, name: str) -> int:
        value: int = self.get(name, int)
        if value < 0:
            raise self.problem(name, "negative", "must not be negative")
        return value

    def bytes32(self, name: str) -> bytes:
        return bytes(self.made(name, bytes32))

    def made(self, name: str, make: Callable[[str], Any]) -> Any:
        try:
            return make(self.get(name, str))
        except ValueError as e:
            raise self.problem(name, "invalid", str(e)) from e


def bytes32(text: str) -> bytes:
    """Raises ValueError."""
    try:
        data = bytes.fromhex(text[2:])
    except ValueError:
        data = b""
    if len(data) != 32 or text != hex_of(data):
        raise ValueError("must be 32 bytes in lower-case hexadecimal with 0x")
    return data


def nodes(texts: Sequence[str]) -> tuple[bytes, ...]:
    """Several texts of 32 bytes in one go. Raises ValueError."""
    joined = "".join([text[2:] for text in texts])
    data = bytes.fromhex(joined)
    marked = all(len(text) == 66 and text.startswith("0x") for text in texts)
    if not marked or data.hex() != joined:
        raise ValueError("must be 32 bytes each in lower-case hexadecimal with 0x")
    return tuple([data[i : i + 32] for i in range(0, len(data), 32)])


def address(text: str) -> str:
    if not _ADDRESS.match(text):
        raise ValueError("must be an address: 0x and 40 hexadecimal digits")
    return text


def inclusion_json(inclusion: Inclusion) -> dict[str, Any]:
    """A proof's members."""
    return {
        "batch_id": str(inclusion.batch_id),
        "index": inclusion.index,
        "size": inclusion.size,
        "path": [hex_of(n) for n in inclusion.path],
    }


def read_inclusion(r: StrictReader) -> Inclusion:
    """What :func:`inclusion_json` wrote. Raises InvalidFields."""
    r.only("batch_id", "index", "size", "path")
    path = []
    if len(r.get("path", list)) > MAX_PATH:
        raise r.problem(
            "path", "wrong-length", f"has more than {MAX_PATH} nodes: no batch is so deep"
        )
    for index, node in enumerate(r.get("path", list)):
        if not isinstance(node, str):
            raise r.problem(f"path/{index}", "wrong-type", "must be a text")
        try:
            path.append(bytes32(node))
        except ValueError as e:
            raise r.problem(f"path/{index}", "invalid", str(e)) from e
    return Inclusion(r.made("batch_id", read_key), r.uint("index"), r.uint("size"), tuple(path))


def read_key(text: str) -> int:
    """A bill key of 18 digits. Raises ValueError."""
    if not (text.isascii() and text.isdecimal() and len(text) == 18):
        raise ValueError("must be 18 digits: the code and number of the batch's first bill")
    return BillNumber(int(text)).key
