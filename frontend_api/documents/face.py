"""What stands on the page, as texts: a pure function of the bill file and its kind.

The layout only places these texts. Number and amount come from the header, which is what the
chain enforces; everything else from the content.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from frontend_api.commitment.bill_file import BillFile
from frontend_api.documents.detail import detail_of
from frontend_api.documents.fitting import breakable, is_tall
from frontend_api.documents.fonts import displayable
from frontend_api.documents.masking import masked
from frontend_api.documents.widths import widths_of
from frontend_api.domain.kind import Kind
from frontend_api.domain.money import capitals, figures
from frontend_api.domain.request_schema import MAX_LINES

_MOST_ROWS = 2000  # about 70 pages; a stranger's bill file must not cost minutes to draw
_AUX_LEFT_OUT = "附加明细过多，未列于版面，见所附票据文件。Sub-items are in the attached bill file."
_HEAD = 10  # characters of a hash, 0x included: enough to compare by eye
_TAIL = 8
_CURRENCY_ZH = {"USD": "美元", "EUR": "欧元", "HKD": "港元", "MOP": "澳门元", "SGD": "新加坡元"}


def face_of(bill_file: BillFile, kind: Kind) -> dict[str, Any]:
    """Every text of the page. Raises KeyError or ValueError for content that is not a bill's."""
    content, header = bill_file.content(), bill_file.header
    with_aux = _aux_fits(content["lines"])
    issuer = content["issuer"]
    face = {
        "title": dict(kind.title),
        "block": f"{bill_file.anchor.block_number}  {_short(bill_file.anchor.block_hash)}",
        "chain": f"{bill_file.deployment.chain_id}  {_short(bill_file.deployment.instance)}",
        "code": header.number.code,
        "number": header.number.number,
        "check": content["check_code"],
        "date": _moment(content["issued_at"]),
        "holder": _holder(content["holder"]),
        "issuer": {key: issuer.get(key, "") for key in ("name", "uscc", "outlet")},
        "supervisor": content["supervisor"]["name"],
        "lines": list(_lines(content["lines"], with_aux=with_aux)),
        "total": _total(header.amount_fen, header.at_source_fen, header.currency),
        "staff": {
            key: breakable(content["staff"].get(key, ""), 15) for key in ("handler", "checker")
        },
        "business_no": content["business_no"],
        "remark": content.get("remark", ""),
        "notice": "" if with_aux else _AUX_LEFT_OUT,
        "related": _related(content.get("related")),
        "detail": detail_of(content.get("detail", {}), kind),
        "hints": dict(kind.face),
        "sample": content.get("sample") is True,
    }
    shown: dict[str, Any] = _displayable(face)
    return shown | {
        "tall": is_tall(face),
        "ems": widths_of(shown),
        "layout": bill_file.layout,
        "verify_url": bill_file.verify_url,
    }


def _aux_fits(lines: list[Mapping[str, Any]]) -> bool:
    if len(lines) > MAX_LINES:
        raise ValueError(f"more than {MAX_LINES} lines")
    return len(lines) + sum(len(line.get("aux", ())) for line in lines) <= _MOST_ROWS


def _displayable(value: Any) -> Any:
    if isinstance(value, str):
        return breakable(displayable(value))
    if isinstance(value, dict):
        return {key: _displayable(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_displayable(item) for item in value]
    return value


def _short(hash_or_id: bytes) -> str:
    text = "0x" + hash_or_id.hex()
    return f"{text[:_HEAD]}..{text[-_TAIL:]}"


def _moment(timestamp: str) -> str:
    date, time = timestamp[:10], timestamp[11:]
    return f"{date} {time[:8]} {'UTC' if time[8:] in ('Z', 'z') else 'UTC' + time[-6:]}"


def _holder(holder: Mapping[str, Any]) -> dict[str, str]:
    number = holder.get("id", "")
    person = holder["type"] == "person"
    return {
        "type": holder["type"],
        "name": holder["name"],
        "id": masked(number) if person else number,
    }


def _lines(lines: list[Mapping[str, Any]], *, with_aux: bool) -> Iterator[dict[str, Any]]:
    carried = 0
    for line in lines:
        carried += line["amount"]
        yield _line(line, figures(carried), aux=False)
        for inner in line.get("aux", ()) if with_aux else ():
            yield _line(inner, figures(carried), aux=True)


def _line(line: Mapping[str, Any], carried: str, *, aux: bool) -> dict[str, Any]:
    texts = ("code", "name", "spec", "quantity", "unit_price", "remark")
    return {
        **{key: line.get(key, "") for key in texts},
        "unit": breakable(line.get("unit", ""), 7),
        "amount": figures(line["amount"]),
        "carried": carried,
        "aux": aux,
    }


def _total(amount_fen: int, at_source_fen: int, currency: str) -> dict[str, str]:
    sign = "¥" if currency == "CNY" else f"{currency} "
    words = capitals(amount_fen)
    if currency != "CNY":
        words = f"（{_CURRENCY_ZH.get(currency, currency)}）{words}"
    return {
        "words": words,
        "figures": sign + figures(amount_fen),
        "at_source": sign + figures(at_source_fen) if at_source_fen else "",
        "unit": "元" if currency == "CNY" else currency,
    }


def _related(related: Mapping[str, str] | None) -> str:
    return f"{related['bill_code']}-{related['bill_no']}" if related else ""
