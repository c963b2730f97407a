"""What a check of the books finds, and the words for it: zh and en, for a clerk."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

_MOST = 80  # characters of one value that are shown


class Level(StrEnum):
    """How bad: two things that differ, one that is gone, or one that could not be looked at."""

    MISMATCH = "MISMATCH"
    MISSING = "MISSING"
    UNCOMPARED = "UNCOMPARED"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as it must be.

    ``subject`` names the bill, batch, table row or document, ``field`` the column or part of it;
    ``stored`` is what lies here, ``found`` what was worked out or read anew.
    """

    level: Level
    reason: str
    subject: str
    field: str = ""
    stored: str = ""
    found: str = ""

    def words(self, language: str) -> str:
        """The finding in one sentence; ``language`` is zh or en."""
        zh, en = WORDS[self.reason]
        return (zh if language == "zh" else en).format(
            subject=self.subject, field=self.field, stored=self.stored, found=self.found
        )

    def to_json(self) -> dict[str, Any]:
        """Members that are always there, and the words in both languages."""
        return {
            "level": self.level,
            "reason": self.reason,
            "subject": self.subject,
            "field": self.field,
            "stored": self.stored,
            "found": self.found,
            "words": {language: self.words(language) for language in ("zh", "en")},
        }


def mismatch(reason: str, subject: object, field: str, stored: object, found: object) -> Finding:
    """Two things that must be equal are not."""
    return Finding(Level.MISMATCH, reason, str(subject), field, shown(stored), shown(found))


def missing(reason: str, subject: object, found: object = "") -> Finding:
    """Something that must be there is not."""
    return Finding(Level.MISSING, reason, str(subject), found=shown(found))


def uncompared(reason: str, why: Exception) -> Finding:
    """Something could not be looked at; that says nothing about it."""
    return Finding(Level.UNCOMPARED, reason, "", found=str(why))


def shown(value: object) -> str:
    """A value as it is shown: bytes in hexadecimal, long ones cut."""
    text = "0x" + value.hex() if isinstance(value, bytes) else str(value)
    return text if len(text) <= _MOST else text[: _MOST - 1] + "…"


# reason: (zh, en)
WORDS: Mapping[str, tuple[str, str]] = {
    # contents
    "bill-altered": (
        "票据 {subject} 的“{field}”：数据库中是 {stored}，按内容重新计算应为 {found}。",
        "Bill {subject}, {field}: the database has {stored}, its content gives {found}.",
    ),
    "bill-sealed-otherwise": (
        "票据 {subject} 的“{field}”无法解密：该行被改动过，或主密钥不对。",
        "Bill {subject}, {field}: cannot be decrypted; the row was altered or the master key is "
        "another.",
    ),
    # numbers
    "bill-missing": (
        "票据 {subject} 的号码已经用出，数据库中却没有这张票据。",
        "Bill {subject}: its number was handed out, but the bill is not in the database.",
    ),
    "bill-outside": (
        "票据 {subject} 不在其号段已用出的号码之内（号段 {stored}，应为 {found}）。",
        "Bill {subject}: its number is not among those handed out of its segment "
        "(segment {stored}, should be {found}).",
    ),
    "counter-missing": (
        "号段 {subject} 没有取号计数。",
        "Segment {subject} has no counter of numbers.",
    ),
    "counter-wrong": (
        "号段 {subject} 的取号计数是 {stored}，应在 {found} 之内。",
        "Segment {subject}: the next number is {stored}, but must be within {found}.",
    ),
    # idempotency and outbox
    "key-without-bill": (
        "幂等键 {subject} 指向的票据不存在。",
        "Idempotency-Key {subject} stands for a bill that does not exist.",
    ),
    "command-without-transaction": (
        "操作 {subject} 没有对应的交易。",
        "Command {subject} has no transaction.",
    ),
    "batch-without-transaction": (
        "批次 {subject} 没有对应的交易。",
        "Batch {subject} has no transaction.",
    ),
    "nonce-twice": (
        "账户与序号 {subject} 被两笔交易占用。",
        "Two transactions hold the same account and nonce {subject}.",
    ),
    "transaction-altered": (
        "交易 {subject} 的签名数据与其哈希不一致（{stored}，应为 {found}）。",
        "Transaction {subject}: the signed bytes do not have their hash ({stored}, should be "
        "{found}).",
    ),
    # batches
    "batch-altered": (
        "批次 {subject} 的“{field}”：数据库中是 {stored}，按其票据重新计算应为 {found}。",
        "Batch {subject}, {field}: the database has {stored}, its bills give {found}.",
    ),
    "batch-differs-from-event": (
        "批次 {subject} 的“{field}”：按其票据计算是 {stored}，链上事件是 {found}。",
        "Batch {subject}, {field}: its bills give {stored}, the event on the chain says {found}.",
    ),
    "batch-differs-from-contract": (
        "批次 {subject} 的“{field}”：链上事件是 {stored}，合约中是 {found}。",
        "Batch {subject}, {field}: the event says {stored}, the contract holds {found}.",
    ),
    "batch-not-in-contract": (
        "批次 {subject} 有链上事件，合约中却没有。",
        "Batch {subject} has an event on the chain, but the contract does not hold it.",
    ),
    # projections
    "row-altered": (
        "表 {subject} 的“{field}”：数据库中是 {stored}，按链上事件重算应为 {found}。",
        "Table {subject}, {field}: the database has {stored}, the events give {found}.",
    ),
    "row-missing": (
        "表 {subject}：链上事件要求有这一行，数据库中没有。",
        "Table {subject}: the events call for this row, but the database does not have it.",
    ),
    "row-not-from-events": (
        "表 {subject}：数据库中有这一行，链上事件中没有。",
        "Table {subject}: the database has this row, but no event made it.",
    ),
    # documents
    "document-differs": (
        "票据 {subject} 重新制作的文件，其“{field}”是 {stored}，应为 {found}。",
        "Bill {subject}: made again, its document's {field} is {stored} and should be {found}.",
    ),
    "document-not-made": (
        "票据 {subject} 的文件无法重新制作：{found}。",
        "Bill {subject}: its document cannot be made again: {found}.",
    ),
    "document-altered": (
        "文件 {subject} 与重新制作的票据文件不一致：被改动过。",
        "Document {subject} is not what the bill gives when it is made again: it was altered.",
    ),
    "document-missing": (
        "票据 {subject} 的文件不在文件夹中。",
        "Bill {subject}: its document is not in the folder.",
    ),
    "document-unknown": (
        "文件 {subject} 不属于任何票据。",
        "Document {subject} belongs to no bill.",
    ),
    # what could not be compared
    "chain-not-compared": (
        "无法与区块链核对（{found}）；这不说明任何票据有问题。",
        "The chain could not be compared ({found}); this says nothing against any bill.",
    ),
}
