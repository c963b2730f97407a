"""The report as a whole: what a clerk, a script and another program read from it."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from msgspec import structs

from frontend_api.commitment.bill_file import MAX_BYTES
from frontend_api.domain.errors import InvalidFields, MalformedInput, TooLarge
from frontend_api.verify import Verdict, unreadable_report, verify
from frontend_api.verify.paper import masked
from frontend_api.verify.words import WORDS, words_for

from .support import NOW, Pins


def test_a_genuine_bill_is_valid_in_every_check(genuine):
    report = verify(genuine.bill, genuine.chain, Pins(), NOW)
    assert [(c.number, c.name, c.verdict, c.reason) for c in report.verdicts] == [
        (1, "integrity", Verdict.VALID, "intact"),
        (2, "inclusion", Verdict.VALID, "included"),
        (3, "anchored", Verdict.VALID, "anchored"),
        (4, "authority", Verdict.VALID, "authorised"),
        (5, "live", Verdict.VALID, "live"),
        (6, "amount", Verdict.VALID, "amounts"),
    ]
    assert report.exit_code() == 0
    assert (report.chain_id, report.height, report.checked_at) == (46600, 42, NOW)


def test_every_bill_of_the_batch_is_valid(genuine):
    for bill in genuine.bills:
        assert verify(bill, genuine.chain, Pins(), NOW).exit_code() == 0


def test_bytes_are_verified_like_the_file_they_hold(genuine):
    whole = verify(genuine.bill, genuine.chain, Pins(), NOW)
    assert verify(genuine.bill.to_bytes(), genuine.chain, Pins(), NOW) == whole


def test_the_report_shows_what_to_compare_with_the_paper_and_no_more(genuine):
    report = verify(genuine.bill, genuine.chain, Pins(), NOW)
    assert report.to_json()["compare"] == {
        "bill_code": "46060126",
        "bill_no": "0000000003",
        "currency": "CNY",
        "amount_fen": 162_600,
        "amount": "1,626.00",
        "amount_capitals": "壹仟陆佰贰拾陆元整",
        "kind": "medical-outpatient",
        "sample": False,
        "lines": 2,
        "issued_at": "2026-05-29T04:26:40+08:00",
        "issuer": "琼州省人民医院（样例）",
        "holder": "张**",
    }
    text = json.dumps(report.to_json(), ensure_ascii=False)
    for secret in ("张三丰", "460100199001011234", "k7m2x9", "西药费"):
        assert secret not in text


def test_altered_content_is_not_shown_for_comparison(genuine):
    bill = genuine.bill
    fields = tuple(
        structs.replace(f, value="假医院") if f.path == "/issuer/name" else f for f in bill.fields
    )
    report = verify(replace(bill, fields=fields), genuine.chain, Pins(), NOW)
    assert "issuer" not in report.compare
    assert "假医院" not in json.dumps(report.to_json(), ensure_ascii=False)


def test_every_verdict_has_words_in_both_languages(genuine):
    shown = verify(genuine.bill, genuine.chain, Pins(), NOW).to_json()
    for verdict in shown["verdicts"]:
        assert verdict["words"]["zh"]
        assert verdict["words"]["en"]
    assert shown["format"] == "piaolian-report/1"
    assert shown["overall"] == "VALID"


def test_every_reason_in_the_table_has_two_texts_with_the_same_facts():
    for reason, (zh, en) in WORDS.items():
        assert zh, reason
        assert en, reason
        assert zh.endswith("。"), reason
        assert en.endswith("."), reason


@pytest.mark.parametrize("value", [2**63, 10**30])
def test_nonsense_from_a_node_does_not_keep_the_report_from_being_shown(value):
    assert str(value) in words_for("voided", {"time": value}, "en")


def test_a_file_that_is_no_bill_file_is_refused_and_can_be_reported(genuine):
    with pytest.raises(MalformedInput) as refused:
        verify(b"{", genuine.chain, Pins(), NOW)
    report = unreadable_report(refused.value, NOW)
    assert report.exit_code() == 1
    assert [(c.name, c.verdict, c.reason) for c in report.verdicts] == [
        ("integrity", Verdict.INVALID, "unreadable")
    ]
    assert "is not JSON" in report.verdict("integrity").words("en")


def test_a_bill_file_with_an_unknown_member_is_refused(genuine):
    value = json.loads(genuine.bill.to_bytes())
    value["note"] = "paid"
    with pytest.raises(InvalidFields):
        verify(json.dumps(value).encode(), genuine.chain, Pins(), NOW)


def test_a_file_over_the_limit_is_refused_before_it_is_read(genuine):
    with pytest.raises(TooLarge):
        verify(b" " * (MAX_BYTES + 1), genuine.chain, Pins(), NOW)


@pytest.mark.parametrize(
    ("name", "shown"), [("张三丰", "张**"), ("张", "张"), ("", ""), ("a" * 40, "a********")]
)
def test_a_name_is_masked_but_for_its_first_character(name, shown):
    assert masked(name) == shown


def test_a_check_that_was_not_made_cannot_be_asked_for(genuine):
    report = verify(genuine.bill, genuine.chain, Pins(), NOW)
    with pytest.raises(KeyError):
        report.verdict("face")
