"""Texts of any length on a page of one size."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

_ZERO_WIDTH_SPACE = "\u200b"  # cannot be in a bill's own text: see domain/text.py
_RUN = 24  # characters; codes, numbers and hashes below this length stay whole, to be copied
_LONG_FACT, _LONG_REMARK = 60, 150
# Rows of a list; one of name and amount stands several to a row.
_LONG_TABLE, _LONG_PAIRS = 5, 14


def breakable(text: str, run: int = _RUN) -> str:
    """``text`` with break points in runs of ``run`` and more characters without a space.

    Chinese breaks anywhere by itself; a long foreign name or code would leave its cell.
    """
    if len(text) < run:
        return text
    return _runs(run).sub(lambda found: _ZERO_WIDTH_SPACE.join(found.group()), text)


@cache
def _runs(length: int) -> re.Pattern[str]:
    return re.compile(rf"[^\s\u2e80-\u9fff\uff00-\uffef\U00020000-\U0003ffff]{{{length},}}")


def is_tall(face: Mapping[str, Any]) -> bool:
    """Whether what stands below the lines may be too high to be kept on one page."""
    facts = face["detail"].values()
    return (
        len(face["remark"]) > _LONG_REMARK
        or any(len(fact.get("text", "")) > _LONG_FACT for fact in facts)
        or any(_is_long_list(fact) for fact in facts if "rows" in fact)
        or any(len(name) > _LONG_FACT for name in (face["issuer"]["name"], *face["staff"].values()))
    )


def _is_long_list(fact: Mapping[str, Any]) -> bool:
    return len(fact["rows"]) > (_LONG_PAIRS if len(fact["columns"]) == 2 else _LONG_TABLE)
