"""The bill file (票据文件): the machine-readable bill and its proof in one JSON.

It is what a PDF carries inside, what stands beside it as ``.json``, and all that a verifier needs
besides a chain. Bytes in, values out; reading is strict, writing is canonical.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from frontend_api.commitment.canonical import MAX_DEPTH, canonical_json, has_fraction, read_json
from frontend_api.commitment.fields import Field, nest
from frontend_api.commitment.tree import MAX_PATH
from frontend_api.domain.anchor import Anchor, Deployment, Inclusion
from frontend_api.domain.bill import BillHeader
from frontend_api.domain.errors import FieldProblem, InvalidFields, TooLarge
from frontend_api.domain.field_errors import pointer
from frontend_api.domain.numbers import BillNumber

FORMAT = "piaolian-bill/1"
MAX_BYTES = 4 * 1024 * 1024  # a bill of 1,000 long lines is under 1 MiB

_ADDRESS = re.compile(r"0x[0-9a-fA-F]{40}\Z")
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
        h, p, a, d = self.header, self.inclusion, self.anchor, self.deployment
        return canonical_json(
            {
                "format": FORMAT,
                "header": {
                    "bill_code": h.number.code,
                    "bill_no": h.number.number,
                    "amount_fen": h.amount_fen,
                    "at_source_fen": h.at_source_fen,
                    "currency": h.currency,
                    "holder": _hex(h.holder),
                    "content_root": _hex(h.content_root),
                    "issued_at": h.issued_at,
                },
                "fields": [[f.salt, f.path, f.value] for f in self.fields],
                "proof": {
                    "batch_id": str(p.batch_id),
                    "index": p.index,
                    "size": p.size,
                    "path": [_hex(n) for n in p.path],
                },
                "anchor": {
                    "block_number": a.block_number,
                    "block_hash": _hex(a.block_hash),
                    "block_time": a.block_time,
                    "transaction": _hex(a.transaction),
                },
                "chain": {
                    "chain_id": d.chain_id,
                    "instance": _hex(d.instance),
                    **{name: getattr(d, name) for name in _CONTRACTS},
                },
                "face": {"layout": self.layout, "verify_url": self.verify_url},
            }
        )

    @classmethod
    def from_bytes(cls, data: bytes) -> BillFile:
        """Read a bill file. Raises MalformedInput, TooLarge or InvalidFields, naming the fault."""
        if len(data) > MAX_BYTES:
            raise TooLarge(f"a bill file has at most {MAX_BYTES} bytes")
        root = _Reader("", read_json(data))
        root.only("format", "header", "fields", "proof", "anchor", "chain", "face")
        if root.get("format", str) != FORMAT:
            raise InvalidFields([FieldProblem("/format", "unknown-format", f"must be {FORMAT!r}")])
        return cls(
            header=_read_header(root.child("header")),
            fields=_read_fields(root.get("fields", list)),
            inclusion=_read_inclusion(root.child("proof")),
            anchor=_read_anchor(root.child("anchor")),
            deployment=_read_deployment(root.child("chain")),
            layout=(face := root.child("face").only("layout", "verify_url")).get("layout", str),
            verify_url=face.get("verify_url", str),
        )


def _hex(data: bytes) -> str:
    return "0x" + data.hex()


class _Reader:
    """Takes typed members out of one JSON object and names the path of whatever is wrong."""

    def __init__(self, path: str, value: Any) -> None:
        if not isinstance(value, dict):
            raise InvalidFields([FieldProblem(path, "wrong-type", "must be an object")])
        self._path, self._value = path, value

    def only(self, *names: str) -> _Reader:
        extra = sorted(set(self._value) - set(names))
        if extra:
            raise self.problem(
                pointer([extra[0]])[1:], "unknown-field", "is not a field of a bill file"
            )
        return self

    def problem(self, name: str, code: str, message: str) -> InvalidFields:
        return InvalidFields([FieldProblem(f"{self._path}/{name}", code, message)])

    def get(self, name: str, kind: type) -> Any:
        if name not in self._value:
            raise self.problem(name, "missing", "is missing")
        value = self._value[name]
        if type(value) is not kind:
            raise self.problem(name, "wrong-type", f"must be of type {kind.__name__}")
        return value

    def child(self, name: str) -> _Reader:
        return _Reader(f"{self._path}/{name}", self.get(name, dict))

    def uint(self, name: str) -> int:
        value: int = self.get(name, int)
        if value < 0:
            raise self.problem(name, "negative", "must not be negative")
        return value

    def bytes32(self, name: str) -> bytes:
        return bytes(self.made(name, _bytes32))

    def made(self, name: str, make: Callable[[str], Any]) -> Any:
        try:
            return make(self.get(name, str))
        except ValueError as e:
            raise self.problem(name, "invalid", str(e)) from e


def _bytes32(text: str) -> bytes:
    try:
        data = bytes.fromhex(text[2:])
    except ValueError:
        data = b""
    if len(data) != 32 or text != _hex(data):
        raise ValueError("must be 32 bytes in lower-case hexadecimal with 0x")
    return data


def _address(text: str) -> str:
    if not _ADDRESS.match(text):
        raise ValueError("must be an address: 0x and 40 hexadecimal digits")
    return text


def _read_header(r: _Reader) -> BillHeader:
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


def _read_fields(raw: list[Any]) -> tuple[Field, ...]:
    fields = []
    for index, item in enumerate(raw):
        if not (
            isinstance(item, list)
            and len(item) == 3
            and isinstance(item[0], str)
            and isinstance(item[1], str)
            and item[1].startswith("/")
            and item[1].count("/") <= MAX_DEPTH
        ):
            raise InvalidFields(
                [FieldProblem(f"/fields/{index}", "wrong-type", "must be [salt, path, value]")]
            )
        if type(item[2]) not in (str, int) and has_fraction(item[2]):
            raise InvalidFields(
                [FieldProblem(f"/fields/{index}", "wrong-type", "must not have a fraction")]
            )
        fields.append(Field(*item))
    return tuple(fields)


def _read_inclusion(r: _Reader) -> Inclusion:
    r.only("batch_id", "index", "size", "path")
    path = []
    if len(r.get("path", list)) > MAX_PATH:
        raise r.problem(
            "path", "wrong-length", f"has more than {MAX_PATH} nodes: no batch is so deep"
        )
    for index, node in enumerate(r.get("path", list)):
        if not isinstance(node, str):
            raise r.problem(f"path/{index}", "wrong-type", "must be a text")
        try:
            path.append(_bytes32(node))
        except ValueError as e:
            raise r.problem(f"path/{index}", "invalid", str(e)) from e
    return Inclusion(r.made("batch_id", _key), r.uint("index"), r.uint("size"), tuple(path))


def _key(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) == 18):
        raise ValueError("must be 18 digits: the code and number of the batch's first bill")
    return BillNumber(int(text)).key


def _read_anchor(r: _Reader) -> Anchor:
    r.only("block_number", "block_hash", "block_time", "transaction")
    return Anchor(
        block_number=r.uint("block_number"),
        block_hash=r.bytes32("block_hash"),
        block_time=r.uint("block_time"),
        transaction=r.bytes32("transaction"),
    )


def _read_deployment(r: _Reader) -> Deployment:
    r.only("chain_id", "instance", *_CONTRACTS)
    addresses: Mapping[str, str] = {name: r.made(name, _address) for name in _CONTRACTS}
    return Deployment(chain_id=r.uint("chain_id"), instance=r.bytes32("instance"), **addresses)
