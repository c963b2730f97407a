"""Small typed reads of a parsed JSON body that name every bad field at once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from frontend_api.domain.errors import FieldProblem, InvalidFields
from frontend_api.domain.field_errors import pointer
from frontend_api.domain.money import require_fen
from frontend_api.domain.text import text_fault
from frontend_api.domain.uscc import require_uscc

_CLAIM_NO = re.compile(r"[A-Za-z0-9._-]{1,32}\Z")
_POINTER = re.compile(r"(?:/[^/]{1,64}){1,8}\Z")
_MOST_POINTERS = 200
_HEX = re.compile(r"0x(?:[0-9a-fA-F]{2})*\Z")


class Body:
    """Collects problems while members are read; ``done`` raises them all together."""

    def __init__(self, value: object) -> None:
        if not isinstance(value, dict):
            raise InvalidFields([FieldProblem("", "wrong-type", "must be a JSON object")])
        self._value: Mapping[str, Any] = value
        self._known: set[str] = set()
        self._problems: list[FieldProblem] = []

    def fen(self, name: str) -> int:
        """A positive amount in fen."""
        return int(self._read(name, lambda v: require_fen(v, positive=True), 1))

    def integer(self, name: str, least: int, most: int, default: int | None = None) -> int:
        """A whole number from ``least`` to ``most``."""

        def check(value: object) -> int:
            if type(value) is not int or not least <= value <= most:
                raise ValueError(f"must be a whole number from {least} to {most}")
            return value

        return int(self._read(name, check, least, default))

    def text(self, name: str, most: int, default: str | None = None) -> str:
        """A text of 1 to ``most`` characters that may stand on a bill."""

        def check(value: object) -> str:
            if not isinstance(value, str) or not 0 < len(value) <= most:
                raise ValueError(f"must be a text of 1 to {most} characters")
            fault = text_fault(value)
            if fault:
                raise ValueError(fault)
            return value

        return str(self._read(name, check, "", default))

    def uscc(self, name: str) -> str:
        """A unified social credit code."""

        def check(value: object) -> str:
            if not isinstance(value, str):
                raise ValueError("must be a unified social credit code of 18 characters")
            return require_uscc(value)

        return str(self._read(name, check, ""))

    def label(self, name: str, default: str | None = None) -> str:
        """A short name that fits 32 bytes on the chain."""

        def check(value: object) -> str:
            if not isinstance(value, str) or not _CLAIM_NO.match(value):
                raise ValueError("must be 1 to 32 letters, digits, dots, dashes or underscores")
            return value

        return str(self._read(name, check, "", default))

    def labels(self, name: str) -> tuple[str, ...]:
        """A list of at least one short name."""

        def check(value: object) -> tuple[str, ...]:
            if not isinstance(value, list) or not value:
                raise ValueError("must be a list of at least one name")
            if not all(isinstance(v, str) and _CLAIM_NO.match(v) for v in value):
                raise ValueError("must hold names of letters, digits, dots, dashes, underscores")
            return tuple(value)

        return tuple(self._read(name, check, ()))

    def pointers(self, name: str) -> tuple[str, ...] | None:
        """A list of JSON Pointers (RFC 6901), at most 200; None if absent."""

        def check(value: object) -> tuple[str, ...]:
            if not isinstance(value, list) or len(value) > _MOST_POINTERS:
                raise ValueError(f"must be a list of at most {_MOST_POINTERS} JSON Pointers")
            for item in value:
                if not isinstance(item, str) or not _POINTER.match(item) or text_fault(item):
                    raise ValueError("must hold JSON Pointers such as /holder/name")
            return tuple(value)

        if name not in self._value:
            self._known.add(name)
            return None
        return tuple(self._read(name, check, ()))

    def flag(self, name: str) -> bool:
        """true or false; false if absent."""

        def check(value: object) -> bool:
            if not isinstance(value, bool):
                raise ValueError("must be true or false")
            return value

        return bool(self._read(name, check, False, False))

    def hex_bytes(self, name: str, length: int) -> bytes | None:
        """``length`` bytes in hexadecimal; None if absent."""

        def check(value: object) -> bytes:
            if not isinstance(value, str) or not _HEX.match(value):
                raise ValueError("must be hexadecimal with 0x in front")
            data = bytes.fromhex(value[2:])
            if len(data) != length:
                raise ValueError(f"must be {length} bytes, is {len(data)}")
            return data

        if name not in self._value:
            self._known.add(name)
            return None
        return bytes(self._read(name, check, b""))

    def problem(self, name: str, code: str, message: str) -> None:
        """Add a problem that another rule found."""
        self._problems.append(FieldProblem(pointer([name]), code, message))

    def done(self) -> None:
        """Raises InvalidFields if anything was wrong, or if there are unknown members."""
        for extra in sorted(set(self._value) - self._known):
            self.problem(extra, "unknown-field", "is not a field of this request")
        if self._problems:
            raise InvalidFields(self._problems)

    def _read(self, name: str, check: Any, fallback: Any, default: Any = None) -> Any:
        self._known.add(name)
        if name not in self._value:
            if default is None:
                self.problem(name, "missing", "is missing: add it")
                return fallback
            return default
        try:
            return check(self._value[name])
        except ValueError as e:
            self.problem(name, "invalid", str(e))
            return fallback
