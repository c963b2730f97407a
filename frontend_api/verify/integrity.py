"""(1) integrity: the content is what the header commits to, and says what the header says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from frontend_api.commitment.bill_file import BillFile
from frontend_api.commitment.canonical import MAX_DEPTH
from frontend_api.commitment.fields import leaves_of, paths_and_values
from frontend_api.commitment.shape import Shape, shape_of
from frontend_api.commitment.tree import root_of
from frontend_api.domain.errors import MalformedInput
from frontend_api.domain.numbers import NUMBERS_PER_CODE
from frontend_api.verify.report import Finding, invalid, valid

_SCALARS = frozenset({str, int, bool, type(None)})


def check_integrity(file: BillFile) -> Finding:
    """Judge the fields against the header; needs no chain and no pin."""
    try:
        shape = shape_of(file.fields)
        root = root_of(leaves_of(file.fields))
    except (UnicodeEncodeError, MalformedInput) as e:
        return invalid("content-malformed", detail=str(e))
    if not shape.ordered:
        return invalid("fields-disordered")
    if not shape.well_formed:
        return invalid("content-malformed", detail=f"nested deeper than {MAX_DEPTH} levels")
    if root != file.header.content_root:
        return invalid("content-altered")
    misfit = shape.misfit or _hidden(file, shape)
    if misfit:
        return invalid("content-malformed", detail=misfit)
    return _agreement(file, shape)


def _hidden(file: BillFile, shape: Shape) -> str | None:
    """Why the fields say more than their paths: an object as value would show fields that were not
    committed to one by one. None if they do not."""
    fields = file.fields
    if shape.scalars is not None and _SCALARS.issuperset(
        [type(fields[place].value) for place in shape.scalars]
    ):
        return None
    try:
        paths = sorted(path for path, _ in paths_and_values(file.content()))
    except (ValueError, TypeError) as e:
        return str(e) if type(e) is ValueError else "its fields do not fit together"
    same = paths == [field.path for field in fields]
    return None if same else "a field holds other fields"


def _agreement(file: BillFile, shape: Shape) -> Finding:
    header, number = file.header, file.header.number
    code, serial = divmod(number.key, NUMBERS_PER_CODE)
    stated: Mapping[str, object] = {
        "bill_code": f"{code:08d}",
        "bill_no": f"{serial:010d}",
        "total": header.amount_fen,
        "at_source": header.at_source_fen,
        "currency": header.currency,
    }

    def value(name: str) -> object:
        place = shape.places.get(f"/{name}")
        return None if place is None else file.fields[place].value

    for name, said in stated.items():
        found = value(name)
        if type(found) is not type(said) or found != said:
            return invalid("content-disagrees", field=name)
    if _seconds(value("issued_at")) != header.issued_at:
        return invalid("content-disagrees", field="issued_at")
    # The QR code leads where the issuer's platform said, or a re-rendered page could lead away.
    if not file.verify_url.startswith(f"{value('verify_at')}/b/{number.key}/"):
        return invalid("content-disagrees", field="verify_at")
    if _sum([file.fields[place].value for place in shape.lines]) != header.amount_fen:
        return invalid("lines-do-not-sum")
    return valid("intact")


def _seconds(text: object) -> int | None:
    try:
        moment = datetime.fromisoformat(text) if isinstance(text, str) else None
        return int(moment.timestamp()) if moment and moment.tzinfo else None
    except (ValueError, OverflowError):
        return None


def _sum(lines: Sequence[Any]) -> int | None:
    total = 0
    for line in lines:
        amount = line.get("amount") if isinstance(line, dict) else None
        if not isinstance(amount, int) or isinstance(amount, bool) or amount <= 0:
            return None
        total += amount
    return total
