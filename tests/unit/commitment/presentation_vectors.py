"""Writes ``docs/protocol/presentation.json``: run it after a change that is meant."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from bill_example import BILL_FILE

from frontend_api.commitment.field_set import field_set
from frontend_api.commitment.presentation import presentation_of

FILE = Path(__file__).resolve().parents[3] / "docs" / "protocol" / "presentation.json"
SHOWN = ("/holder/name", "/lines/1", "/sample")
NAMED = ("/check_code", "/lines/0", "/staff/handler")
SETS: tuple[tuple[str, ...], ...] = ((), ("/lines",), ("/lines", "/holder/name", "/lines"))


def vectors() -> dict[str, Any]:
    """A presentation of the bill in ``vectors.json``, and digests of sets of fields."""
    made = presentation_of(BILL_FILE, SHOWN, NAMED).to_bytes()
    return {
        "what": "Vectors for docs/protocol.md, section 19: of the bill in vectors.json",
        "shown": list(SHOWN),
        "named": list(NAMED),
        "text": made.decode(),
        "sha256": "0x" + hashlib.sha256(made).hexdigest(),
        "field_sets": [{"fields": list(s), "digest": "0x" + field_set(s).hex()} for s in SETS],
    }


if __name__ == "__main__":
    FILE.write_text(json.dumps(vectors(), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
