"""The fonts of the page and which characters they have.

Noto Sans SC and Noto Serif SC (OFL) come as a package, so that no page depends on what fonts a
machine happens to have. They hold all 8,105 characters of the Table of General Standard Chinese
Characters (通用规范汉字表), the whole basic block and Extension A. Noto Sans CJK JP (OFL) helps out
with some 1,600 characters of Extension B that stand in names, such as 𠮷.
"""

from __future__ import annotations

import struct
from bisect import bisect_right
from functools import cache
from importlib.metadata import version
from pathlib import Path

import noto_cjk_sans_jp_regular
import pylopdf_fonts_zh_cn

# Platform 0 (Unicode), subtable format 12: the only one that reaches beyond 16 bits.
_FORMAT_12 = 12
_BREAK_POINT = 0x200B  # zero width space: needs no glyph


def font_folders() -> list[Path]:
    """The folders that hold the fonts."""
    return [pylopdf_fonts_zh_cn.sans_path().parent, _rare().parent]


def fonts_version() -> str:
    """Versions of the font packages: others may draw another page."""
    return " ".join(version(name) for name in ("pylopdf-fonts-zh-cn", "noto-cjk-sans-jp-regular"))


def _rare() -> Path:
    return Path(str(noto_cjk_sans_jp_regular.FONT_PATH))


def displayable(text: str) -> str:
    """``text`` with each character that no font has written as its code: ``〔U+1F600〕``.

    A name must not vanish from a bill, and PDF/A forbids empty boxes; the bill file inside the
    document keeps the true character.
    """
    if text.isascii() or all(_drawable(c) for c in text):
        return text
    return "".join(c if _drawable(c) else f"〔U+{ord(c):04X}〕" for c in text)


@cache
def _drawable(character: str) -> bool:
    code = ord(character)
    return code == _BREAK_POINT or any(
        (i := bisect_right(starts, code) - 1) >= 0 and code <= ends[i] for starts, ends in _ranges()
    )


@cache
def _ranges() -> tuple[tuple[tuple[int, ...], tuple[int, ...]], ...]:
    paths = (pylopdf_fonts_zh_cn.sans_path(), pylopdf_fonts_zh_cn.serif_path(), _rare())
    return tuple(_coverage(path.read_bytes()) for path in paths)


def _coverage(font: bytes) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """First and last code points of each run in the font's ``cmap`` (OpenType, format 12)."""
    cmap = _table(font, b"cmap")
    count = struct.unpack_from(">H", cmap, 2)[0]
    for index in range(count):
        offset = struct.unpack_from(">L", cmap, 8 + 8 * index)[0]
        if struct.unpack_from(">H", cmap, offset)[0] == _FORMAT_12:
            groups = struct.unpack_from(">L", cmap, offset + 12)[0]
            runs = list(struct.iter_unpack(">LLL", cmap[offset + 16 : offset + 16 + 12 * groups]))
            return tuple(r[0] for r in runs), tuple(r[1] for r in runs)
    raise ValueError("the font has no Unicode cmap of format 12")


def _table(font: bytes, wanted: bytes) -> bytes:
    for index in range(struct.unpack_from(">H", font, 4)[0]):
        tag, _, offset, length = struct.unpack_from(">4sLLL", font, 12 + 16 * index)
        if tag == wanted:
            return font[offset : offset + length]
    raise ValueError(f"the font has no {wanted.decode()} table")
