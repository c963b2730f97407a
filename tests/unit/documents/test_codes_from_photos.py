"""The codes of real pages, read from pixels as a scanner or a phone gives them."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest
import zxingcpp
from document_bills import in_a_batch
from PIL import Image, ImageFilter

from frontend_api.commitment.bill_file import BillFile
from frontend_api.commitment.offline_code import FIRST_NODES, SECOND_NODES, read_codes
from frontend_api.documents import DocumentMaker, photo_codes
from frontend_api.documents.photo import MAX_BYTES
from frontend_api.domain.errors import MalformedInput, TooLarge
from frontend_api.domain.kind import Kind

DPI = 100
LONGEST = FIRST_NODES + SECOND_NODES


def bill_in_a_batch(
    maker: DocumentMaker, kinds: dict[str, Kind], request: dict[str, Any], nodes: int
) -> BillFile:
    """A bill whose audit path has so many nodes."""
    kind = kinds[request["kind"]]
    return in_a_batch(request, kind, nodes, layout=maker.layout(kind.name))


@pytest.fixture(scope="module")
def pages(
    maker: DocumentMaker, kinds: dict[str, Kind], requests_by_kind: dict[str, dict[str, Any]]
) -> dict[int, tuple[BillFile, bytes]]:
    """Bills with paths of every length, and their first pages at 100 dpi (PNG)."""
    found = {}
    for nodes in range(LONGEST + 1):
        made = bill_in_a_batch(maker, kinds, requests_by_kind["medical_outpatient"], nodes)
        found[nodes] = made, maker.pictures(made, "png", ppi=DPI)[0]
    return found


def shown(picture: Image.Image, quality: int | None = None) -> bytes:
    """A picture as a file: PNG, or JPEG of a quality."""
    out = io.BytesIO()
    if quality is None:
        picture.save(out, "PNG")
    else:
        picture.convert("RGB").save(out, "JPEG", quality=quality)
    return out.getvalue()


@pytest.mark.parametrize("nodes", range(LONGEST + 1))
def test_page_at_100_dpi__codes__say_header_and_path(
    nodes: int, pages: dict[int, tuple[BillFile, bytes]]
) -> None:
    bill, png = pages[nodes]
    read = read_codes(photo_codes(png))
    assert (read.header, read.inclusion) == (bill.header, bill.inclusion)
    assert read.tag == bill.deployment.instance[:4]
    assert len(photo_codes(png)) == (2 if nodes > FIRST_NODES else 1)


def tilted(page: Image.Image) -> Image.Image:
    return page.rotate(7, Image.Resampling.BICUBIC, expand=True, fillcolor="white")


def upside_down(page: Image.Image) -> Image.Image:
    return page.rotate(180)


def blurred(page: Image.Image) -> Image.Image:
    return page.filter(ImageFilter.GaussianBlur(0.7))


def in_perspective(page: Image.Image) -> Image.Image:
    """As seen from below: the upper edge is shorter."""
    width, height = page.size
    here = [(0.0, 0.0), (width, 0.0), (width, height), (0.0, height)]
    there = [(0.05 * width, 0.03 * height), (0.96 * width, 0.0), (width, height), (0.0, height)]
    rows = []
    for (x, y), (u, v) in zip(there, here, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
    by = np.linalg.solve(np.array(rows), np.array(here).reshape(8))
    return page.transform(
        page.size, Image.Transform.PERSPECTIVE, tuple(by), Image.Resampling.BICUBIC,
        fillcolor="white",
    )  # fmt: skip


def in_bad_light(page: Image.Image) -> Image.Image:
    """Grey paper, darker towards one side, and noise of a fixed seed."""
    pixels = np.asarray(page.convert("L"), dtype=float)
    light = np.linspace(0.9, 0.5, pixels.shape[1])
    noise = np.random.default_rng(7).normal(0, 6, pixels.shape)
    return Image.fromarray(np.clip(pixels * light + 20 + noise, 0, 255).astype("uint8"))


_DISTORTIONS = (tilted, upside_down, blurred, in_perspective, in_bad_light)


@pytest.mark.parametrize("nodes", [0, FIRST_NODES, 14])
@pytest.mark.parametrize("distort", _DISTORTIONS, ids=lambda f: f.__name__)
def test_photo__of_a_page__codes_are_read(
    nodes: int, distort: Any, pages: dict[int, tuple[BillFile, bytes]]
) -> None:
    bill, _ = pages[nodes]
    # A phone a hand's breadth away has some 150 pixels an inch; a scan of 100 dpi is tried above.
    page = Image.open(io.BytesIO(pages[nodes][1])).convert("RGB")
    photo = distort(page.resize((page.width * 3 // 2, page.height * 3 // 2)))
    read = read_codes(photo_codes(shown(photo, quality=70)))
    assert (read.header, read.inclusion) == (bill.header, bill.inclusion)


@pytest.mark.parametrize("nodes", [0, FIRST_NODES])
def test_scan_at_100_dpi__askew_and_packed_as_jpeg__codes_are_read(
    nodes: int, pages: dict[int, tuple[BillFile, bytes]]
) -> None:
    bill, png = pages[nodes]
    page = Image.open(io.BytesIO(png)).convert("RGB")
    scan = page.rotate(2, Image.Resampling.BICUBIC, fillcolor="white")
    read = read_codes(photo_codes(shown(scan.filter(ImageFilter.GaussianBlur(0.4)), quality=75)))
    assert (read.header, read.inclusion) == (bill.header, bill.inclusion)


def test_photo__one_of_two_codes_covered__is_named(
    pages: dict[int, tuple[BillFile, bytes]],
) -> None:
    page = Image.open(io.BytesIO(pages[14][1])).convert("RGB")
    page.paste("white", (0, 20, page.width // 3, 170))
    with pytest.raises(MalformedInput, match="second code"):
        read_codes(photo_codes(shown(page)))


def test_photo__without_a_bills_code__is_refused() -> None:
    blank = shown(Image.new("L", (200, 200), 255))
    with pytest.raises(MalformedInput, match="no code"):
        photo_codes(blank)
    other = Image.fromarray(
        np.asarray(zxingcpp.create_barcode("https://x.example", zxingcpp.BarcodeFormat.QRCode)
                   .to_image(scale=6))
    )  # fmt: skip
    with pytest.raises(MalformedInput, match="no code"):
        photo_codes(shown(other))


@pytest.mark.parametrize(
    "data", [b"", b"GIF89a", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0" + bytes(50)]
)
def test_picture__none__is_refused(data: bytes) -> None:
    with pytest.raises(MalformedInput, match="PNG or JPEG"):
        photo_codes(data)


def test_picture__too_large__is_refused_before_it_is_unpacked() -> None:
    with pytest.raises(TooLarge):
        photo_codes(bytes(MAX_BYTES + 1))
    huge = shown(Image.new("1", (10_000, 7_000)))
    with pytest.raises(TooLarge, match="pixels"):
        photo_codes(huge)
