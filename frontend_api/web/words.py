"""Every text of the pages, in both languages under the same names (``texts/*.json``)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from frontend_api.web.language import Language

_TEXTS = Path(__file__).parent / "texts"


class _Words(dict[Language, Mapping[str, str]]):
    """Read when first asked for, then kept."""

    def __missing__(self, language: Language) -> Mapping[str, str]:
        words: dict[str, str] = json.loads((_TEXTS / f"{language}.json").read_bytes())
        self[language] = words
        return words


WORDS: Mapping[Language, Mapping[str, str]] = _Words()
