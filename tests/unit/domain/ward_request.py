"""A kind with every sort of rule, and a right request of it."""

from __future__ import annotations

from copy import deepcopy
from datetime import UTC, datetime
from typing import Any

from frontend_api.domain.kind import Kind, OrderRule, SumRule

NOW = int(datetime(2026, 11, 22, 4, 0, tzinfo=UTC).timestamp())  # noon in Beijing
_FEN = {"type": "integer", "minimum": 0, "maximum": 10**15}
_DATE = {"type": "string", "format": "date", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}

WARD = Kind(
    name="ward",
    title={"zh": "住院", "en": "Ward"},
    category="06",
    type_code="02",
    schema={
        "type": "object",
        "properties": {
            "patient_no": {"type": "string", "minLength": 1, "maxLength": 20},
            "admitted_on": _DATE,
            "discharged_on": _DATE,
            "payment": {
                "type": "object",
                "properties": {"fund": _FEN, "cash": _FEN},
                "required": ["fund", "cash"],
                "additionalProperties": False,
            },
            "level": {"enum": ["Ⅰ", "Ⅱ"]},
            "note": {
                "type": "object",
                "properties": {"text": {"type": "string", "maxLength": 20}},
                "additionalProperties": False,
            },
        },
        "required": ["patient_no", "payment"],
        "additionalProperties": False,
    },
    labels={},
    sum_rules=(SumRule("/total", ("/detail/payment/fund", "/detail/payment/cash")),),
    order_rules=(OrderRule("/detail/admitted_on", "/detail/discharged_on"),),
    at_source="/detail/payment/fund",
)
PLAIN = Kind("plain", {"zh": "其他", "en": "Other"}, "01", "01", {"type": "object"}, {})

REQUEST: dict[str, Any] = {
    "kind": "ward",
    "business_no": "ZY-1",
    "issued_at": "2026-11-22T11:59:00+08:00",
    "outlet": "02",
    "bill_code": "46060226",
    "holder": {"type": "person", "name": "张三", "id": "460100199001011234"},
    "currency": "CNY",
    "total": 100_000,
    "at_source": 60_000,
    "lines": [
        {
            "code": "B1", "name": "床位费", "unit": "日", "spec": "三人间", "quantity": "2",
            "unit_price": "350.5", "amount": 70_100,
            "aux": [{"name": "床", "amount": 70_000}, {"name": "被", "amount": 100}],
        },
        {"name": "护理费", "amount": 29_900, "remark": "Ⅱ级"},
    ],
    "staff": {"handler": "李四", "checker": "王五"},
    "remark": "急诊转入",
    "related": {"bill_code": "46060225", "bill_no": "0000000009"},
    "detail": {
        "patient_no": "P1",
        "admitted_on": "2026-11-20",
        "discharged_on": "2026-11-22",
        "payment": {"fund": 60_000, "cash": 40_000},
        "level": "Ⅱ",
    },
}  # fmt: skip


def changed(path: str, value: Any) -> dict[str, Any]:
    """The right request with one member set (or, for ``...``, taken away)."""
    body = deepcopy(REQUEST)
    node: Any = body
    *steps, last = [int(s) if s.isdigit() else s for s in path.split("/")[1:]]
    for step in steps:
        node = node[step]
    if value is ...:
        del node[last]
    else:
        node[last] = value
    return body
