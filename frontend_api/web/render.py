"""Templates to responses."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse

from frontend_api.web.language import language_of, other_language
from frontend_api.web.words import WORDS

_HERE = Path(__file__).parent
STATIC = _HERE / "static"


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@cache
def _static_version() -> str:
    digest = hashlib.sha256()
    for path in sorted(STATIC.iterdir()):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:10]


def page(
    request: Request,
    template: str,
    status: int = 200,
    headers: dict[str, str] | None = None,
    **values: Any,
) -> HTMLResponse:
    """A page in the reader's language. ``t`` in the template gives a text by its name."""
    language = language_of(request)
    other = other_language(language)
    words = WORDS[language]
    switchable = request.method in ("GET", "HEAD")
    target = request.url.include_query_params(lang=other) if switchable else None
    html = (
        _environment()
        .get_template(template)
        .render(
            t=words,
            lang=language,
            html_lang="zh-CN" if language == "zh" else "en",
            switch=f"{target.path}?{target.query}" if target else f"/?lang={other}",
            version=_static_version(),
            **values,
        )
    )
    return HTMLResponse(
        html,
        status,
        headers={"Vary": "Accept-Language", "Content-Language": language, **(headers or {})},
    )
