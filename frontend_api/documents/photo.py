"""Reading a bill's QR codes from a photo or a scan."""

from __future__ import annotations

import io
from collections.abc import Iterator

import zxingcpp
from PIL import Image, ImageOps

from frontend_api.commitment.offline_code import is_offline_code, lacks_second
from frontend_api.domain.errors import MalformedInput, TooLarge

MAX_BYTES = 32 * 1024 * 1024
MAX_PIXELS = 64_000_000  # a phone's largest; what claims more is refused before it is unpacked
_FORMATS = ("PNG", "JPEG")
# A page of 100 dpi has less than two pixels a module, which reads better when enlarged.
_SCALES = (1.0, 2.0, 3.0, 1.5, 0.5)
_MOST_ENLARGED = 24_000_000  # pixels


def photo_codes(data: bytes) -> list[str]:
    """The texts of a bill's offline codes in a PNG or JPEG.

    Raises TooLarge, and MalformedInput for what is no picture, or shows no such code.
    """
    if len(data) > MAX_BYTES:
        raise TooLarge(f"the picture is larger than {MAX_BYTES // 2**20} MiB")
    found: dict[str, None] = {}
    qr = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
    for picture in _pictures(data):
        for code in zxingcpp.read_barcodes(picture, formats=qr):
            if is_offline_code(code.text):
                found[code.text] = None
        if found and not _is_half(list(found)):
            return list(found)
    if not found:
        raise MalformedInput(
            "no code with a bill's proof can be read in the picture: take it from closer, flat and "
            "in good light, or pass the code's text with --qr"
        )
    return list(found)


def _is_half(texts: list[str]) -> bool:
    """Whether another look may find the other code of a bill that has two."""
    if not any("#" in text for text in texts):
        return True
    try:
        return lacks_second(texts)
    except MalformedInput:
        return False


def _pictures(data: bytes) -> Iterator[Image.Image]:
    """The picture in grey at several sizes."""
    try:
        with Image.open(io.BytesIO(data), formats=_FORMATS) as opened:
            if opened.width * opened.height > MAX_PIXELS:
                raise TooLarge(f"the picture has more than {MAX_PIXELS} pixels")
            picture = ImageOps.exif_transpose(opened).convert("L")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as e:
        raise MalformedInput(f"is not a PNG or JPEG picture: {e}") from e
    for scale in _SCALES:
        size = round(picture.width * scale), round(picture.height * scale)
        if scale <= 1 or size[0] * size[1] <= _MOST_ENLARGED:
            yield picture if scale == 1 else _scaled(picture, size)


def _scaled(picture: Image.Image, size: tuple[int, int]) -> Image.Image:
    return picture.resize((max(1, size[0]), max(1, size[1])), Image.Resampling.LANCZOS)
