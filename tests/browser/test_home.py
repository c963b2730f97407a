"""Look-up and upload on the home page."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from .conftest import Watched

pytestmark = pytest.mark.browser

Watch = Callable[..., Watched]


def _upload(shown: Watched, name: str, data: bytes, media_type: str) -> str:
    shown.go("/")
    file = {"name": name, "mimeType": media_type, "buffer": data}
    shown.page.set_input_files("#file", file)
    shown.page.get_by_role("button", name="上传并查验").click()
    shown.page.wait_for_load_state()
    return shown.page.locator("h1").inner_text()


@pytest.mark.parametrize("width", [390, 1280])
def test_upload__pdf__gives_the_verdict(watch: Watch, issued: dict[str, Any], width: int) -> None:
    shown = watch(width)
    assert _upload(shown, "bill.pdf", issued["pdf"], "application/pdf") == "真票有效"
    assert shown.page.locator("[data-check=face]").is_visible()
    assert shown.overflow() <= 0


def test_upload__altered_bill_file__is_called_wrong(watch: Watch, issued: dict[str, Any]) -> None:
    file = json.loads(issued["file"])
    for item in file["fields"]:
        if item[1] == "/total":
            item[2] += 100
    shown = watch(390)
    assert _upload(shown, "a.json", json.dumps(file).encode(), "application/json") == "票据异常"
    assert "未通过" in shown.page.locator("[data-check=integrity]").inner_text()
    assert shown.overflow() <= 0


def test_look_up__what_stands_on_the_face__gives_the_verdict(
    watch: Watch, issued: dict[str, Any]
) -> None:
    fen = json.loads(issued["file"])["header"]["amount_fen"]
    shown = watch(390)
    shown.go("/")
    for name in ("bill_code", "bill_no", "check_code"):
        shown.page.fill(f"#{name}", issued[name])
    shown.page.fill("#amount", f"{fen / 100:.2f}")
    shown.page.get_by_role("button", name="查验", exact=True).click()
    shown.page.wait_for_load_state()
    assert shown.page.locator("h1").inner_text() == "真票有效"
    assert shown.overflow() <= 0


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("locale", ["zh-CN", "en-GB"])
def test_home__fits_and_names_every_field(watch: Watch, width: int, locale: str) -> None:
    shown = watch(width, locale)
    shown.go("/")
    assert shown.overflow() <= 0
    unnamed = shown.page.evaluate(
        "[...document.querySelectorAll('input')].filter(i => !i.labels.length).length"
    )
    assert unnamed == 0
