"""From the QR code on the rendered PDF to what a phone shows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pypdfium2
import pytest
import zxingcpp

from .conftest import Watched

pytestmark = pytest.mark.browser

Watch = Callable[..., Watched]
WIDTHS = (390, 1280)


def address_on(pdf: bytes) -> str:
    """What the QR code of the first page says, read from pixels."""
    document = pypdfium2.PdfDocument(pdf)
    picture = document[0].render(scale=2).to_pil()
    codes = [
        c for c in zxingcpp.read_barcodes(picture) if c.format == zxingcpp.BarcodeFormat.QRCode
    ]
    assert len(codes) == 1
    return codes[0].text


@pytest.mark.parametrize("width", WIDTHS)
def test_qr_code__opens_the_page_with_every_verdict_in_view(
    watch: Watch, issued: dict[str, Any], width: int
) -> None:
    address = address_on(issued["pdf"])
    assert address.partition("#")[0] == issued["verify_url"]
    shown = watch(width)
    shown.go(urlsplit(address).path)
    page = shown.page
    assert page.locator("h1").inner_text() == "真票有效"
    lines = page.locator(".verdicts li")
    assert lines.count() == 6
    for line in lines.all():
        assert line.is_visible()
        assert "通过" in line.inner_text()
    assert issued["bill_no"] in page.locator(".paper").inner_text()
    assert issued["check_code"] not in page.content()
    assert shown.overflow() <= 0


@pytest.mark.parametrize("width", WIDTHS)
def test_page__with_everything_unfolded_in_english__does_not_overflow(
    watch: Watch, issued: dict[str, Any], width: int
) -> None:
    shown = watch(width, "en-GB")
    shown.go(urlsplit(issued["verify_url"]).path)
    for summary in shown.page.locator("summary").all():
        summary.click()
    assert shown.page.locator("h1").inner_text() == "Genuine and in force"
    assert shown.overflow() <= 0


def test_page__download__is_the_pdf(watch: Watch, issued: dict[str, Any]) -> None:
    shown = watch(390)
    shown.go(urlsplit(issued["verify_url"]).path)
    with shown.page.expect_download() as waiting:
        shown.page.get_by_text("下载 PDF 票据").click()
    path = waiting.value.path()
    assert path.read_bytes() == issued["pdf"]
    assert waiting.value.suggested_filename == f"{issued['bill_code']}-{issued['bill_no']}.pdf"


def test_page__language_switch__stays_on_the_bill(watch: Watch, issued: dict[str, Any]) -> None:
    shown = watch(390)
    shown.go(urlsplit(issued["verify_url"]).path)
    shown.page.get_by_text("English").click()
    assert shown.page.locator("h1").inner_text() == "Genuine and in force"
    assert shown.page.locator("html").get_attribute("lang") == "en"


def test_page__by_keyboard__first_stop_skips_to_the_content(
    watch: Watch, issued: dict[str, Any]
) -> None:
    shown = watch(390)
    shown.go(urlsplit(issued["verify_url"]).path)
    shown.page.keyboard.press("Tab")
    focused = shown.page.evaluate("document.activeElement.getAttribute('href')")
    assert focused == "#main"
