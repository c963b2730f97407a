"""The kind of a bill: whose layout its documents have."""

from __future__ import annotations

from collections.abc import Mapping

import orjson

from frontend_api.commitment.bill_file import BillFile
from frontend_api.domain.errors import MalformedInput
from frontend_api.domain.kind import Kind


def kind_of(bill_file: BillFile, kinds: Mapping[str, Kind]) -> Kind:
    """The one kind that the bill says it is of. Raises MalformedInput for none of ``kinds``."""
    names = [f.value for f in bill_file.fields if f.path == "/kind"]
    kind = kinds.get(names[0]) if len(names) == 1 and type(names[0]) is str else None
    if kind is None:
        raise MalformedInput("is a bill of a kind that is not installed here")
    return kind


def shape_of_kind(kind: Kind) -> bytes:
    """What of a kind shapes a page, beside its layout file: other bytes, another version."""
    shaping = [kind.name, kind.title, kind.labels, kind.face, kind.schema]
    return orjson.dumps(shaping, option=orjson.OPT_SORT_KEYS, default=dict)
