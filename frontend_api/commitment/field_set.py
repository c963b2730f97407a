"""Sets of fields: JSON Pointers, each of which stands for a field and for all below it."""

from __future__ import annotations

import hashlib
from collections.abc import Collection

from frontend_api.commitment.canonical import canonical_json

ALL_FIELDS = bytes(32)  # a grant's field set that leaves nothing out


def field_set(pointers: Collection[str]) -> bytes:
    """The digest (32 bytes) that a grant names: of the pointers, sorted and each once.

    Raises MalformedInput for texts without canonical form.
    """
    ordered = sorted(set(pointers))  # by code point, which is the order of the UTF-8 bytes too
    return hashlib.sha256(canonical_json(ordered)).digest()


def covers(pointers: Collection[str], path: str) -> bool:
    """Whether the field at ``path`` is one of the set."""
    return any(path == p or path.startswith(p + "/") for p in pointers)
