"""Presentations (选择性出示): a bill of which only some fields are shown.

Where a field is withheld stands its digest, in its place, so that the content root is made again
all the same. Header, proof, anchor and chain are those of the bill file; there is no QR address,
whose token belongs to the holder.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from frontend_api.commitment.bill_file import (
    MAX_BYTES,
    BillFile,
    anchor_json,
    deployment_json,
    header_json,
    is_path,
    read_anchor,
    read_deployment,
    read_field,
    read_header,
)
from frontend_api.commitment.canonical import canonical_json, read_json
from frontend_api.commitment.fields import Field
from frontend_api.commitment.strict import (
    StrictReader,
    bytes32,
    has_format,
    hex_of,
    inclusion_json,
    read_inclusion,
)
from frontend_api.commitment.withheld import FieldInPart, Withheld, shown_of, withheld_of
from frontend_api.domain.anchor import Anchor, Deployment, Inclusion
from frontend_api.domain.bill import BillHeader
from frontend_api.domain.errors import FieldProblem, InvalidFields, TooLarge

FORMAT = "piaolian-presentation/1"

# Never withheld, and in every bill: header and batch say the same, and the code says the kind.
ALWAYS_SHOWN = (
    "/at_source",
    "/bill_code",
    "/bill_no",
    "/currency",
    "/issued_at",
    "/issuer/name",
    "/issuer/uscc",
    "/kind",
    "/total",
)
SHOWN_IF_THERE = "/sample"  # a demonstration bill must not pass for another
# Never shown: it stands for the holder, together with the token of the QR code.
NEVER_SHOWN = "/check_code"


@dataclass(frozen=True, slots=True)
class Presentation:
    """A bill in part. ``fields`` are in canonical order, those that are withheld in their place."""

    header: BillHeader
    fields: tuple[FieldInPart, ...]
    inclusion: Inclusion
    anchor: Anchor
    deployment: Deployment

    @property
    def shown(self) -> tuple[Field, ...]:
        """The disclosed fields."""
        return shown_of(self.fields)

    @property
    def withheld(self) -> tuple[Withheld, ...]:
        """The others."""
        return withheld_of(self.fields)

    def shown_part(self) -> BillFile:
        """The bill with its shown fields alone: enough for every check but that of integrity."""
        return BillFile(
            self.header, self.shown, self.inclusion, self.anchor, self.deployment, "", ""
        )

    def to_bytes(self) -> bytes:
        """Canonical JSON."""
        return canonical_json(
            {
                "format": FORMAT,
                "header": header_json(self.header),
                "fields": [
                    [f.salt, f.path, f.value]
                    if isinstance(f, Field)
                    else [f.path, hex_of(f.known_digest)]
                    for f in self.fields
                ],
                "proof": inclusion_json(self.inclusion),
                "anchor": anchor_json(self.anchor),
                "chain": deployment_json(self.deployment),
            }
        )

    @classmethod
    def from_bytes(cls, data: bytes) -> Presentation:
        """Read a presentation. Raises MalformedInput, TooLarge or InvalidFields."""
        if len(data) > MAX_BYTES:
            raise TooLarge(f"a presentation has at most {MAX_BYTES} bytes")
        root = StrictReader("", read_json(data), "a presentation")
        root.only("format", "header", "fields", "proof", "anchor", "chain")
        if root.get("format", str) != FORMAT:
            raise root.problem("format", "unknown-format", f"must be {FORMAT!r}")
        return cls(
            header=read_header(root.child("header")),
            fields=tuple(_read(f, i) for i, f in enumerate(root.get("fields", list))),
            inclusion=read_inclusion(root.child("proof")),
            anchor=read_anchor(root.child("anchor")),
            deployment=read_deployment(root.child("chain")),
        )


def is_presentation(data: bytes) -> bool:
    """Whether the bytes are meant as a presentation; nothing else is said about them."""
    return has_format(data, FORMAT, MAX_BYTES)


def presentation_of(file: BillFile, shown: Collection[str], named: Collection[str]) -> Presentation:
    """Show the fields whose paths are ``shown``, and those that are never withheld.

    Of the others, those in ``named`` are told by name. The check code is never shown.
    """
    keep = {*shown, *ALWAYS_SHOWN, SHOWN_IF_THERE} - {NEVER_SHOWN}
    fields = tuple(
        f if f.path in keep else Withheld(f.path if f.path in named else None, f.digest())
        for f in file.fields
    )
    return Presentation(file.header, fields, file.inclusion, file.anchor, file.deployment)


def _read(item: Any, index: int) -> FieldInPart:
    if not (isinstance(item, list) and len(item) == 2):
        return read_field(index, item)
    path, digest = item
    if path is not None and not is_path(path):
        raise InvalidFields([_problem(index, "wrong-type", "must be [path or null, digest]")])
    try:
        return Withheld(path, bytes32(digest if isinstance(digest, str) else ""))
    except ValueError as e:
        raise InvalidFields([_problem(index, "invalid", str(e))]) from e


def _problem(index: int, code: str, message: str) -> FieldProblem:
    return FieldProblem(f"/fields/{index}", code, message)
