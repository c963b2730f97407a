"""Bill files with one thing altered, judged with the chain at hand."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from typing import Any

from unit.verify.support import NOW, Pins, world

from frontend_api.commitment.canonical import canonical_json
from frontend_api.domain.errors import InputError
from frontend_api.verify import VerificationReport, unreadable_report, verify

from .case import Case
from .cases_bundle import Alter, flipped, setting

_WORLD = world()
_BILL = json.loads(_WORLD.bill.to_bytes())


def report_on(data: bytes) -> VerificationReport:
    try:
        return verify(data, _WORLD.chain, Pins(), NOW)
    except InputError as e:
        return unreadable_report(e, NOW)


@cache
def _genuine() -> VerificationReport:
    return report_on(canonical_json(_BILL))


def _case(name: str, reasons: str | tuple[str, ...], alter: Alter | bytes) -> Case:
    if isinstance(alter, bytes):
        data = alter
    else:
        made = json.loads(json.dumps(_BILL))
        alter(made)
        assert made != _BILL, name
        data = canonical_json(made)
    expected = frozenset((reasons,) if isinstance(reasons, str) else reasons)
    return Case(
        "bill file", name, expected,
        lambda: report_on(data), _genuine,
    )  # fmt: skip


def of_members() -> Iterator[Case]:
    """Every member that says something."""
    rows: list[tuple[tuple[str | int, ...], Any, str]] = [
        (("header", "amount_fen"), lambda v: v + 1, "content-disagrees"),
        (("header", "at_source_fen"), 0, "content-disagrees"),
        (("header", "currency"), "USD", "content-disagrees"),
        (("header", "issued_at"), lambda v: v + 1, "content-disagrees"),
        (("header", "bill_no"), "0000000004", "wrong-place"),
        (("header", "holder"), flipped, "root-differs"),
        (("header", "content_root"), flipped, "content-altered"),
        (("proof", "index"), 1, "wrong-place"),
        (("proof", "size"), 4, "proof-malformed"),
        (("proof", "batch_id"), "460601260000000002", "wrong-place"),
        (("proof", "path"), [], "proof-malformed"),
        (("anchor", "block_number"), 42, "block-differs"),
        (("anchor", "block_hash"), flipped, "block-differs"),
        (("anchor", "block_time"), lambda v: v + 1, "block-differs"),
        (("anchor", "transaction"), flipped, "block-differs"),
        (("chain", "chain_id"), 1, "forged-contracts"),
        (("chain", "instance"), flipped, "not-pinned"),
        (("chain", "issuer_registry"), flipped, "forged-contracts"),
        (("chain", "bill_registry"), flipped, "forged-contracts"),
        (("chain", "consent_registry"), flipped, "forged-contracts"),
        (("chain", "reimbursement_ledger"), flipped, "forged-contracts"),
        (("face", "verify_url"), "https://evil.example/b/1/x", "content-disagrees"),
    ]
    for path, value, reason in rows:
        yield _case("/".join(map(str, path)), reason, setting(path, value))
    for i in range(len(_BILL["proof"]["path"])):
        yield _case(f"node {i}", "root-differs", setting(("proof", "path", i), flipped))
    for i, (_, path, _) in enumerate(_BILL["fields"]):
        yield _case(f"{path} salt", "content-altered", setting(("fields", i, 0), "A" * 22))
        yield _case(f"{path} value", "content-altered", setting(("fields", i, 2), "other"))
        yield _case(f"{path} left out", "content-altered", lambda b, i=i: b["fields"].pop(i))


def of_text() -> Iterator[Case]:
    """The bytes of the file."""
    whole = canonical_json(_BILL)
    for part in range(8):
        yield _case(f"cut to {part}/8", "unreadable", whole[: len(whole) * part // 8])
    for name in _BILL:
        again = json.dumps({name: _BILL[name]})[1:-1].encode()
        yield _case(f"{name} twice", "unreadable", whole[:-1] + b"," + again + b"}")
        yield _case(f"{name} missing", "unreadable", lambda b, n=name: b.pop(n))
    yield _case("a stranger", "unreadable", lambda b: b.update(stranger=1))
    yield _case("fields turned round", "fields-disordered", setting(("fields",), lambda v: v[::-1]))
