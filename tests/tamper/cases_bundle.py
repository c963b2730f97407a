"""Bundles with one thing altered: every member, field, node and part."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

from frontend_api.commitment.canonical import canonical_json
from frontend_api.verify import TrustedBlocks

from .case import Case
from .recorded import Pin, bundle_json, deployment, genuine, hashes, judged, vectors

Alter = Callable[[dict[str, Any]], None]
BOTH = ("anchoring", "state")


def case(
    group: str,
    name: str,
    expected: str | tuple[str, ...],
    alter: Alter,
    *,
    of: str = "one",
    parts: tuple[str, ...] = BOTH,
) -> Case:
    """A bundle that ``alter`` changes in place; ``parts`` are the blocks that are trusted."""

    def forged() -> Any:
        made = bundle_json(of)
        alter(made)
        assert made != vectors()["bundles"][of], name
        return judged(made, hashes(of, parts))

    reasons = frozenset((expected,) if isinstance(expected, str) else expected)
    return Case(group, name, reasons, forged, lambda: genuine(of, parts))


def flipped(text: str, at: int = -1) -> str:
    """The hexadecimal text with one digit changed."""
    at %= len(text)
    return text[:at] + ("0" if text[at] != "0" else "1") + text[at + 1 :]


def setting(path: tuple[str | int, ...], value: Any) -> Alter:
    """Sets a member; a function of the old value gives the new one."""

    def alter(made: dict[str, Any]) -> None:
        node: Any = made
        for step in path[:-1]:
            node = node[step]
        node[path[-1]] = value(node[path[-1]]) if callable(value) else value

    return alter


def of_header() -> Iterator[Case]:
    """Every member of the bill's header."""
    rows: list[tuple[str, Any, str]] = [
        ("amount_fen", lambda v: v + 1, "content-disagrees"),
        ("at_source_fen", lambda v: v - 1, "content-disagrees"),
        ("currency", "USD", "content-disagrees"),
        ("issued_at", lambda v: v + 1, "content-disagrees"),
        ("bill_no", lambda v: f"{int(v) + 1:010d}", "wrong-place"),
        ("bill_code", "46060127", "wrong-place"),
        ("holder", flipped, "root-differs"),
        ("content_root", flipped, "content-altered"),
        ("amount_fen", 0, "unreadable"),
        ("amount_fen", -5, "unreadable"),
        ("amount_fen", 1000.5, "unreadable"),
        ("amount_fen", "100000", "unreadable"),
        ("at_source_fen", lambda v: v * 10, "unreadable"),
        ("currency", "cny", "unreadable"),
        ("holder", lambda v: v.upper(), "unreadable"),
        ("holder", lambda v: v[:-2], "unreadable"),
        ("bill_no", "0000000000", "unreadable"),
    ]
    for row, (name, value, reason) in enumerate(rows):
        yield case("header", f"{name}, {row}", reason, setting(("header", name), value))
    for name in bundle_json()["header"]:
        yield case("header", f"{name} missing", "unreadable", lambda b, n=name: b["header"].pop(n))


def of_fields() -> Iterator[Case]:
    """Every field: its salt, path and value, its place, and whether it is there."""
    fields = bundle_json()["fields"]
    for i, (_, path, value) in enumerate(fields):
        for what, at, new in (
            ("salt", 0, lambda v: v[:-1] + ("A" if v[-1] != "A" else "Q")),
            ("path", 1, lambda v: v + "x"),
            ("value", 2, _other),
        ):
            expected = ("content-altered", "fields-disordered")
            yield case("fields", f"{path} {what}", expected, setting(("fields", i, at), new))
        yield case("fields", f"{path} left out", _ALTERED, lambda b, i=i: b["fields"].pop(i))
        yield case(
            "fields", f"{path} twice", ("fields-disordered",),
            lambda b, i=i: b["fields"].insert(i, b["fields"][i]),
        )  # fmt: skip
        yield case(
            "fields", f"{path} withheld with another digest", "content-altered",
            setting(("fields", i), "0x" + "ab" * 32),
        )  # fmt: skip
        if i:
            yield case("fields", f"{path} before its neighbour", "fields-disordered", _swapped(i))
        if type(value) is int:
            yield case("fields", f"{path} as text", _ALTERED, setting(("fields", i, 2), str(value)))


_ALTERED = "content-altered"


def _other(value: Any) -> Any:
    if isinstance(value, dict):
        return {**value, "amount": value["amount"] + 1}
    return value + 1 if isinstance(value, int) else value + "0"


def _swapped(i: int) -> Alter:
    def alter(made: dict[str, Any]) -> None:
        made["fields"][i - 1 : i + 1] = made["fields"][i - 1 : i + 1][::-1]

    return alter


def of_withheld() -> Iterator[Case]:
    """A bundle in part: digests altered, moved, or replaced by a made-up field."""
    fields = bundle_json("withheld")["fields"]
    for i, item in enumerate(fields):
        if isinstance(item, str):
            yield case(
                "withheld", f"digest {i}", _ALTERED, setting(("fields", i), flipped), of="withheld"
            )
            yield case(
                "withheld", f"digest {i} filled in", (_ALTERED, "fields-disordered"),
                setting(("fields", i), ["A" * 22, "/holder/name", "李四"]), of="withheld",
            )  # fmt: skip
            yield case(
                "withheld", f"digest {i} left out", _ALTERED,
                lambda b, i=i: b["fields"].pop(i), of="withheld",
            )  # fmt: skip
        else:
            yield case(
                "withheld", f"{item[1]} value", _ALTERED,
                setting(("fields", i, 2), _other), of="withheld",
            )  # fmt: skip


def of_path() -> Iterator[Case]:
    """The place in the batch, and every node of the audit path."""
    nodes = len(bundle_json()["proof"]["path"])
    wrong = ("root-differs", "proof-malformed")
    for i in range(nodes):
        for at in (2, 33, -1):
            yield case(
                "path", f"node {i} digit {at}", "root-differs",
                setting(("proof", "path", i), lambda v, at=at: flipped(v, at)),
            )  # fmt: skip
        yield case("path", f"node {i} left out", wrong, lambda b, i=i: b["proof"]["path"].pop(i))
        yield case(
            "path", f"node {i} twice", wrong,
            lambda b, i=i: b["proof"]["path"].insert(i, b["proof"]["path"][i]),
        )  # fmt: skip
        yield case(
            "path", f"node {i} cut", "unreadable", setting(("proof", "path", i), lambda v: v[:-2])
        )
    yield case("path", "reversed", "root-differs", setting(("proof", "path"), lambda p: p[::-1]))
    yield case("path", "empty", "proof-malformed", setting(("proof", "path"), []))
    yield case(
        "path", "of 33 nodes", "unreadable", setting(("proof", "path"), ["0x" + "00" * 32] * 33)
    )
    yield case("path", "index", "wrong-place", setting(("proof", "index"), lambda v: v + 1))
    for size in (0, 1, 4, 6, 2**32):
        yield case(
            "path", f"size {size}", ("outside-batch", "root-differs", "proof-malformed",
            "wrong-place"), setting(("proof", "size"), size),
        )  # fmt: skip
    yield case("path", "batch", "wrong-place", setting(("proof", "batch_id"), "460601260000000002"))
    yield case("path", "batch and index", ("receipt-of-another", "state-unproved"), _other_batch)


def _other_batch(made: dict[str, Any]) -> None:
    made["proof"]["batch_id"] = "460601260000000002"
    made["proof"]["index"] -= 1


def of_chain() -> Iterator[Case]:
    """The deployment that the bundle names, and the one that is trusted."""
    for name in ("issuer_registry", "bill_registry", "consent_registry", "reimbursement_ledger"):
        yield case("chain", name, "forged-contracts", setting(("chain", name), flipped))
    yield case("chain", "chain_id", "forged-contracts", setting(("chain", "chain_id"), 1))
    yield case("chain", "instance", "not-pinned", setting(("chain", "instance"), flipped))
    foreign = bundle_json("foreign")
    yield case("chain", "another deployment", "not-pinned", lambda b: b.update(foreign))

    def claimed(made: dict[str, Any]) -> None:
        made.update(foreign | {"chain": made["chain"]})

    yield case(
        "chain", "another deployment under our name",
        ("receipt-of-another", "code-differs"), claimed,
    )  # fmt: skip

    code = bytes.fromhex(vectors()["registry_code"][2:])
    trusts = {
        "nothing trusted": (lambda: judged(bundle_json(), TrustedBlocks()), "needs-trusted-block"),
        "another block trusted": (
            lambda: judged(bundle_json(), TrustedBlocks(frozenset({bytes(32)}))),
            "needs-trusted-block",
        ),
        "other code trusted": (
            lambda: judged(bundle_json(), pins=Pin((deployment(),), code[::-1])), "code-differs",
        ),
        "another deployment trusted": (
            lambda: judged(bundle_json(), pins=Pin((deployment("foreign_deployment"),))),
            "not-pinned",
        ),
    }  # fmt: skip
    for name, (judge, reason) in trusts.items():
        yield Case("chain", name, frozenset({reason}), judge, genuine)


def of_text() -> Iterator[Case]:
    """The bytes of the file: cut off, doubled, strange."""
    whole = canonical_json(bundle_json())
    text = whole.decode()
    forms = {
        **{f"cut to {part}/8": whole[: len(whole) * part // 8] for part in range(8)},
        "cut by one": whole[:-1],
        "something after it": whole + b"{}",
        "byte order mark": b"\xef\xbb\xbf" + whole,
        "UTF-16": text.encode("utf-16"),
        "a list around it": b"[" + whole + b"]",
        "another format": whole.replace(b"piaolian-proof/1", b"piaolian-proof/2"),
        "a bill's format": whole.replace(b"piaolian-proof/1", b"piaolian-bill/1"),
        "NaN": text.replace('"index":17', '"index":NaN').encode(),
        "deep": text.replace('"index":17', '"index":' + "[" * 99 + "]" * 99).encode(),
    }
    for name in ("format", "header", "fields", "proof", "chain", "receipt", "state"):
        again = json.dumps({name: bundle_json()[name]}, ensure_ascii=False)[1:-1]
        forms[f"{name} twice"] = (text[:-1] + "," + again + "}").encode()
        forms[f"{name} missing"] = _json(lambda b, n=name: b.pop(n))
        forms[f"{name} null"] = _json(lambda b, n=name: b.update({n: None}))
    for name in ("header", "proof", "chain", "receipt", "state"):
        forms[f"{name} with a stranger"] = _json(lambda b, n=name: b[n].update(stranger=1))
        first = next(iter(bundle_json()[name].items()))
        inner = f'"{name}":{{{json.dumps(first[0])}:{json.dumps(first[1])},'
        forms[f"{name} member twice"] = text.replace(f'"{name}":{{', inner, 1).encode()
    for name, data in forms.items():
        yield Case(
            "text", name, frozenset({"unreadable"}),
            lambda data=data: judged(data), genuine,
        )  # fmt: skip


def _json(alter: Alter) -> bytes:
    made = bundle_json()
    alter(made)
    return canonical_json(made)
