"""The verification report (查验报告) as a PDF: what was found, against what, and how to repeat it.

A pure function of the report and the file that was checked: the same bytes every time.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import orjson

from frontend_api.documents.fitting import breakable
from frontend_api.documents.fonts import displayable
from frontend_api.documents.report_steps import steps_of
from frontend_api.documents.typesetter import Typesetter
from frontend_api.verify import Check, Verdict, VerificationReport

_SOURCE = Path(__file__).parent / "report" / "report.typ"
_CHINA = timezone(timedelta(hours=8))
_WIDEST = 86  # characters without a space that still fit a line, in the size of commands
_LONGEST_NAME = 120  # characters of a file's name that are shown

_OVERALL = {
    Verdict.VALID: (
        "真实有效",
        "所有检查均通过。",
        "Every check found the bill genuine and in force.",
    ),
    Verdict.INVALID: (
        "不予认可",
        "至少一项检查未通过，原因见下。",
        "At least one check found a fault; the reason is below.",
    ),
    Verdict.UNKNOWN: (
        "无法断定",
        "有的检查现在无法完成，这不说明票据有问题；请稍后再查。",
        "Some checks could not be made now, which says nothing against the bill: check again.",
    ),
}
_NAMES = {
    "integrity": ("内容完整", "Integrity"),
    "inclusion": ("批次证明", "Inclusion"),
    "anchored": ("链上登记", "Anchored"),
    "authority": ("开具资格", "Authority"),
    "live": ("当前状态", "State now"),
    "amount": ("金额余额", "Amounts"),
    "face": ("版面一致", "Face"),
    "signature": ("签名", "Signature"),
    "bundle": ("所附证明包", "Proof inside"),
    "promise": ("承诺履行", "Promise"),
}
_NOTICE = {
    "zh": "本报告只说明上述时间、上述链上的查验结果；票据状态可能变化，报销前应重新查验。"
    "本报告不是票据，不能代替票据文件。",
    "en": "This report says what was found on that chain at that time. A bill's state may change: "
    "check again before paying. It is no bill, and does not stand for the file.",
}


@dataclass(frozen=True, slots=True)
class CheckedFile:
    """The bytes that were checked, and the name they came under (empty if none is known)."""

    name: str
    data: bytes


class ReportMaker:
    """Sets reports. Keeps one warm typesetter; safe to share between threads."""

    def __init__(self) -> None:
        self._typesetter = Typesetter()

    def pdf(self, report: VerificationReport, checked: CheckedFile) -> bytes:
        """The report as PDF/A-2u. Raises MalformedInput if its texts cannot be set."""
        return self._typesetter.pdf(_SOURCE, _data(report, checked), "a-2u", report.checked_at)

    def png(self, report: VerificationReport, checked: CheckedFile, ppi: float = 90) -> list[bytes]:
        """One PNG a page. Raises as :meth:`pdf`."""
        data = _data(report, checked)
        return self._typesetter.pictures(_SOURCE, data, "png", report.checked_at, ppi)


def _data(report: VerificationReport, checked: CheckedFile) -> bytes:
    return orjson.dumps(_texts(report, checked))


def _texts(report: VerificationReport, checked: CheckedFile) -> dict[str, Any]:
    word, zh, en = _OVERALL[report.overall]
    digest = hashlib.sha256(checked.data).hexdigest()
    texts = {
        "title": {"zh": "电子票据查验报告", "en": "Verification report of an electronic bill"},
        "overall": {"verdict": report.overall, "word": word, "zh": zh, "en": en},
        "object": list(_object(report, checked, digest)),
        "chain": list(_chain(report)),
        "verdicts": [_verdict(check) for check in report.verdicts],
        "steps": steps_of(report, checked.name or "FILE"),
        "notice": _NOTICE,
        "sha256": digest,
    }
    shown: dict[str, Any] = _displayable(texts)
    return shown


def _object(
    report: VerificationReport, checked: CheckedFile, digest: str
) -> Iterator[dict[str, Any]]:
    name = checked.name[:_LONGEST_NAME]
    if name:
        yield _row("文件", "File", f"{name}（{len(checked.data):,} bytes）")
    yield _row("文件 SHA-256", "SHA-256 of the file", digest, code=True)
    if report.bill_code:
        yield _row("票据代码、号码", "Bill code, number", f"{report.bill_code} - {report.bill_no}")
    compare = report.compare
    if "amount" in compare:
        amount = f"{compare['currency']} {compare['amount']}（{compare['amount_capitals']}）"
        yield _row("票面金额", "Face amount", amount)
    for key, zh, en in (
        ("issuer", "开票单位", "Issuer"),
        ("holder", "交款人（脱敏）", "Payer (masked)"),
        ("issued_at", "开票时间", "Issued at"),
    ):
        if compare.get(key):
            yield _row(zh, en, str(compare[key]))
    if compare.get("sample"):
        yield _row("样票", "Sample", "样票，不能报销 A demonstration bill")


def _chain(report: VerificationReport) -> Iterator[dict[str, Any]]:
    yield _row("查验时间", "Checked at", _moment(report.checked_at))
    asked = report.asked
    if report.chain_id is not None:
        yield _row("链标识", "Chain id", str(report.chain_id))
    if report.height is not None:
        block = f"{report.height}"
        if asked.block_hash:
            block += f"  0x{asked.block_hash.hex()}"
        yield _row("当时最新区块", "Newest block then", block, code=True)
    else:
        yield _row("当时最新区块", "Newest block then", "链未应答 The chain did not answer")
    if asked.deployment is None:
        yield _row("信任的部署", "Trusted deployment", "未指定 None was given")
        return
    d = asked.deployment
    yield _row("信任的部署实例", "Instance trusted", "0x" + d.instance.hex(), code=True)
    for name, address in (
        ("IssuerRegistry", d.issuer_registry),
        ("BillRegistry", d.bill_registry),
        ("ConsentRegistry", d.consent_registry),
        ("ReimbursementLedger", d.reimbursement_ledger),
    ):
        yield _row("合约", name, address, code=True)


def _verdict(check: Check) -> dict[str, Any]:
    zh, en = _NAMES.get(check.name, (check.name, ""))
    return {
        "number": check.number,
        "name": {"zh": zh, "en": en},
        "verdict": check.verdict,
        "reason": check.reason,
        "words": {"zh": check.words("zh"), "en": check.words("en")},
    }


def _row(zh: str, en: str, value: str, *, code: bool = False) -> dict[str, Any]:
    return {"zh": zh, "en": en, "value": value, "code": code}


def _moment(seconds: int) -> str:
    return f"{datetime.fromtimestamp(seconds, _CHINA):%Y-%m-%d %H:%M:%S} UTC+8（{seconds}）"


def _displayable(value: Any) -> Any:
    if isinstance(value, str):
        # Nothing invisible in what may be copied: commands, hashes and addresses stay whole.
        return breakable(displayable(_one_line(value)), _WIDEST)
    if isinstance(value, dict):
        return {
            key: item if key in ("verdict", "reason", "sha256") else _displayable(item)
            for key, item in value.items()
        }
    if isinstance(value, list):
        return [_displayable(item) for item in value]
    return value


def _one_line(text: str) -> str:
    """Without control characters: a file's name may hold any."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)
