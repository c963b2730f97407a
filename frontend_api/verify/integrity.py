"""(1) integrity: the content is what the header commits to, and says what the header says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from frontend_api.commitment.bill_file import BillFile
from frontend_api.commitment.canonical import MAX_DEPTH
from frontend_api.commitment.fields import Field, leaves_of, nest, paths_and_values
from frontend_api.commitment.shape import Shape, shape_of
from frontend_api.commitment.tree import root_of
from frontend_api.domain.bill import BillHeader
from frontend_api.domain.errors import MalformedInput
from frontend_api.verify.agreement import IN_HEADER, disagreement
from frontend_api.verify.report import Finding, invalid, valid

_SCALARS = frozenset({str, int, bool, type(None)})


def check_integrity(file: BillFile) -> Finding:
    """Judge the fields against the header; needs no chain and no pin."""
    return _fault_of(file.fields, file.header) or _agreement(file)


def whole_content(fields: Sequence[Field], header: BillHeader) -> dict[str, Any] | Finding:
    """The content that all fields make, if the header commits to them; else what is wrong."""
    return _fault_of(fields, header) or nest(fields)


def _fault_of(fields: Sequence[Field], header: BillHeader) -> Finding | None:
    try:
        shape = shape_of(fields)
        root = root_of(leaves_of(fields))
    except (UnicodeEncodeError, MalformedInput) as e:
        return invalid("content-malformed", detail=str(e))
    if not shape.ordered:
        return invalid("fields-disordered")
    if not shape.well_formed:
        return invalid("content-malformed", detail=f"nested deeper than {MAX_DEPTH} levels")
    if root != header.content_root:
        return invalid("content-altered")
    misfit = shape.misfit or _hidden(fields, shape)
    return invalid("content-malformed", detail=misfit) if misfit else None


def _hidden(fields: Sequence[Field], shape: Shape) -> str | None:
    """Why the fields say more than their paths: an object as value would show fields that were not
    committed to one by one. None if they do not."""
    if shape.scalars is not None and _SCALARS.issuperset(
        [type(fields[place].value) for place in shape.scalars]
    ):
        return None
    try:
        paths = sorted(path for path, _ in paths_and_values(nest(fields)))
    except (ValueError, TypeError) as e:
        return str(e) if type(e) is ValueError else "its fields do not fit together"
    same = paths == [field.path for field in fields]
    return None if same else "a field holds other fields"


def sum_fault(content: Mapping[str, Any], header: BillHeader) -> Finding | None:
    """What is wrong with the lines: they have to add up to the amount."""
    return None if _sum(content.get("lines")) == header.amount_fen else invalid("lines-do-not-sum")


def _agreement(file: BillFile) -> Finding:
    header, content = file.header, _top_of(file)
    name = disagreement(content, header, IN_HEADER)
    if name:
        return invalid("content-disagrees", field=name)
    # The QR code leads where the issuer's platform said, or a re-rendered page could lead away.
    if not file.verify_url.startswith(f"{content.get('verify_at')}/b/{header.number.key}/"):
        return invalid("content-disagrees", field="verify_at")
    return sum_fault(content, header) or valid("intact")


def _top_of(file: BillFile) -> dict[str, Any]:
    """What is compared: putting the whole content together would take as long as all the rest."""
    fields, shape = file.fields, shape_of(file.fields)
    places = ((name, shape.places.get(f"/{name}")) for name in (*IN_HEADER, "verify_at"))
    top: dict[str, Any] = {name: fields[at].value for name, at in places if at is not None}
    return top | {"lines": [fields[at].value for at in shape.lines]}


def _sum(lines: object) -> int | None:
    if not isinstance(lines, list):
        return None
    total = 0
    for line in lines:
        amount = line.get("amount") if isinstance(line, dict) else None
        if not isinstance(amount, int) or isinstance(amount, bool) or amount <= 0:
            return None
        total += amount
    return total
