"""Frozen values refuse nonsense: header, grant, errors, kind."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, replace

import pytest

from frontend_api.domain.bill import BillHeader
from frontend_api.domain.errors import FieldProblem, InvalidFields, RefusedByContract
from frontend_api.domain.grant import Grant
from frontend_api.domain.kind import Kind
from frontend_api.domain.money import MAX_FEN
from frontend_api.domain.numbers import BillNumber

HEADER = BillHeader(
    number=BillNumber.of("46060126", "0000000001"),
    amount_fen=100_000,
    at_source_fen=60_000,
    currency="CNY",
    holder=bytes(32),
    content_root=bytes(32),
    issued_at=1_795_000_000,
)
GRANT = Grant(
    holder=bytes(32),
    bill_key=HEADER.number.key,
    payer="91350100M000100Y43",
    purpose=bytes(32),
    field_set=bytes(32),
    cap_fen=1,
    expires_at=1,
    no_statutory=False,
    nonce=0,
)


@pytest.mark.parametrize(
    "change",
    [
        {"amount_fen": 0},
        {"amount_fen": -1},
        {"amount_fen": MAX_FEN + 1},
        {"amount_fen": True},
        {"at_source_fen": -1},
        {"at_source_fen": 100_001},
        {"currency": "cny"},
        {"currency": "CN"},
        {"currency": "元元元"},
        {"holder": bytes(31)},
        {"content_root": bytes(33)},
        {"issued_at": 0},
        {"issued_at": 2**63},
    ],
    ids=str,
)
def test_header__impossible_value__refused(change: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="must"):
        replace(HEADER, **change)


@pytest.mark.parametrize(
    "change", [{"at_source_fen": 100_000}, {"at_source_fen": 0}, {"issued_at": 2**63 - 1}], ids=str
)
def test_header__value_on_the_edge__taken(change: dict[str, int]) -> None:
    assert {name: getattr(replace(HEADER, **change), name) for name in change} == change


@pytest.mark.parametrize(
    "change",
    [{"cap_fen": 0}, {"cap_fen": MAX_FEN + 1}, {"holder": b""}, {"purpose": bytes(31)},
     {"field_set": bytes(33)}, {"payer": "1" * 17}],
    ids=str,
)  # fmt: skip
def test_grant__impossible_value__refused(change: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="must"):
        replace(GRANT, **change)


def test_values__once_made__do_not_change() -> None:
    for value, name in ((HEADER, "amount_fen"), (GRANT, "cap_fen"), (HEADER.number, "key")):
        with pytest.raises(FrozenInstanceError):
            setattr(value, name, 1)


def test_invalid_fields__several__named_in_one_message() -> None:
    error = InvalidFields([FieldProblem("/a", "x", "is bad"), FieldProblem("", "y", "is worse")])
    assert str(error) == "/a: is bad; /: is worse"
    assert [p.code for p in error.problems] == ["x", "y"]


def test_refused_by_contract__reason__kept_apart() -> None:
    assert RefusedByContract("claim: expired").reason == "claim: expired"


def test_kind__bill_code__is_region_category_type_year() -> None:
    kind = Kind("x", {}, "06", "02", {}, {})
    assert kind.bill_code("46", 2026) == "46060226"
    assert kind.bill_code("46", 2105) == "46060205"
