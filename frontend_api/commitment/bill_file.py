"""The bill file (票据文件): the machine-readable bill and its proof in one JSON.

It is what a PDF carries inside, what stands beside it as ``.json``, and all that a verifier needs
besides a chain. Bytes in, values out; reading is strict, writing is canonical.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from frontend_api.commitment.canonical import MAX_DEPTH, canonical_json, has_fraction, read_json
from frontend_api.commitment.fields import Field, nest
from frontend_api.commitment.plain_file import PlainAnchor, PlainChain, PlainFile, read_plain_file
from frontend_api.commitment.shape import shape_of
from frontend_api.commitment.strict import (
    StrictReader,
    address,
    bytes32,
    hex_of,
    inclusion_json,
    nodes,
    read_inclusion,
    read_key,
)
from frontend_api.domain.anchor import Anchor, Deployment, Inclusion
from frontend_api.domain.bill import BillHeader
from frontend_api.domain.errors import FieldProblem, InvalidFields, TooLarge
from frontend_api.domain.numbers import BillNumber

FORMAT = "piaolian-bill/1"
MAX_BYTES = 4 * 1024 * 1024  # a bill of 1,000 long lines is under 1 MiB

_CONTRACTS = ("issuer_registry", "bill_registry", "consent_registry", "reimbursement_ledger")


@dataclass(frozen=True, slots=True)
class BillFile:
    """A whole bill with its proof. ``fields`` are in canonical order; ``verify_url`` is the QR's.

    ``layout`` names the version of the face, so that the page can be made again to the byte.
    """

    header: BillHeader
    fields: tuple[Field, ...]
    inclusion: Inclusion
    anchor: Anchor
    deployment: Deployment
    layout: str
    verify_url: str

    def content(self) -> dict[str, Any]:
        """The nested content. Raises ValueError if the fields' paths do not fit together."""
        return nest(self.fields)

    def to_bytes(self) -> bytes:
        """Canonical JSON."""
        return canonical_json(
            {
                "format": FORMAT,
                "header": header_json(self.header),
                "fields": [[f.salt, f.path, f.value] for f in self.fields],
                "proof": inclusion_json(self.inclusion),
                "anchor": anchor_json(self.anchor),
                "chain": deployment_json(self.deployment),
                "face": {"layout": self.layout, "verify_url": self.verify_url},
            }
        )

    @classmethod
    def from_bytes(cls, data: bytes) -> BillFile:
        """Read a bill file. Raises MalformedInput, TooLarge or InvalidFields, naming the fault."""
        if len(data) > MAX_BYTES:
            raise TooLarge(f"a bill file has at most {MAX_BYTES} bytes")
        plain = read_plain_file(data)
        return (plain and _of_plain(plain)) or cls._read_with_care(data)

    @classmethod
    def _read_with_care(cls, data: bytes) -> BillFile:
        root = StrictReader("", read_json(data), "a bill file")
        root.only("format", "header", "fields", "proof", "anchor", "chain", "face")
        if root.get("format", str) != FORMAT:
            raise InvalidFields([FieldProblem("/format", "unknown-format", f"must be {FORMAT!r}")])
        return cls(
            header=read_header(root.child("header")),
            fields=tuple(
                read_field(index, item) for index, item in enumerate(root.get("fields", list))
            ),
            inclusion=read_inclusion(root.child("proof")),
            anchor=read_anchor(root.child("anchor")),
            deployment=read_deployment(root.child("chain")),
            layout=(face := root.child("face").only("layout", "verify_url")).get("layout", str),
            verify_url=face.get("verify_url", str),
        )


def _of_plain(file: PlainFile) -> BillFile | None:
    """The bill file, unless something about it has to be named."""
    h, p = file.header, file.proof
    if file.format != FORMAT or not shape_of(file.fields).well_formed:
        return None
    try:
        return BillFile(
            header=BillHeader(
                number=BillNumber.of(h.bill_code, h.bill_no),
                amount_fen=h.amount_fen,
                at_source_fen=h.at_source_fen,
                currency=h.currency,
                holder=bytes32(h.holder),
                content_root=bytes32(h.content_root),
                issued_at=h.issued_at,
            ),
            fields=file.fields,
            inclusion=Inclusion(read_key(p.batch_id), p.index, p.size, nodes(p.path)),
            anchor=_plain_anchor(file.anchor),
            deployment=_plain_deployment(file.chain),
            layout=file.face.layout,
            verify_url=file.face.verify_url,
        )
    except ValueError:
        return None


# Bills that are read together often come from the same batch, nearly always from the same chain.
@lru_cache(1024)
def _plain_anchor(a: PlainAnchor) -> Anchor:
    return Anchor(a.block_number, bytes32(a.block_hash), a.block_time, bytes32(a.transaction))


@lru_cache(64)
def _plain_deployment(c: PlainChain) -> Deployment:
    addresses = (c.issuer_registry, c.bill_registry, c.consent_registry, c.reimbursement_ledger)
    return Deployment(c.chain_id, bytes32(c.instance), *map(address, addresses))


def header_json(header: BillHeader) -> dict[str, Any]:
    """A header's members."""
    return {
        "bill_code": header.number.code,
        "bill_no": header.number.number,
        "amount_fen": header.amount_fen,
        "at_source_fen": header.at_source_fen,
        "currency": header.currency,
        "holder": hex_of(header.holder),
        "content_root": hex_of(header.content_root),
        "issued_at": header.issued_at,
    }


def anchor_json(anchor: Anchor) -> dict[str, Any]:
    """An anchor's members."""
    return {
        "block_number": anchor.block_number,
        "block_hash": hex_of(anchor.block_hash),
        "block_time": anchor.block_time,
        "transaction": hex_of(anchor.transaction),
    }


def deployment_json(deployment: Deployment) -> dict[str, Any]:
    """A deployment's members."""
    return {
        "chain_id": deployment.chain_id,
        "instance": hex_of(deployment.instance),
        **{name: getattr(deployment, name) for name in _CONTRACTS},
    }


def read_header(r: StrictReader) -> BillHeader:
    """What :func:`header_json` wrote. Raises InvalidFields."""
    r.only(
        "bill_code", "bill_no", "amount_fen", "at_source_fen", "currency", "holder",
        "content_root", "issued_at",
    )  # fmt: skip
    try:
        return BillHeader(
            number=BillNumber.of(r.get("bill_code", str), r.get("bill_no", str)),
            amount_fen=r.uint("amount_fen"),
            at_source_fen=r.uint("at_source_fen"),
            currency=r.get("currency", str),
            holder=r.bytes32("holder"),
            content_root=r.bytes32("content_root"),
            issued_at=r.uint("issued_at"),
        )
    except ValueError as e:
        raise InvalidFields([FieldProblem("/header", "invalid", str(e))]) from e


def read_field(index: int, item: Any) -> Field:
    """One disclosed field, ``[salt, path, value]``. Raises InvalidFields with its index."""
    if not (
        isinstance(item, list) and len(item) == 3 and isinstance(item[0], str) and is_path(item[1])
    ):
        raise InvalidFields(
            [FieldProblem(f"/fields/{index}", "wrong-type", "must be [salt, path, value]")]
        )
    if type(item[2]) not in (str, int) and has_fraction(item[2]):
        raise InvalidFields(
            [FieldProblem(f"/fields/{index}", "wrong-type", "must not have a fraction")]
        )
    return Field(*item)


def is_path(value: Any) -> bool:
    """Whether it can be the path of a field."""
    return isinstance(value, str) and value.startswith("/") and value.count("/") <= MAX_DEPTH


def read_anchor(r: StrictReader) -> Anchor:
    """What :func:`anchor_json` wrote. Raises InvalidFields."""
    r.only("block_number", "block_hash", "block_time", "transaction")
    return Anchor(
        block_number=r.uint("block_number"),
        block_hash=r.bytes32("block_hash"),
        block_time=r.uint("block_time"),
        transaction=r.bytes32("transaction"),
    )


def read_deployment(r: StrictReader) -> Deployment:
    """What :func:`deployment_json` wrote. Raises InvalidFields."""
    r.only("chain_id", "instance", *_CONTRACTS)
    addresses: Mapping[str, str] = {name: r.made(name, address) for name in _CONTRACTS}
    return Deployment(chain_id=r.uint("chain_id"), instance=r.bytes32("instance"), **addresses)
