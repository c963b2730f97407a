"""Ways to alter a presentation, each with what the verifier says of it."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable
from typing import Any

Value = dict[str, Any]
Alteration = tuple[str, Callable[[Value], None], str]


def place_of(value: Value, path: str) -> int:
    """Where the field stands among all."""
    return next(i for i, f in enumerate(value["fields"]) if f[-2] == path)


def digest_of(field: list[Any]) -> str:
    """The digest of a shown field, worked out here."""
    text = json.dumps(field, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    disclosure = base64.urlsafe_b64encode(text).rstrip(b"=")
    return "0x" + hashlib.sha256(disclosure).hexdigest()


def _set(path: str, position: int, new: Any) -> Callable[[Value], None]:
    def alter(value: Value) -> None:
        value["fields"][place_of(value, path)][position] = new

    return alter


def _withhold(path: str) -> Callable[[Value], None]:
    def alter(value: Value) -> None:
        at = place_of(value, path)
        value["fields"][at] = [path, digest_of(value["fields"][at])]

    return alter


def _drop(path: str) -> Callable[[Value], None]:
    def alter(value: Value) -> None:
        del value["fields"][place_of(value, path)]

    return alter


def _swap(value: Value) -> None:
    fields = value["fields"]
    fields[0], fields[1] = fields[1], fields[0]


def _twice(value: Value) -> None:
    at = place_of(value, "/total")
    value["fields"].insert(at, value["fields"][at])


def _hide_the_order(value: Value) -> None:
    """Names withheld fields away and puts them elsewhere."""
    withheld = [f for f in value["fields"] if len(f) == 2]
    for field in withheld:
        field[0] = None
    value["fields"].remove(withheld[0])
    value["fields"].append(withheld[0])


def _header(name: str, new: Any) -> Callable[[Value], None]:
    def alter(value: Value) -> None:
        value["header"][name] = new

    return alter


def _member(part: str, name: str, new: Any) -> Callable[[Value], None]:
    def alter(value: Value) -> None:
        value[part][name] = new

    return alter


ALTERATIONS: tuple[Alteration, ...] = (
    ("value of a shown field", _set("/holder/name", 2, "李四"), "content-altered"),
    ("salt of a shown field", _set("/holder/name", 0, "A" * 22), "content-altered"),
    ("name of a shown field", _set("/holder/name", 1, "/holder/named"), "content-altered"),
    ("total", _set("/total", 2, 1), "content-altered"),
    ("digest of a withheld field", _set("/check_code", 1, "0x" + "00" * 32), "content-altered"),
    ("withheld field left out", _drop("/check_code"), "content-altered"),
    ("shown field left out", _drop("/holder/name"), "content-altered"),
    ("two fields change places", _swap, "fields-disordered"),
    ("a field stands twice", _twice, "fields-disordered"),
    ("withheld fields moved", _hide_the_order, "content-altered"),
    ("withheld under a name out of order", _set("/check_code", 0, "/zzz"), "fields-disordered"),
    ("total withheld", _withhold("/total"), "must-be-shown"),
    ("issuer's name withheld", _withhold("/issuer/name"), "must-be-shown"),
    ("issuer's code withheld", _withhold("/issuer/uscc"), "must-be-shown"),
    ("amount in the header", _header("amount_fen", 1_626_000), "content-disagrees"),
    ("at source in the header", _header("at_source_fen", 0), "content-disagrees"),
    ("time in the header", _header("issued_at", 1_780_000_001), "content-disagrees"),
    ("currency in the header", _header("currency", "USD"), "content-disagrees"),
    ("number in the header", _header("bill_no", "0000000004"), "content-disagrees"),
    ("holder in the header", _header("holder", "0x" + "01" * 32), "root-differs"),
    ("root in the header", _header("content_root", "0x" + "01" * 32), "content-altered"),
    ("place in the batch", _member("proof", "index", 3), "wrong-place"),
    ("size of the batch", _member("proof", "size", 6), "outside-batch"),
    ("no audit path", _member("proof", "path", []), "proof-malformed"),
    ("another block", _member("anchor", "block_number", 40), "block-differs"),
    ("another transaction", _member("anchor", "transaction", "0x" + "00" * 32), "block-differs"),
    ("another registry", _member("chain", "bill_registry", "0x" + "66" * 20), "forged-contracts"),
    ("another chain", _member("chain", "chain_id", 1), "forged-contracts"),
)

# What is no presentation at all: the member that is named.
MALFORMED: tuple[Alteration, ...] = (
    ("unknown member", lambda v: v.update(note=1), "/note"),
    ("other format", lambda v: v.update(format="piaolian-bill/1"), "/format"),
    ("no fields", lambda v: v.pop("fields"), "/fields"),
    ("short digest", _set("/check_code", 1, "0x00"), "/fields/4"),
    ("digest of another type", _set("/check_code", 1, 7), "/fields/4"),
    ("withheld without slash", _set("/check_code", 0, "check_code"), "/fields/4"),
    ("withheld deeper than can be", _set("/check_code", 0, "/a" * 33), "/fields/4"),
    ("fraction", _set("/total", 2, 1.5), "/fields/19"),
    ("capital hexadecimal", _header("holder", "0x" + "AB" * 32), "/header/holder"),
    ("negative amount", _header("amount_fen", -1), "/header/amount_fen"),
    ("path too long", _member("proof", "path", ["0x" + "00" * 32] * 33), "/proof/path"),
)
