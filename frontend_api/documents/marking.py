"""The mark of a document: written into it as a keyword, so that the page can be made again."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone

from frontend_api.domain.mark import Ending, Mark

_CHINA = timezone(timedelta(hours=8))  # official time of the whole country (北京时间)
_WORDS: Mapping[Ending, tuple[str, str]] = {
    Ending.VOIDED: ("作废", "VOID"),
    Ending.REVERSED: ("红冲", "REVERSED"),
    Ending.SWAPPED: ("已换开", "SWAPPED"),
}
_KEYWORD = re.compile(rb"/Keywords\(piaolian-mark:([A-Z]{1,20}):(\d{1,12})\)")


def stamp_of(mark: Mark | None) -> dict[str, str] | None:
    """What the page says across itself, and the keyword that :func:`mark_in` finds."""
    if mark is None:
        return None
    zh, en = _WORDS[mark.ending]
    return {
        "zh": zh,
        "en": en,
        "date": f"{datetime.fromtimestamp(mark.at, _CHINA):%Y-%m-%d}",
        "keyword": f"piaolian-mark:{mark.ending}:{mark.at}",
    }


def mark_in(pdf: bytes) -> Mark | None:
    """The mark that an unsigned document of ours says it has; only making it again proves it."""
    found = _KEYWORD.search(pdf)
    if found is None:
        return None
    try:
        return Mark(Ending(found.group(1).decode()), int(found.group(2)))
    except ValueError:
        return None
