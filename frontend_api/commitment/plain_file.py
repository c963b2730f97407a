"""The plain form of a bill file, which nearly every one has: read in one go, in C.

A closer look (see ``bill_file``) is only needed for what is not of this form. It is narrower than
what may be read: canonical to the byte, no escaped character, nothing to be named as wrong. So
what is read here means the same as when it is read with care.
"""

from __future__ import annotations

from typing import Annotated, NoReturn

import msgspec
import orjson

from frontend_api.commitment.canonical import CANONICAL, MAX_DEPTH, is_shallow
from frontend_api.commitment.fields import Field
from frontend_api.commitment.tree import MAX_PATH

_Uint = Annotated[int, msgspec.Meta(ge=0, lt=2**53)]
_Code = Annotated[str, msgspec.Meta(min_length=8, max_length=8)]
_Number = Annotated[str, msgspec.Meta(min_length=10, max_length=10)]
_Batch = Annotated[str, msgspec.Meta(min_length=18, max_length=18)]
_Nodes = Annotated[list[str], msgspec.Meta(max_length=MAX_PATH)]


# Members stand in the order of their names, as the canonical form has them.
class _Strict(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    pass


class PlainAnchor(_Strict, frozen=True):
    """``anchor`` as it is written."""

    block_hash: str
    block_number: _Uint
    block_time: _Uint
    transaction: str


class PlainChain(_Strict, frozen=True):
    """``chain`` as it is written."""

    bill_registry: str
    chain_id: _Uint
    consent_registry: str
    instance: str
    issuer_registry: str
    reimbursement_ledger: str


class PlainFace(_Strict, frozen=True):
    """``face`` as it is written."""

    layout: str
    verify_url: str


class PlainHeader(_Strict, frozen=True):
    """``header`` as it is written."""

    amount_fen: _Uint
    at_source_fen: _Uint
    bill_code: _Code
    bill_no: _Number
    content_root: str
    currency: str
    holder: str
    issued_at: _Uint


class PlainProof(_Strict, frozen=True):
    """``proof`` as it is written."""

    batch_id: _Batch
    index: _Uint
    path: _Nodes
    size: _Uint


class PlainFile(_Strict, frozen=True):
    """A bill file as it is written."""

    anchor: PlainAnchor
    chain: PlainChain
    face: PlainFace
    fields: tuple[Field, ...]
    format: str
    header: PlainHeader
    proof: PlainProof


def read_plain_file(data: bytes) -> PlainFile | None:
    """The file, if it is of the plain form; None says nothing about it."""
    if b"\\" in data:
        return None
    try:
        file: PlainFile = _DECODER.decode(data)
        orjson.dumps([field.value for field in file.fields], option=CANONICAL)  # no huge integer
    except (msgspec.MsgspecError, orjson.JSONEncodeError, ValueError, RecursionError):
        return None
    # A name that stands twice, a space or 1.0 for 1 would be written otherwise.
    if _ENCODER.encode(file) != data or not _is_shallow(data, file):
        return None
    return file


def _is_shallow(data: bytes, file: PlainFile) -> bool:
    # All brackets but those of the fields themselves, were they inside each other.
    depth = data.count(b"[") + data.count(b"{") - len(file.fields) + 1
    return depth <= MAX_DEPTH or is_shallow(data)


def _no_fraction(digits: str) -> NoReturn:
    raise ValueError(digits)


_DECODER = msgspec.json.Decoder(PlainFile, float_hook=_no_fraction)
_ENCODER = msgspec.json.Encoder(order="deterministic")
