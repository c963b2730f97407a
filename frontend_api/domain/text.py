"""Which text may stand on a bill: NFC, no control and no bidirectional characters."""

from __future__ import annotations

import re
import unicodedata

# C0, DEL, C1; bidirectional controls; zero-width, filling and tag characters, which nobody sees;
# line and paragraph separators; interlinear marks, BOM, noncharacters, lone surrogates. Each can
# make a face say what the data does not.
_FORBIDDEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u180e\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\u3164\ufdd0-\ufdef\ufeff\uffa0\ufff9-\ufffb\ufffe\uffff\ud800-\udfff"
    "\U000e0000-\U000e007f]"
)

# Printable, and yet nobody sees them: the rest of the above is what Python calls not printable.
_INVISIBLE = ("\u034f", "\u115f", "\u1160", "\u3164", "\uffa0")


def is_plain(value: str) -> bool:
    """A quick look: True only for a text without a fault, False also for some sound ones."""
    if value.isascii():
        return value.isprintable()
    return (
        value.isprintable()
        and not any(character in value for character in _INVISIBLE)
        and unicodedata.is_normalized("NFC", value)
    )


def text_fault(value: str) -> str | None:
    """Why ``value`` may not stand on a bill, in words; None if it may."""
    found = _FORBIDDEN.search(value)
    if found:
        return f"contains a control or invisible character (U+{ord(found.group()):04X}): remove it"
    if not value.isascii() and not unicodedata.is_normalized("NFC", value):
        return "is not in Unicode normal form NFC: normalise it before sending"
    return None
