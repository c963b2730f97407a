"""An OFD taken apart and put together again, with something altered."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

Part = Callable[[str, bytes], bytes | None]
LISTED, FILE = "Doc_0/Attachs/Attachments.xml", "Doc_0/Attachs/piaolian-bill.json"


def repacked(
    ofd: bytes,
    change: Part,
    *,
    more: tuple[tuple[str, bytes], ...] = (),
    method: int = zipfile.ZIP_STORED,
) -> bytes:
    """Each part as ``change`` gives it back (None: left out), and ``more`` parts behind."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(ofd)) as old, zipfile.ZipFile(out, "w", method) as new:
        for name in old.namelist():
            data = change(name, old.read(name))
            if data is not None:
                new.writestr(name, data)
        for name, data in more:
            new.writestr(name, data)
    return out.getvalue()
