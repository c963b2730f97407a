"""From a parsed JSON request to a checked :class:`IssueRequest`, or every problem with its path.

All rules here need no database (DOMAIN rules: sums, dates, text, amounts); the number, the issuer
and the idempotency key are looked at later, in ``flow``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any, NoReturn

import jsonschema_rs
import msgspec
import orjson

from frontend_api.domain.bill import IssueRequest
from frontend_api.domain.errors import FieldProblem, InvalidFields
from frontend_api.domain.field_errors import pointer, problems_of
from frontend_api.domain.kind import Kind
from frontend_api.domain.request_schema import request_schema
from frontend_api.domain.text import is_plain, text_fault

CLOCK_TOLERANCE_SECONDS = 300  # a counter's clock may run ahead by this much
MAX_BACKDATE_SECONDS = 30 * 86400  # the contracts refuse bills anchored 31 days after their date


def _no_fraction(digits: str) -> NoReturn:
    raise ValueError(digits)


_WITHOUT_FRACTIONS = msgspec.json.Decoder(float_hook=_no_fraction)


class RequestRules:
    """The rules for one set of kinds, compiled once."""

    def __init__(self, kinds: Mapping[str, Kind]) -> None:
        self._kinds = kinds
        self._validators = {
            name: jsonschema_rs.validator_for(request_schema(kind), validate_formats=True)
            for name, kind in kinds.items()
        }

    def check(self, body: object, now: int) -> IssueRequest:
        """The checked request. ``now`` in seconds. Raises InvalidFields naming every bad field."""
        return self._checked(body, _plain_copy(body), now)

    def check_own(self, body: object, written: bytes, now: int) -> IssueRequest:
        """The same for a body that nobody else keeps: it becomes the request, at less cost.

        ``written`` is its canonical form, in which there is no fraction.
        """
        return self._checked(body, body if _is_plain(written) else None, now)

    def _checked(self, body: object, copy: Any, now: int) -> IssueRequest:
        """``copy`` is what may be changed, if no text or number in it is bad; else None."""
        kind = self._kind_of(body)
        assert isinstance(body, dict)
        validator = self._validators[kind.name]
        problems = [] if copy else list(_text_and_number_problems(body))
        if not validator.is_valid(body):
            seen = {p.path for p in problems}
            problems += [
                p for e in validator.iter_errors(body) for p in problems_of(e) if p.path not in seen
            ]
        if not problems:
            problems = [*_sum_problems(body, kind), *_date_problems(body, kind, now)]
        if problems:
            raise InvalidFields(problems)
        return _request(copy or _normalised(body), kind)

    def _kind_of(self, body: object) -> Kind:
        if not isinstance(body, dict):
            raise InvalidFields([FieldProblem("", "wrong-type", "must be a JSON object")])
        name = body.get("kind")
        kind = self._kinds.get(name) if isinstance(name, str) else None
        if kind is None:
            code = "missing" if name is None else "not-a-choice"
            choices = ", ".join(sorted(self._kinds))
            raise InvalidFields([FieldProblem("/kind", code, f"must be one of {choices}")])
        return kind


def _plain_copy(body: object) -> Any:
    """A copy of the body, if one look shows that no text or number in it is bad; else None."""
    try:
        written = orjson.dumps(body)
        return _WITHOUT_FRACTIONS.decode(written) if _is_plain(written) else None
    except (orjson.JSONEncodeError, msgspec.MsgspecError):
        return None


def _is_plain(written: bytes) -> bool:
    """Whether no text in it is bad, nor empty, nor an object empty: those have to be dropped.

    What is written without a backslash has nothing escaped; quotes and brackets neither hide nor
    compose characters, so all texts are looked at together.
    """
    special = b"\\" in written or b'""' in written or b"{}" in written
    return not special and is_plain(written.decode())


def _text_and_number_problems(value: object) -> Iterator[FieldProblem]:
    stack: list[tuple[list[str | int], object]] = [([], value)]
    while stack:
        path, item = stack.pop()
        if isinstance(item, str):
            fault = text_fault(item)
            if fault:
                yield FieldProblem(pointer(path), "bad-text", fault)
        elif isinstance(item, float):
            yield FieldProblem(
                pointer(path), "wrong-type", "must not have a fraction: give money in whole fen"
            )
        elif isinstance(item, dict):
            for key, inner in item.items():
                if text_fault(key):
                    yield FieldProblem(pointer(path), "bad-text", "has a field name with bad text")
                else:
                    stack.append(([*path, key], inner))
        elif isinstance(item, list):
            stack.extend(([*path, i], inner) for i, inner in enumerate(item))


def _sum_problems(body: Mapping[str, Any], kind: Kind) -> Iterator[FieldProblem]:
    total = body["total"]
    lines_sum = sum(line["amount"] for line in body["lines"])
    if lines_sum != total:
        yield FieldProblem(
            "/total", "sum-mismatch", f"is {total}, but the lines add up to {lines_sum} fen"
        )
    for index, line in enumerate(body["lines"]):
        aux = line.get("aux")
        if aux and sum(a["amount"] for a in aux) != line["amount"]:
            yield FieldProblem(
                f"/lines/{index}/amount", "sum-mismatch", "is not the sum of its aux lines"
            )
    at_source = body.get("at_source", 0)
    if at_source > total:
        yield FieldProblem("/at_source", "out-of-range", "must not be more than the total")
    if kind.at_source and at_source != (_at(body, kind.at_source) or 0):
        yield FieldProblem("/at_source", "sum-mismatch", f"must equal {kind.at_source}")
    for rule in kind.sum_rules:
        parts = sum(_at(body, part) or 0 for part in rule.parts)
        if parts != (_at(body, rule.total) or 0):
            names = " + ".join(rule.parts)
            yield FieldProblem(rule.total, "sum-mismatch", f"must equal {names} ({parts} fen)")


def _date_problems(body: Mapping[str, Any], kind: Kind, now: int) -> Iterator[FieldProblem]:
    try:
        issued_at = datetime.fromisoformat(body["issued_at"])
    except ValueError:  # a leap second, year 0 and a small "t" or "z" pass the schema's format
        words = "must be like 2026-11-22T10:20:30+08:00; second 60 cannot be given"
        yield FieldProblem("/issued_at", "wrong-form", words)
        return
    seconds = int(issued_at.timestamp())
    if seconds > now + CLOCK_TOLERANCE_SECONDS:
        yield FieldProblem("/issued_at", "in-the-future", "is in the future: check the clock")
    elif seconds < now - MAX_BACKDATE_SECONDS:
        days = MAX_BACKDATE_SECONDS // 86400
        yield FieldProblem("/issued_at", "too-old", f"is more than {days} days back")
    code = body.get("bill_code")
    if code and int(code[6:]) != issued_at.year % 100:
        yield FieldProblem(
            "/bill_code", "wrong-year", f"ends in {code[6:]}, but the bill is of {issued_at.year}"
        )
    for rule in kind.order_rules:
        earlier, later = _at(body, rule.earlier), _at(body, rule.later)
        if earlier and later and earlier > later:
            yield FieldProblem(rule.later, "wrong-order", f"must not be before {rule.earlier}")


@lru_cache(maxsize=256)
def _steps(path: str) -> tuple[str, ...]:
    return tuple(path.split("/")[1:])


def _at(body: Any, path: str) -> Any:
    for step in _steps(path):
        if not isinstance(body, dict):
            return None
        body = body.get(step)
    return body


def _normalised(value: Any) -> Any:
    """Empty optional texts and objects are dropped, so that "" and absent commit alike."""
    if isinstance(value, dict):
        return {k: n for k, v in value.items() if (n := _normalised(v)) not in ("", {})}
    if isinstance(value, list):
        return [_normalised(v) for v in value]
    return value


def _fixed(line: dict[str, Any]) -> dict[str, Any]:
    for name, decimals in (("quantity", 2), ("unit_price", 4)):
        text = line.get(name)
        if text and text[-1 - decimals : -decimals] != ".":
            whole, _, fraction = text.partition(".")
            line[name] = f"{whole}.{fraction:0<{decimals}}"
    for aux in line.get("aux", ()):
        _fixed(aux)
    return line


def _request(content: dict[str, Any], kind: Kind) -> IssueRequest:
    issued_at = datetime.fromisoformat(content["issued_at"])
    content["lines"] = [_fixed(line) for line in content["lines"]]
    content.setdefault("currency", "CNY")
    content.setdefault("at_source", 0)
    return IssueRequest(
        kind=kind.name,
        business_no=content["business_no"],
        content=content,
        total_fen=content["total"],
        at_source_fen=content["at_source"],
        currency=content["currency"],
        issued_at=int(issued_at.timestamp()),
        year=issued_at.year,
        outlet=content.pop("outlet", "01"),
        holder_address=content["holder"].pop("address", None),
        bill_code=content.pop("bill_code", None),
    )
