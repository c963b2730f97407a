"""Pages of an OFD as pixels: its paths and texts drawn where the package says."""

from __future__ import annotations

import io
import re
import xml.etree.ElementTree as ET
import zipfile
from collections.abc import Iterator
from functools import cache

import pylopdf_fonts_zh_cn
from PIL import Image, ImageDraw, ImageFont

OFD = "{http://www.ofdspec.org/2016}"
_WIDTH, _HEIGHT = 210.0, 148.0  # millimetres
_FINER = 4  # drawn so many times larger, then averaged, as a renderer smooths edges
_SUBPATH = re.compile(r"M [^M]+")
_POINT = re.compile(r"[ML] (-?[\d.]+) (-?[\d.]+)")
_ARC = re.compile(r"A ([\d.]+) ([\d.]+) ")

Box = tuple[float, float, float, float]


def rendered(ofd: bytes, dpi: int = 100) -> Image.Image:
    """The first page with its template, in grey."""
    scale = dpi / 25.4 * _FINER
    image = Image.new("L", (round(_WIDTH * scale), round(_HEIGHT * scale)), 255)
    draw = ImageDraw.Draw(image)
    for element in _objects(ofd):
        box = _numbers(element.get("Boundary", ""))
        if element.tag == f"{OFD}PathObject":
            _path(draw, element, box, scale)
        elif element.get("CTM") is None:
            _text(draw, element, box, scale)
    return image.resize((image.width // _FINER, image.height // _FINER), Image.Resampling.BOX)


def boxes(ofd: bytes) -> tuple[list[Box], list[Box]]:
    """Where the codes stand, and where the texts do (x, y, width, height in millimetres)."""
    codes, texts = [], []
    for element in _objects(ofd):
        x, y, w, h = _numbers(element.get("Boundary", ""))
        if element.tag == f"{OFD}TextObject" and element.get("CTM") is None:
            texts.append((x, y, w, h))
        elif element.tag == f"{OFD}PathObject" and element.get("CTM"):
            codes.append((x, y, w, h))
    return codes, texts


def _objects(ofd: bytes) -> Iterator[ET.Element]:
    with zipfile.ZipFile(io.BytesIO(ofd)) as package:
        for name in ("Doc_0/Tpls/Tpl_0/Content.xml", "Doc_0/Pages/Page_0/Content.xml"):
            layer = ET.fromstring(package.read(name)).find(f"{OFD}Content/{OFD}Layer")
            assert layer is not None
            yield from layer


def _numbers(text: str) -> list[float]:
    return [float(number) for number in text.split()]


def _shade(element: ET.Element, name: str) -> int | None:
    found = element.find(f"{OFD}{name}")
    if found is None:
        return None
    red, green, blue = _numbers(found.get("Value", "0 0 0"))
    return round(0.299 * red + 0.587 * green + 0.114 * blue)


def _path(draw: ImageDraw.ImageDraw, element: ET.Element, box: list[float], scale: float) -> None:
    left, top, wide, high = box
    step = _numbers(element.get("CTM", "1 0 0 1 0 0"))[0]
    fill, stroke = _shade(element, "FillColor"), _shade(element, "StrokeColor")
    data = str(element.findtext(f"{OFD}AbbreviatedData"))
    thick = max(1, round(float(element.get("LineWidth", "0")) * scale))
    if _ARC.search(data):
        draw.ellipse([left * scale, top * scale, (left + wide) * scale, (top + high) * scale],
                     outline=stroke, width=thick)  # fmt: skip
        return
    for part in _SUBPATH.findall(data):
        points = [((left + float(x) * step) * scale, (top + float(y) * step) * scale)
                  for x, y in _POINT.findall(part)]  # fmt: skip
        if fill is not None:
            (x0, y0), (x1, y1) = points[0], points[2]
            draw.rectangle([round(x0), round(y0), round(x1) - 1, round(y1) - 1], fill=fill)
        elif stroke is not None:
            draw.line(points, fill=stroke, width=thick)


def _text(draw: ImageDraw.ImageDraw, element: ET.Element, box: list[float], scale: float) -> None:
    size = float(element.get("Size", "1"))
    shade = _shade(element, "FillColor")
    for code in element.iter(f"{OFD}TextCode"):
        x, y = box[0], box[1] + float(code.get("Y", "0"))
        steps = _steps(code.get("DeltaX", ""))
        for character in code.text or "":
            draw.text((x * scale, y * scale), character, fill=shade, anchor="ls",
                      font=_font(round(size * scale)))  # fmt: skip
            x += next(steps, 0.0)


def _steps(text: str) -> Iterator[float]:
    parts = iter(text.split())
    for part in parts:
        if part == "g":
            many, step = int(next(parts)), float(next(parts))
            yield from [step] * many
        else:
            yield float(part)


@cache
def _font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(pylopdf_fonts_zh_cn.sans_path()), max(1, size))
