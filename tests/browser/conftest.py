"""A real Chromium and a served platform; every page is watched for faults."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from frontend_api.server import serving

_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
)
_FONTS = """<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><include ignore_missing="yes">/etc/fonts/fonts.conf</include>
<dir>{fonts}</dir><cachedir>{cache}</cachedir></fontconfig>
"""


@pytest.fixture(scope="session")
def base_url(platform: Any) -> Iterator[str]:
    with serving(platform.services) as url:
        yield url


# Closed when the last of these tests is done: until then Playwright's loop counts as running in
# the main thread, and a later test could not run one of its own.
@pytest.fixture(scope="package")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    executable = shutil.which("chromium") or shutil.which("chromium-browser")
    assert executable, "the browser tests need Debian's chromium: apt-get install chromium"
    # Widths depend on the font: the one that the documents use is always there.
    spec = find_spec("pylopdf_fonts_zh_cn")
    assert spec
    assert spec.origin
    folder = tmp_path_factory.mktemp("fonts")
    config = folder / "fonts.conf"
    config.write_text(_FONTS.format(fonts=Path(spec.origin).parent, cache=folder / "cache"))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=executable,
            args=list(_FLAGS),
            env={**os.environ, "FONTCONFIG_FILE": str(config)},
        )
        yield browser
        browser.close()


@dataclass
class Watched:
    """A page, and all that went wrong on it."""

    page: Page
    base_url: str
    faults: list[str] = field(default_factory=list)

    def go(self, path: str) -> None:
        self.page.goto(self.base_url + path)

    def overflow(self) -> int:
        """Pixels by which the page is wider than the window."""
        return int(self.page.evaluate("document.documentElement.scrollWidth - window.innerWidth"))


@pytest.fixture
def watch(chromium: Browser, base_url: str) -> Iterator[Callable[[int, str], Watched]]:
    """Opens a page of a width in a language; at the end there must have been no fault."""
    opened: list[Watched] = []

    def opener(width: int, locale: str = "zh-CN") -> Watched:
        context = chromium.new_context(
            viewport={"width": width, "height": 844}, locale=locale, accept_downloads=True
        )
        watched = Watched(context.new_page(), base_url)
        page, faults = watched.page, watched.faults
        page.on("console", lambda m: faults.append(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda e: faults.append(str(e)))
        page.on(
            "request",
            lambda r: None if r.url.startswith(base_url) else faults.append(f"outside: {r.url}"),
        )
        opened.append(watched)
        return watched

    yield opener
    for watched in opened:
        watched.page.context.close()
        assert watched.faults == []


@pytest.fixture(scope="session")
def issued(platform: Any, base_url: str) -> dict[str, Any]:
    """An anchored bill, with its PDF and bill file."""
    headers = {
        "Authorization": f"Bearer {platform.issuer_key('medical_outpatient')}",
        "Idempotency-Key": "browser-1",
    }
    with httpx.Client(base_url=base_url, headers=headers, timeout=30) as http:
        made = http.post(
            "/api/v1/bills?wait=anchored", json=platform.sample("medical_outpatient")
        ).raise_for_status()
        bill: dict[str, Any] = made.json()
        bill["pdf"] = http.get(bill["links"]["pdf"]).raise_for_status().content
        bill["file"] = http.get(bill["links"]["json"]).raise_for_status().content
    return bill
