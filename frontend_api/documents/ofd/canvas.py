"""Objects of an OFD page: texts with a place for every character, lines, boxes and drawings.

Millimetres from the top left corner. A text's ``y`` is its baseline.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count, groupby
from xml.sax.saxutils import escape

INK = "29 29 31"
FRAME = "138 51 36"
QUIET = "122 110 104"
RED = "215 38 30"
TINT = "251 246 242"

FONT_ID = 2  # in PublicRes.xml
_FIRST_ID = 100  # of objects; pages and the font have smaller ones
_BREAK = "\u200b"


def width_of(text: str, size: float) -> float:
    """How wide a text is: Chinese characters are square, others half as wide, as in 宋体."""
    return sum(_advance(c, size) for c in text)


def _advance(character: str, size: float) -> float:
    return size if unicodedata.east_asian_width(character) in "WFA" else size / 2


def fitting(text: str, size: float, room: float) -> float:
    """A size in which the text fits into ``room`` on one line, ``size`` at most."""
    return size * min(1.0, room / max(width_of(text, size), 0.1))


def wrapped(text: str, size: float, room: float) -> list[str]:
    """The text in lines that fit into ``room``; words and numbers stay whole where they can."""
    lines, line, used = [], "", 0.0
    for piece in _pieces(text.replace(_BREAK, "")):
        wide = width_of(piece, size)
        if line and used + wide > room:
            lines.append(line)
            line, used = "", 0.0
        for character in piece if wide > room else (piece,):
            step = width_of(character, size)
            if line and used + step > room:
                lines.append(line)
                line, used = "", 0.0
            line += character
            used += step
    return [*lines, line] if line or not lines else lines


def _pieces(text: str) -> Iterator[str]:
    """Chinese characters one by one, runs of others up to and with their space."""
    word = ""
    for character in text:
        if unicodedata.east_asian_width(character) in "WF":
            if word:
                yield word
                word = ""
            yield character
        else:
            word += character
            if character == " ":
                yield word
                word = ""
    if word:
        yield word


@dataclass
class Canvas:
    """One page's objects, in the order they are drawn; ``ids`` counts over the whole document."""

    ids: Iterator[int] = field(default_factory=lambda: count(_FIRST_ID))
    objects: list[str] = field(default_factory=list)

    def text(
        self,
        x: float,
        y: float,
        text: str | Sequence[str],
        size: float,
        *,
        colour: str = INK,
        leading: float = 0.0,
        alpha: int = 255,
        transform: str = "",
    ) -> None:
        """One text object, of one line or of several ``leading`` apart; nothing for no text."""
        lines = [line for line in ([text] if isinstance(text, str) else text) if line]
        if not lines:
            return
        lines = [line.replace(_BREAK, "") for line in lines]
        wide = max(width_of(line, size) for line in lines)
        box = f"{_n(x)} {_n(y - size)} {_n(wide)} {_n(size * 1.3 + leading * (len(lines) - 1))}"
        paint = f'Value="{colour}"' + (f' Alpha="{alpha}"' if alpha != 255 else "")
        codes = "".join(
            f'<ofd:TextCode X="0" Y="{_n(size + leading * i)}"{_deltas(line, size)}>'
            f"{escape(line)}</ofd:TextCode>"
            for i, line in enumerate(lines)
        )
        matrix = f' CTM="{transform}"' if transform else ""
        self.objects.append(
            f'<ofd:TextObject ID="{next(self.ids)}" Boundary="{box}" Font="{FONT_ID}"'
            f' Size="{_n(size)}"{matrix}><ofd:FillColor {paint}/>{codes}</ofd:TextObject>'
        )

    def right(self, x: float, y: float, text: str, size: float, *, colour: str = INK) -> None:
        """A text that ends at ``x``."""
        self.text(x - width_of(text.replace(_BREAK, ""), size), y, text, size, colour=colour)

    def centred(self, x: float, y: float, text: str, size: float, *, colour: str = INK) -> None:
        """A text with its middle at ``x``."""
        self.text(x - width_of(text.replace(_BREAK, ""), size) / 2, y, text, size, colour=colour)

    def line(self, x1: float, y1: float, x2: float, y2: float, wide: float = 0.18) -> None:
        """A straight rule."""
        data = f"M 0 0 L {_n(x2 - x1)} {_n(y2 - y1)}"
        self._path((x1, y1, x2 - x1, y2 - y1), data, stroke=FRAME, wide=wide)

    def box(self, x: float, y: float, w: float, h: float, fill: str) -> None:
        """A filled rectangle."""
        self._path((x, y, w, h), f"M 0 0 L {_n(w)} 0 L {_n(w)} {_n(h)} L 0 {_n(h)} C", fill=fill)

    def ellipse(self, x: float, y: float, w: float, h: float, wide: float) -> None:
        """The outline of an ellipse in that rectangle."""
        r = f"{_n(w / 2)} {_n(h / 2)} 0 1 1"
        data = f"M 0 {_n(h / 2)} A {r} {_n(w)} {_n(h / 2)} A {r} 0 {_n(h / 2)} C"
        self._path((x, y, w, h), data, stroke=RED, wide=wide)

    def drawing(self, x: float, y: float, side: float, data: str, units: float) -> None:
        """A filled drawing of ``units`` by ``units`` in a square."""
        scale = f"{_n(side / units)} 0 0 {_n(side / units)} 0 0"
        self._path((x, y, side, side), data, fill="0 0 0", transform=scale)

    def _path(
        self,
        boundary: tuple[float, float, float, float],
        data: str,
        *,
        stroke: str = "",
        fill: str = "",
        wide: float = 0.2,
        transform: str = "",
    ) -> None:
        paints = (f'<ofd:StrokeColor Value="{stroke}"/>' if stroke else "") + (
            f'<ofd:FillColor Value="{fill}"/>' if fill else ""
        )
        matrix = f' CTM="{transform}"' if transform else ""
        self.objects.append(
            f'<ofd:PathObject ID="{next(self.ids)}" Boundary="{" ".join(map(_n, boundary))}"'
            f' LineWidth="{_n(wide)}" Stroke="{str(bool(stroke)).lower()}"'
            f' Fill="{str(bool(fill)).lower()}"{matrix}>{paints}'
            f"<ofd:AbbreviatedData>{data}</ofd:AbbreviatedData></ofd:PathObject>"
        )


def _deltas(line: str, size: float) -> str:
    """The step from each character to the next; equal ones as ``g <how many> <step>``."""
    steps = [_n(_advance(c, size)) for c in line[:-1]]
    if not steps:
        return ""
    runs = [(step, len(list(same))) for step, same in groupby(steps)]
    text = " ".join(f"g {n} {step}" if n > 1 else step for step, n in runs)
    return f' DeltaX="{text}"'


def _n(value: float) -> str:
    """A number with at most three decimals: micrometres."""
    return f"{value:.3f}".rstrip("0").rstrip(".") or "0"
