"""What a reader compares with the paper: rows of name and text, masked as a page may show them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from frontend_api.domain.bill import BillHeader
from frontend_api.domain.kind import Kind
from frontend_api.domain.money import capitals, figures
from frontend_api.verify import VerificationReport
from frontend_api.web.language import Language
from frontend_api.web.words import WORDS

_SHOWN_OF_CHECK_CODE = 2


@dataclass(frozen=True, slots=True)
class Row:
    """One fact; ``name`` is its label's name among the words."""

    name: str
    text: str


def rows_of_bill(
    header: BillHeader, content: Mapping[str, Any], kinds: Mapping[str, Kind], language: Language
) -> list[Row]:
    """Facts of a bill of this platform."""
    kind, issuer, holder = kinds.get(content["kind"]), content["issuer"], content["holder"]
    number = header.number
    count = WORDS[language]["line_count"].format(n=len(content["lines"]))
    rows = [
        Row("kind", kind.title[language] if kind else content["kind"]),
        Row("number_pair", f"{number.code} / {number.number}"),
        Row("check_code", masked_code(content["check_code"])),
        Row("issued_at", moment(content["issued_at"])),
        Row("issuer", issuer["name"]),
        Row("holder", masked_name(holder["name"], unit=holder["type"] == "unit")),
        Row("lines", count),
        Row("total", money(header.amount_fen, header.currency)),
    ]
    if header.currency == "CNY":
        rows.append(Row("total_words", capitals(header.amount_fen)))
    return rows


def rows_of_report(report: VerificationReport) -> list[Row]:
    """Facts of a stranger's document, as far as the verifier vouches for reading them."""
    compare = report.compare
    if not compare:
        return []
    rows = [Row("number_pair", f"{compare['bill_code']} / {compare['bill_no']}")]
    if "issued_at" in compare:
        rows.append(Row("issued_at", moment(str(compare["issued_at"]))))
    rows += [Row(name, compare[name]) for name in ("issuer", "holder") if compare.get(name)]
    rows.append(Row("total", money(int(compare["amount_fen"]), str(compare["currency"]))))
    if compare["currency"] == "CNY":
        rows.append(Row("total_words", str(compare["amount_capitals"])))
    return rows


def money(fen: int, currency: str = "CNY") -> str:
    """``¥1,626.00``, or another currency's code in front."""
    sign = "¥" if currency == "CNY" else f"{currency} "
    return sign + figures(fen)


def moment(timestamp: str) -> str:
    """``2026-11-22T10:20:30+08:00`` → ``2026-11-22 10:20:30``, as on the face."""
    return timestamp[:19].replace("T", " ")


def masked_name(name: str, *, unit: bool = False) -> str:
    """``张三丰`` → ``张**``; a unit's name is no personal data."""
    return name if unit or len(name) < 2 else name[0] + "*" * min(len(name) - 1, 3)


def masked_code(code: str) -> str:
    """``k7m2x9`` → ``k7****``: enough to see that it is the same, not enough to use it."""
    return code[:_SHOWN_OF_CHECK_CODE] + "*" * max(len(code) - _SHOWN_OF_CHECK_CODE, 0)
