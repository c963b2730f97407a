"""The printed report: it says what the report says, in both languages, and how to repeat it."""

from __future__ import annotations

import hashlib
import shlex
from dataclasses import replace

import pypdfium2
import pytest

from frontend_api.documents import CheckedFile, ReportMaker
from frontend_api.documents.report_steps import steps_of
from frontend_api.domain.anchor import Deployment
from frontend_api.domain.errors import MalformedInput
from frontend_api.verify import Check, VerificationReport, unreadable_report
from frontend_api.verify.report import AskedChain, invalid, skipped, unknown, valid

MAKER = ReportMaker()
FILE = CheckedFile("票据.pdf", b"%PDF- bytes of a bill")
DEPLOYMENT = Deployment(46600, b"\x5a" * 32, *("0x" + f"{n}{n}" * 20 for n in (1, 2, 3, 4)))
ROOT = "0x" + "7c" * 32
GOOD = VerificationReport(
    checked_at=1_795_314_030,
    bill_code="46060126",
    bill_no="0000000003",
    chain_id=46600,
    height=4321,
    verdicts=(
        Check(1, "integrity", valid("intact")),
        Check(2, "inclusion", valid("included", batch_id="460601260000000001", position=3, size=5,
                                    root=ROOT)),
        Check(5, "live", valid("live")),
        Check(6, "amount", valid("amounts", amount=162_600, at_source=60_000, settled=0,
                                 reserved=0, left=102_600)),
    ),
    compare={"bill_code": "46060126", "bill_no": "0000000003", "currency": "CNY",
             "amount": "1,626.00", "amount_capitals": "壹仟陆佰贰拾陆元整", "holder": "张**",
             "issuer": "琼州省人民医院（样例）", "sample": True},
    asked=AskedChain(DEPLOYMENT, b"\xb1" * 32),
)  # fmt: skip


def text_of(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    pages = [document[i].get_textpage().get_text_range() for i in range(len(document))]
    return "\n".join(pages).replace("\r", "")


def printed(report: VerificationReport, file: CheckedFile = FILE) -> str:
    return text_of(MAKER.pdf(report, file))


def test_report__good_bill__says_what_against_which_chain_and_when() -> None:
    text = printed(GOOD)
    for part in (
        "真实有效", "票据.pdf", hashlib.sha256(FILE.data).hexdigest(), "46060126 - 0000000003",
        "壹仟陆佰贰拾陆元整", "琼州省人民医院（样例）", "张**", "46600", "4321", "0x" + "b1" * 32,
        "0x" + "5a" * 32, *(DEPLOYMENT.bill_registry, DEPLOYMENT.reimbursement_ledger),
        "2026-11-22 10:20:30 UTC+8", "样票",
    ):  # fmt: skip
        assert part in text, part


def test_report__every_verdict__with_reason_and_words_in_both_languages() -> None:
    text = printed(GOOD).replace("\n", "")
    for check in GOOD.verdicts:
        assert check.reason in text
        assert check.words("zh").replace(" ", "") in text.replace(" ", "")
        assert check.words("en").replace(" ", "") in text.replace(" ", "")


def test_report__commands__can_be_copied_with_nothing_invisible_in_them() -> None:
    text = printed(GOOD)
    assert "\u200b" not in text
    joined = "".join(text.split())
    for step in steps_of(GOOD, FILE.name):
        for line in step["lines"]:
            assert "".join(line.split()) in joined


def test_report__proof_not_pinned__no_commands_about_contracts() -> None:
    unpinned = replace(
        GOOD,
        verdicts=(GOOD.verdicts[0], Check(2, "inclusion", unknown("not-pinned"))),
        asked=AskedChain(),
        height=None,
    )
    text = printed(unpinned)
    assert "无法断定" in text
    assert "None was given" in text
    assert "cast call" not in text
    assert "cast call" in printed(GOOD)


@pytest.mark.parametrize(
    ("finding", "word"),
    [(invalid("voided", time=1_795_314_000), "不予认可"), (skipped("needs-anchored"), "无法断定")],
)
def test_report__one_verdict_decides__the_whole_says_so(finding, word: str) -> None:
    text = printed(replace(GOOD, verdicts=(*GOOD.verdicts, Check(5, "live", finding))))
    assert word in text
    assert "真实有效" not in text


def test_report__unreadable_file__still_printed() -> None:
    text = printed(unreadable_report(MalformedInput("is not a PDF file"), 1))
    assert "unreadable" in text
    assert "is not a PDF file" in text


def test_report__same_input__same_bytes_and_another_file_another_report() -> None:
    assert MAKER.pdf(GOOD, FILE) == ReportMaker().pdf(GOOD, FILE)
    assert MAKER.pdf(GOOD, FILE) != MAKER.pdf(GOOD, CheckedFile(FILE.name, b"other"))


@pytest.mark.parametrize(
    "name", ["a" * 300, "x\x00\x1b[31m.pdf", '#panic("x")', "$ a $ *b* _c_ @d <e>",
             "名\u202egpj.pdf",             "'; rm -rf ~ #.pdf", "\U0010ffff", "换\n行"],
)  # fmt: skip
def test_report__hostile_file_name__printed_as_text(name: str) -> None:
    text = printed(GOOD, CheckedFile(name, b"x"))
    assert "真实有效" in text
    assert not {"\x00", "\x1b", "\u202e"} & set(text)
    command = steps_of(GOOD, name)[0]["lines"][0]
    assert command.startswith("sha256sum ")
    assert shlex.split(command)[1] == name


def test_report__unknown_check__shown_by_its_name() -> None:
    assert "other-check" in printed(
        replace(GOOD, verdicts=(*GOOD.verdicts, Check(9, "other-check", valid("live"))))
    )
