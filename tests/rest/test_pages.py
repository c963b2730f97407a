"""The pages, as HTML."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from frontend_api.web.words import WORDS

from .support import Api

ZH, EN = {"Accept-Language": "zh-CN,zh;q=0.9"}, {"Accept-Language": "en-GB,en;q=0.8"}


def page_of(bill: dict[str, Any]) -> str:
    return "/b/" + str(bill["verify_url"].split("/b/")[1])


def test_public_page__says_each_thing_on_its_own_line(api: Api, bill: dict[str, Any]) -> None:
    html = api.http.get(page_of(bill), headers=ZH).text
    assert "真票有效" in html
    checks = re.findall(r'data-check="(\w+)"', html)
    assert checks == ["integrity", "inclusion", "anchored", "authority", "live", "amount"]


def test_public_page__masks_check_code_name_and_id(api: Api, bill: dict[str, Any]) -> None:
    view = api.http.get(bill["links"]["self"], headers=api.issuer()).json()
    html = api.http.get(page_of(bill)).text
    assert bill["check_code"] not in html
    assert bill["check_code"][:2] + "****" in html
    assert view["content"]["holder"]["name"] not in html
    assert view["content"]["holder"]["id"] not in html
    assert view["content"]["issuer"]["name"] in html


def test_public_page__unknown_bill_and_wrong_token__answer_alike(
    api: Api, bill: dict[str, Any]
) -> None:
    key = bill["bill_code"] + bill["bill_no"]
    bodies = []
    for address in (f"/b/{key}/wrong", f"/b/{key[:-1]}9999/wrong", f"/b/{key[:8]}9999999999/x"):
        answer = api.http.get(address, headers=ZH)
        assert answer.status_code == 404
        bodies.append(re.sub(r"<code>\w+</code>|/b/[^\"?]*", "", answer.text))
    assert bodies[0] == bodies[1] == bodies[2]
    assert "没有找到这张票据" in bodies[0]


def test_public_page__documents_by_token__are_the_apis(api: Api, bill: dict[str, Any]) -> None:
    assert api.http.get(page_of(bill) + "/pdf").content == api.pdf(bill)
    assert api.http.get(page_of(bill) + "/json").content == api.bill_file(bill)
    ofd = api.http.get(page_of(bill) + "/ofd")
    assert ofd.headers["Content-Type"] == "application/ofd"
    assert ofd.content == api.http.get(bill["links"]["ofd"], headers=api.issuer()).content
    assert api.http.get(page_of(bill) + "x/pdf").status_code == 404


def test_public_page__void__is_red(api: Api) -> None:
    bill = api.issue()
    api.post(bill["links"]["self"] + "/void", {"reason": "OTHER"}, api.issuer())
    html = api.http.get(page_of(bill), headers=ZH).text
    assert "票据已作废" in html
    assert 'class="banner bad"' in html


def test_language__by_query_then_by_browser_then_chinese(api: Api) -> None:
    def language(path: str, headers: dict[str, str]) -> str:
        return str(api.http.get(path, headers=headers).headers["Content-Language"])

    assert language("/", EN) == "en"
    assert language("/?lang=zh", EN) == "zh"
    assert language("/", {"Accept-Language": "fr"}) == "zh"
    assert 'href="/?lang=zh"' in api.http.get("/", headers=EN).text


def test_words__both_languages_have_the_same_names() -> None:
    assert set(WORDS["zh"]) == set(WORDS["en"])
    assert all(text for words in WORDS.values() for text in words.values())


def _typed(api: Api, bill: dict[str, Any]) -> dict[str, str]:
    fen = json.loads(api.bill_file(bill))["header"]["amount_fen"]
    names = ("bill_code", "bill_no", "check_code")
    return {**{name: bill[name] for name in names}, "amount": f"¥ {fen / 100:,.2f}"}


def test_look_up__right__shows_the_verdicts_without_documents(
    api: Api, bill: dict[str, Any]
) -> None:
    answer = api.http.post("/verify", data=_typed(api, bill), headers=ZH)
    assert answer.status_code == 200
    assert "真票有效" in answer.text
    assert "/pdf" not in answer.text


@pytest.mark.parametrize(
    ("change", "status", "words"),
    [
        ({"check_code": "zzzzzz"}, 404, "没有与这四项信息同时相符的票据"),
        ({"bill_no": "9999999999"}, 404, "没有与这四项信息同时相符的票据"),
        ({"bill_code": "1"}, 422, "应为 8 位数字"),
        ({"amount": "abc"}, 422, "应为大于零的金额"),
        ({"amount": "1.234"}, 422, "应为大于零的金额"),
        ({"check_code": ""}, 422, "应为 6 位数字或字母"),
    ],
)
def test_look_up__wrong__says_what_to_mend_and_keeps_what_was_typed(
    api: Api, bill: dict[str, Any], change: dict[str, str], status: int, words: str
) -> None:
    typed = {**_typed(api, bill), **change}
    answer = api.http.post("/verify", data=typed, headers=ZH)
    assert answer.status_code == status
    assert words in answer.text
    assert f'value="{typed["bill_no"]}"' in answer.text


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "请选择一个文件"),
        (b"nonsense", "不是可查验的票据"),
        (b"%PDF-1.7 nonsense", "不是可查验的票据"),
        (b"{}", "不是可查验的票据"),
        (b"[" * 200_000, "不是可查验的票据"),
    ],
)
def test_upload__not_a_bill__is_told_kindly(api: Api, data: bytes, words: str) -> None:
    files = {"file": ("a.pdf", data, "application/pdf")}
    answer = api.http.post("/verify", files=files, headers=ZH)
    assert answer.status_code < 500
    assert words in answer.text


def test_upload__markup_in_a_document__stays_text(api: Api, bill: dict[str, Any]) -> None:
    file = json.loads(api.bill_file(bill))
    file["header"]["currency"] = "CNY"
    file["evil<script>"] = 1
    sent = {"file": ("a.json", json.dumps(file).encode(), "application/json")}
    html = api.http.post("/verify", files=sent).text
    assert "evil<script>" not in html


def test_unknown_page__is_a_page(api: Api) -> None:
    answer = api.http.get("/nothing", headers=ZH)
    assert answer.status_code == 404
    assert "没有这个页面" in answer.text


def test_page__no_inline_script_or_style_and_nothing_from_elsewhere(
    api: Api, bill: dict[str, Any]
) -> None:
    for address in ("/", page_of(bill), "/nothing"):
        html = api.http.get(address).text
        assert not re.search(r"<style|style=|<script(?! src=)|\son\w+=", html)
        assert not re.search(r'(?:src|href)="(?:https?:)?//', html)
