"""Bodies for load tests: medical bills as a hospital's counter sends them, each one different."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import orjson

from frontend_api.commitment.fields import paths_and_values
from frontend_api.kinds import load_kinds
from frontend_api.samples import generate

KIND = "medical_outpatient"
LINES = 6
LEAST_FIELDS = 20  # of the content, a line counting as one
_TEMPLATES = 64
_SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
_GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超霞平刚"


def templates() -> list[dict[str, Any]]:
    """Sample requests of six lines and at least twenty fields; the same in every run of a day."""
    kinds = load_kinds()
    found: list[dict[str, Any]] = []
    for request in generate(kinds, seed=11, count=1_000_000, now=datetime.now(UTC)):
        if request["kind"] == KIND and len(request["lines"]) == LINES:
            assert len(list(paths_and_values(request))) >= LEAST_FIELDS
            found.append(request)
            if len(found) == _TEMPLATES:
                return found
    raise AssertionError(f"the samples hold too few bills of {LINES} lines")


def smaller(bill: dict[str, Any]) -> dict[str, Any]:
    """The bill with little more than must be there: 30 fields instead of some 43."""
    detail, needed = bill["detail"], ("outpatient_no", "visit_date", "payment")
    dropped = ("outlet", "remark")
    return {name: value for name, value in bill.items() if name not in dropped} | {
        "detail": {name: detail[name] for name in needed},
        "staff": {"handler": bill["staff"]["handler"]},
        "holder": {name: bill["holder"][name] for name in ("type", "name")},
    }


def bodies(count: int, small: bool = False) -> Iterator[tuple[bytes, bytes]]:
    """``count`` pairs of Idempotency-Key and JSON body; business number and patient differ."""
    run = secrets.token_hex(4)
    known = [smaller(bill) for bill in templates()] if small else templates()
    for index in range(count):
        request = known[index % len(known)]
        business_no = f"MZ-{run}-{index:08d}"
        holder = {
            **request["holder"],
            "name": _SURNAMES[index % 20] + _GIVEN[index // 20 % 20] + _GIVEN[index // 400 % 20],
        }
        body = orjson.dumps({**request, "business_no": business_no, "holder": holder})
        yield business_no.encode(), body
