"""Sample requests to issue bills, in a realistic mix: the same seed, the same requests."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta, timezone
from random import Random
from typing import Any

from frontend_api.domain.kind import Kind
from frontend_api.samples.people import person_name, resident_id
from frontend_api.samples.recipe import Recipe, recipes
from frontend_api.samples.units import UNITS
from frontend_api.samples.values import Draft, fill

_BEIJING = timezone(timedelta(hours=8))
_DAYS_BACK = 3
_REMARK_SHARE = 0.1
_REMARKS = ("样例数据，不作报销凭证", "自助机开票", "窗口补开")


def generate(
    kinds: Mapping[str, Kind], seed: int, count: int, now: datetime
) -> Iterator[dict[str, Any]]:
    """``count`` requests, issued within the three days before ``now`` (which has a time zone).

    The same kinds, seed and ``now`` give the same requests; a bill does not depend on ``count``.
    ``business_no`` is unique for a seed and across seeds. Raises ValueError when no kind has
    samples.
    """
    known = recipes(kinds)
    if not known:
        raise ValueError("none of these kinds has a sample.json")
    weights = [recipe.weight for recipe in known]
    for index in range(count):
        random = Random(f"piaolian/sample/{seed}/{index}")
        recipe = random.choices(known, weights)[0]
        yield _request(recipe, random, now, f"{seed}-{index:06d}")


def _request(recipe: Recipe, random: Random, now: datetime, serial: str) -> dict[str, Any]:
    back = timedelta(seconds=random.randrange(60, _DAYS_BACK * 86400))
    issued_at = (now - back).astimezone(_BEIJING).replace(microsecond=0)
    lines, groups = _lines(recipe, random)
    request: dict[str, Any] = {
        "kind": recipe.kind.name,
        "business_no": f"{recipe.business_no}-{issued_at.year}-{serial}",
        "issued_at": issued_at.isoformat(),
        "outlet": "01",
        "holder": _holder(recipe, random),
        "currency": "CNY",
        "total": sum(line["amount"] for line in lines),
        "lines": lines,
        "staff": {"handler": person_name(random), "checker": person_name(random)},
        "detail": {},
    }
    if random.random() < _REMARK_SHARE:
        request["remark"] = random.choice(_REMARKS)
    draft = Draft(request, groups, issued_at, random)
    fill(draft, request["detail"], recipe.detail)
    if recipe.kind.at_source:
        request["at_source"] = draft.at(recipe.kind.at_source)
    return request


def _lines(recipe: Recipe, random: Random) -> tuple[list[dict[str, Any]], dict[str, int]]:
    least, most = recipe.lines
    wanted = min(random.randint(least, most), len(recipe.items))
    lines, groups = [], defaultdict[str, int](int)
    # Each item at most once, in the order of the price list.
    for position in sorted(random.sample(range(len(recipe.items)), wanted)):
        item = recipe.items[position]
        line = _line(item, random)
        lines.append(line)
        groups[item.get("group", "")] += line["amount"]
    return lines, dict(groups)


def _line(item: Mapping[str, Any], random: Random) -> dict[str, Any]:
    price, quantity = random.randint(*item["price"]), random.randint(*item["quantity"])
    texts = {key: item[key] for key in ("code", "name", "unit", "spec") if key in item}
    return {
        **texts,
        "quantity": f"{quantity}.00",
        "unit_price": f"{price // 100}.{price % 100:02d}00",
        "amount": price * quantity,
    }


def _holder(recipe: Recipe, random: Random) -> dict[str, str]:
    types = sorted(recipe.holder)
    if random.choices(types, [recipe.holder[t] for t in types])[0] == "unit":
        unit = random.choice(UNITS)
        return {"type": "unit", "name": unit.name, "id": unit.uscc}
    return {"type": "person", "name": person_name(random), "id": resident_id(random)}
