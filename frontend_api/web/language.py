"""Which language a reader gets: ``?lang=``, else what the browser asks for, else Chinese."""

from __future__ import annotations

from typing import Literal

from starlette.requests import Request

Language = Literal["zh", "en"]


def language_of(request: Request) -> Language:
    """The language of the answer to this request."""
    chosen = request.query_params.get("lang")
    if chosen == "zh":
        return "zh"
    if chosen == "en":
        return "en"
    for part in request.headers.get("accept-language", "").lower().split(","):
        tag = part.partition(";")[0].strip()
        if tag.startswith("zh"):
            return "zh"
        if tag.startswith("en"):
            return "en"
    return "zh"


def other_language(language: Language) -> Language:
    """What the switch offers."""
    return "en" if language == "zh" else "zh"
