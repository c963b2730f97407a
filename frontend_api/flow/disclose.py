"""Disclose (选择性出示): which fields of a bill are shown to whom.

Presets are lists of fields by the reader's purpose; whoever holds the bill may give another list.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from frontend_api.commitment.bill_file import BillFile
from frontend_api.commitment.field_set import ALL_FIELDS, covers, field_set
from frontend_api.commitment.presentation import NEVER_SHOWN, Presentation, presentation_of
from frontend_api.domain.checks import Body
from frontend_api.domain.errors import FieldProblem, InvalidFields, NotAllowed
from frontend_api.domain.kind import Kind
from frontend_api.domain.numbers import BillNumber
from frontend_api.domain.request_schema import request_schema
from frontend_api.domain.states import Role
from frontend_api.flow.desk import Desk
from frontend_api.flow.read import bill_file_of, visible_bill
from frontend_api.ports import Caller, StoredBill

# What each needs, besides what every presentation shows (commitment/presentation.py).
PRESETS: Mapping[str, tuple[str, ...]] = {
    # who reimburses by what was paid for, to whom it was done, and why
    "payer": (
        "/business_no", "/detail", "/holder", "/issuer", "/lines", "/related", "/supervisor",
    ),
    # who reimburses by the amount, and need not know what for
    "employer": ("/holder/name", "/holder/type", "/issuer", "/related", "/supervisor"),
    # who only has to see that there is such a bill
    "stranger": (),
    # the holder's own copy
    "all": ("",),
}  # fmt: skip
# Added to every request by the platform, so that every bill has them.
_OF_EVERY_BILL = ("/check_code", "/issuer/outlet", "/supervisor/name", "/verify_at")


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be shown: ``pointers`` as a set of fields; a preset need not fit every bill."""

    pointers: tuple[str, ...]
    preset: bool


def wish_of(to: str | None, pointers: Sequence[str] | None) -> Wish:
    """A preset's name or a list of pointers: one of the two. Raises InvalidFields."""
    if (to is None) == (pointers is None):
        raise _fault("to", "invalid", "give either `to` or `fields`")
    if pointers is not None:
        return Wish(tuple(pointers), preset=False)
    if to is None or to not in PRESETS:
        raise _fault("to", "not-a-choice", f"must be one of {', '.join(PRESETS)}")
    return Wish(PRESETS[to], preset=True)


def read_wish(read: Body) -> Wish:
    """``to`` or ``fields`` of a request's body. Raises InvalidFields."""
    to = read.label("to", "")
    pointers = read.pointers("fields")
    read.done()
    return wish_of(to or None, pointers)


def disclose(file: BillFile, wish: Wish, kind: Kind) -> Presentation:
    """The presentation of a bill. Raises InvalidFields for a pointer to nothing in it."""
    if not wish.preset:
        for index, pointer in enumerate(wish.pointers):
            found = [f.path for f in file.fields if covers((pointer,), f.path)]
            if not found or found == [NEVER_SHOWN]:
                raise _fault(
                    f"fields/{index}", "unknown", f"the bill has no field {pointer!r} to show"
                )
    return _presented(file, wish.pointers, kind)


def present_bill(desk: Desk, caller: Caller, number: BillNumber, wish: Wish) -> Presentation:
    """The presentation of a stored bill, to whom may read it.

    A payer whose grant is for some fields only has to ask for just those. Raises NotFound,
    NotAllowed, NotAnchoredYet, InvalidFields.
    """
    stored = visible_bill(desk, caller, number)
    file, kind = bill_file_of(desk, stored), desk.kinds[stored.kind]
    granted = _granted(desk, caller, stored)
    if ALL_FIELDS in granted:
        return disclose(file, wish, kind)
    if field_set(wish.pointers) not in granted:
        raise NotAllowed(
            "the holder's grant is for a list of fields: send that very list as `fields`"
        )
    return _presented(file, wish.pointers, kind)


def require_all_fields(desk: Desk, caller: Caller, stored: StoredBill) -> None:
    """Raises NotAllowed for a payer whose grants are all for some fields only."""
    if ALL_FIELDS not in _granted(desk, caller, stored):
        raise NotAllowed(
            "the holder's grant is for some fields: ask for a presentation of those (POST "
            "…/presentations)"
        )


def told_names(file: BillFile, kind: Kind) -> frozenset[str]:
    """Names of fields that may be told though the fields are withheld.

    Those that every bill of the kind has, and the lines, whose number has to be known. That an
    optional field is there may say much about a person, so its name is not told.
    """
    required = {*_required("", request_schema(kind)), *_OF_EVERY_BILL}
    return frozenset(
        f.path for f in file.fields if f.path in required or covers(["/lines"], f.path)
    )


def _presented(file: BillFile, pointers: Collection[str], kind: Kind) -> Presentation:
    shown = {f.path for f in file.fields if covers(pointers, f.path)}
    return presentation_of(file, shown, told_names(file, kind))


def _granted(desk: Desk, caller: Caller, stored: StoredBill) -> frozenset[bytes]:
    """The field sets that the caller may see."""
    if caller.role is not Role.PAYER:
        return frozenset({ALL_FIELDS})
    key = stored.bill.number.key
    return desk.views.field_sets(key, caller.owner, stored.bill.header.holder)


def _required(prefix: str, schema: Mapping[str, Any]) -> Iterator[str]:
    for name in schema.get("required", ()):
        inner = schema.get("properties", {}).get(name, {})
        yield f"{prefix}/{name}"
        yield from _required(f"{prefix}/{name}", inner)


def _fault(name: str, code: str, message: str) -> InvalidFields:
    return InvalidFields([FieldProblem(f"/{name}", code, message)])
