"""Every rule of a request to issue, each with the path and the code of its problem."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest
from ward_request import NOW, REQUEST, changed

from frontend_api.domain.errors import InvalidFields
from frontend_api.domain.request import RequestRules

Problems = Callable[[object], list[tuple[str, str]]]
LONG = "长" * 400

# change of the right request → path and code of the one problem that it makes
REFUSED: list[tuple[str, Any, str, str]] = [
    # amounts
    *(
        (path, value, path, code)
        for path in ("/total", "/lines/1/amount", "/lines/0/aux/0/amount")
        for value, code in [
            (0, "out-of-range"),
            (-1, "out-of-range"),
            (10**15 + 1, "out-of-range"),
            (2**63, "out-of-range"),
            (10**299, "out-of-range"),
            (-(10**299), "out-of-range"),
            (1.0, "wrong-type"),
            (1.5, "wrong-type"),
            (float("nan"), "wrong-type"),
            (float("inf"), "wrong-type"),
            ("100", "wrong-type"),
            (True, "wrong-type"),
            (None, "wrong-type"),
            ([1], "wrong-type"),
            (..., "missing"),
        ]
    ),
    ("/at_source", -1, "/at_source", "out-of-range"),
    ("/at_source", 0.5, "/at_source", "wrong-type"),
    ("/detail/payment/cash", "1", "/detail/payment/cash", "wrong-type"),
    # numbers written as texts
    *(
        ("/lines/0/quantity", value, "/lines/0/quantity", code)
        for value, code in [
            (2, "wrong-type"),
            ("", "wrong-form"),
            ("-1", "wrong-form"),
            ("1.234", "wrong-form"),
            ("01", "wrong-form"),
            ("1,000", "wrong-form"),
            ("1e3", "wrong-form"),
            ("1.", "wrong-form"),
            ("٣", "wrong-form"),
            ("12345678901", "wrong-form"),
        ]
    ),
    ("/lines/0/unit_price", "1.23456", "/lines/0/unit_price", "wrong-form"),
    ("/lines/0/unit_price", 350.5, "/lines/0/unit_price", "wrong-type"),
    # texts
    ("/holder/name", "张\u202e三", "/holder/name", "bad-text"),
    ("/holder/name", "张\n三", "/holder/name", "bad-text"),
    ("/holder/name", "e\u0301", "/holder/name", "bad-text"),
    ("/lines/1/name", "护\u200b理", "/lines/1/name", "bad-text"),
    ("/detail/patient_no", "\x00", "/detail/patient_no", "bad-text"),
    ("/remark", "\ud800", "/remark", "bad-text"),
    ("/holder/name", "", "/holder/name", "wrong-length"),
    ("/holder/name", LONG, "/holder/name", "wrong-length"),
    ("/business_no", "", "/business_no", "wrong-length"),
    ("/business_no", "x" * 65, "/business_no", "wrong-length"),
    ("/remark", LONG, "/remark", "wrong-length"),
    ("/lines/1/name", LONG, "/lines/1/name", "wrong-length"),
    ("/lines/1/remark", LONG, "/lines/1/remark", "wrong-length"),
    ("/staff/handler", "", "/staff/handler", "wrong-length"),
    ("/detail/patient_no", "P" * 21, "/detail/patient_no", "wrong-length"),
    # forms
    ("/holder/type", "robot", "/holder/type", "not-a-choice"),
    ("/holder/address", "0x12", "/holder/address", "wrong-form"),
    ("/holder/address", "0x" + "g" * 40, "/holder/address", "wrong-form"),
    ("/currency", "cny", "/currency", "wrong-form"),
    ("/currency", "人民币", "/currency", "wrong-form"),
    ("/outlet", "", "/outlet", "wrong-form"),
    ("/outlet", "a/b", "/outlet", "wrong-form"),
    ("/bill_code", "06060226", "/bill_code", "wrong-form"),
    ("/bill_code", "460602260", "/bill_code", "wrong-form"),
    ("/related/bill_no", "9", "/related/bill_no", "wrong-form"),
    ("/detail/level", "Ⅲ", "/detail/level", "not-a-choice"),
    ("/detail/admitted_on", "2026-02-30", "/detail/admitted_on", "wrong-form"),
    # lists
    ("/lines", [], "/lines", "wrong-length"),
    ("/lines/0/aux", [], "/lines/0/aux", "wrong-length"),
    ("/lines", {}, "/lines", "wrong-type"),
    # shape
    ("/extra", 1, "/extra", "unknown-field"),
    ("/a~1b", 1, "/a~01b", "unknown-field"),
    ("/holder/phone", "1", "/holder/phone", "unknown-field"),
    ("/lines/1/vat", 1, "/lines/1/vat", "unknown-field"),
    ("/lines/0/aux/0/aux", [{"name": "x", "amount": 1}], "/lines/0/aux/0/aux", "unknown-field"),
    ("/detail/secret", "x", "/detail/secret", "unknown-field"),
    ("/check_code", "k7m2x9", "/check_code", "unknown-field"),
    ("/issuer", {"name": "x"}, "/issuer", "unknown-field"),
    *((f"/{name}", ..., f"/{name}", "missing") for name in
      ("business_no", "issued_at", "holder", "lines", "staff", "detail")),
    ("/holder/name", ..., "/holder/name", "missing"),
    ("/staff/handler", ..., "/staff/handler", "missing"),
    ("/related/bill_no", ..., "/related/bill_no", "missing"),
    ("/related/bill_code", ..., "/related/bill_code", "missing"),
    ("/detail/payment/cash", ..., "/detail/payment/cash", "missing"),
    ("/holder", "张三", "/holder", "wrong-type"),
    ("/detail", None, "/detail", "wrong-type"),
    # sums
    ("/total", 100_001, "/total", "sum-mismatch"),
    ("/lines/0/aux/1/amount", 99, "/lines/0/amount", "sum-mismatch"),
    ("/detail/payment/cash", 39_999, "/total", "sum-mismatch"),
    ("/at_source", 59_999, "/at_source", "sum-mismatch"),
    ("/at_source", ..., "/at_source", "sum-mismatch"),
    # dates
    ("/issued_at", "2026-11-22T11:59:00", "/issued_at", "wrong-form"),
    ("/issued_at", "2026-11-22", "/issued_at", "wrong-form"),
    ("/issued_at", "2026-02-30T00:00:00Z", "/issued_at", "wrong-form"),
    ("/issued_at", "2026-11-22T24:00:00Z", "/issued_at", "wrong-form"),
    ("/issued_at", "2016-12-31T23:59:60Z", "/issued_at", "wrong-form"),
    ("/issued_at", "2026-11-22T03:59:00z", "/issued_at", "wrong-form"),
    ("/issued_at", "0000-01-01T00:00:00Z", "/issued_at", "wrong-form"),
    ("/issued_at", "22.11.2026", "/issued_at", "wrong-form"),
    ("/issued_at", 1_795_000_000, "/issued_at", "wrong-type"),
    ("/issued_at", "2026-11-22T12:05:01+08:00", "/issued_at", "in-the-future"),
    ("/issued_at", "9999-12-31T23:59:59-14:00", "/issued_at", "in-the-future"),
    ("/issued_at", "2026-10-23T11:59:59+08:00", "/issued_at", "too-old"),
    ("/issued_at", "0001-01-01T00:00:00+14:00", "/issued_at", "too-old"),
    ("/bill_code", "46060225", "/bill_code", "wrong-year"),
    ("/detail/discharged_on", "2026-11-19", "/detail/discharged_on", "wrong-order"),
]  # fmt: skip

TAKEN: list[tuple[str, Any]] = [
    ("/issued_at", "2026-11-22T12:05:00+08:00"),  # a counter's clock runs ahead
    ("/issued_at", "2026-10-23T12:00:00+08:00"),  # thirty days back, to the second
    ("/issued_at", "2026-11-22T03:59:00Z"),
    ("/issued_at", "2026-11-22T11:59:00.123456789+08:00"),
    ("/outlet", ...),
    ("/bill_code", ...),
    ("/currency", ...),
    ("/remark", ...),
    ("/remark", ""),
    ("/related", ...),
    ("/lines/0/quantity", "0"),
    ("/lines/0/quantity", "1.25"),
    ("/lines/0/unit_price", "0.0001"),
    ("/lines/0/aux", ...),
    ("/holder/id", ...),
    ("/holder/address", "0x" + "aB" * 20),
    ("/detail/discharged_on", "2026-11-20"),
    ("/detail/discharged_on", ...),
    ("/detail/note", {"text": ""}),
]


def test_check__right_request__taken(problems: Problems) -> None:
    assert problems(REQUEST) == []


@pytest.mark.parametrize(("path", "value", "at", "code"), REFUSED, ids=lambda v: ascii(v)[:40])
def test_check__one_rule_broken__named_by_path_and_code(
    problems: Problems, path: str, value: Any, at: str, code: str
) -> None:
    assert (at, code) in problems(changed(path, value))


@pytest.mark.parametrize(("path", "value"), TAKEN, ids=lambda v: ascii(v)[:40])
def test_check__allowed_variation__taken(problems: Problems, path: str, value: Any) -> None:
    assert problems(changed(path, value)) == []


def test_check__several_rules_broken__all_named_at_once(problems: Problems) -> None:
    body = changed("/total", 1.5)
    body["holder"]["name"] = "\u202e"
    body["extra"] = 1
    del body["staff"]
    assert problems(body) == [
        ("/extra", "unknown-field"),
        ("/holder/name", "bad-text"),
        ("/staff", "missing"),
        ("/total", "wrong-type"),
    ]


def test_check__sums_and_dates_wrong_together__both_named(problems: Problems) -> None:
    body = changed("/total", 100_001)
    body["issued_at"] = "2026-11-23T11:59:00+08:00"
    assert problems(body) == [
        ("/issued_at", "in-the-future"),
        ("/total", "sum-mismatch"),
        ("/total", "sum-mismatch"),
    ]


@pytest.mark.parametrize("body", [None, [], "x", 1, True])
def test_check__no_object__refused(problems: Problems, body: object) -> None:
    assert problems(body) == [("", "wrong-type")]


@pytest.mark.parametrize(
    ("kind", "code"),
    [(..., "missing"), (None, "missing"), ("", "not-a-choice"), ("no", "not-a-choice"),
     (["ward"], "not-a-choice"), ({}, "not-a-choice"), (1, "not-a-choice")],
    ids=str,
)  # fmt: skip
def test_check__unknown_kind__names_the_choices(
    rules: RequestRules, problems: Problems, kind: object, code: str
) -> None:
    assert problems(changed("/kind", kind)) == [("/kind", code)]
    with pytest.raises(InvalidFields, match="plain, ward"):
        rules.check(changed("/kind", kind), NOW)


def test_check__name_of_a_member_with_bad_text__refused(problems: Problems) -> None:
    assert ("/holder", "bad-text") in problems(changed("/holder/\u202ename", "x"))


def test_check__more_than_a_thousand_lines__refused(problems: Problems) -> None:
    lines = [{"name": "x", "amount": 100}] * 1000
    assert problems({**REQUEST, "lines": lines}) == []
    assert problems({**REQUEST, "lines": [*lines, lines[0]]}) == [("/lines", "wrong-length")]


def test_check__at_source_above_total__refused(problems: Problems) -> None:
    body = {**REQUEST, "kind": "plain", "detail": {}, "at_source": 100_001}
    assert ("/at_source", "out-of-range") in problems(body)
    assert ("/at_source", "out-of-range") not in problems({**body, "at_source": 100_000})


def test_check__kind_without_required_detail__may_leave_it_out(problems: Problems) -> None:
    body = {**REQUEST, "kind": "plain"}
    del body["detail"]
    assert problems(body) == []


def test_check__right_request__gives_what_the_flow_needs(rules: RequestRules) -> None:
    request = rules.check(REQUEST, NOW)
    assert (request.kind, request.business_no) == ("ward", "ZY-1")
    assert (request.total_fen, request.at_source_fen, request.currency) == (100_000, 60_000, "CNY")
    assert request.issued_at == NOW - 60
    assert (request.year, request.outlet, request.bill_code) == (2026, "02", "46060226")
    assert request.holder_address is None


def test_check__body__stays_as_it_was(rules: RequestRules) -> None:
    body = deepcopy(REQUEST)
    rules.check(body, NOW)
    assert body == REQUEST


def test_check__routing_members__leave_the_content(rules: RequestRules) -> None:
    address = "0x" + "ab" * 20
    request = rules.check(changed("/holder/address", address), NOW)
    assert request.holder_address == address
    assert request.content["holder"] == REQUEST["holder"]
    assert not {"outlet", "bill_code"} & set(request.content)


def test_check__left_out__defaults_filled_in(rules: RequestRules) -> None:
    body = {k: v for k, v in REQUEST.items() if k not in ("currency", "outlet", "bill_code")}
    request = rules.check(body, NOW)
    assert (request.content["currency"], request.outlet, request.bill_code) == ("CNY", "01", None)


def test_check__quantity_and_price__brought_to_their_places(rules: RequestRules) -> None:
    line = rules.check(REQUEST, NOW).content["lines"][0]
    assert (line["quantity"], line["unit_price"]) == ("2.00", "350.5000")


def test_check__empty_and_absent__commit_alike(rules: RequestRules) -> None:
    empty = changed("/remark", "")
    empty["detail"]["note"] = {"text": ""}
    assert rules.check(empty, NOW).content == rules.check(changed("/remark", ...), NOW).content


def test_check__new_year_abroad__year_is_that_of_the_place(rules: RequestRules) -> None:
    now = NOW + 40 * 86400
    body = changed("/issued_at", "2027-01-01T00:30:00+08:00")
    body["bill_code"] = "46060227"
    assert rules.check(body, now).year == 2027
