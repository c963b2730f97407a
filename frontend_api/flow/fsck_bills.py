"""Every bill by itself: its content decrypts, and gives each column and the leaf again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from frontend_api.commitment.canonical import read_json
from frontend_api.commitment.fields import content_root, digests_of
from frontend_api.commitment.header import bill_leaf
from frontend_api.commitment.secrets import (
    account_of,
    content_key,
    custodial_holder_key,
    holder_of,
)
from frontend_api.domain.bill import BillHeader
from frontend_api.domain.errors import InputError, SignerUnavailable
from frontend_api.domain.numbers import BillNumber
from frontend_api.flow.fsck_findings import Finding, Level, mismatch
from frontend_api.ports import BillRow, Vault


def check_bill(row: BillRow, vault: Vault, instance: bytes) -> Iterator[Finding]:
    """What is wrong with one row of ``bills``, each column by its name."""
    name = bill_name(row.bill_key)
    try:
        seed = vault.open(_bytes(row.sealed_seed), f"bill-seed/{row.bill_key}")
    except SignerUnavailable:
        yield Finding(Level.MISMATCH, "bill-sealed-otherwise", name, "sealed_seed")
        return
    try:
        place = f"bill-content/{row.bill_key}"
        plain = vault.under(content_key(seed)).open(_bytes(row.sealed_content), place)
        content = read_json(plain)
        derived = _derived(content, seed)
    except (SignerUnavailable, InputError, KeyError, TypeError, ValueError):
        yield Finding(Level.MISMATCH, "bill-sealed-otherwise", name, "sealed_content")
        return
    wrong = [
        mismatch("bill-altered", name, field, getattr(row, field), value)
        for field, value in derived.items()
        if not _same(getattr(row, field), value)
    ]
    yield from wrong
    yield from _leaf(row, derived, account_of(custodial_holder_key(seed)), instance)


def _derived(content: dict[str, Any], seed: bytes) -> dict[str, Any]:
    """The columns that the content itself gives."""
    return {
        "bill_key": BillNumber.of(content["bill_code"], content["bill_no"]).key,
        "issuer": content["issuer"]["uscc"],
        "kind": content["kind"],
        "business_no": content["business_no"],
        "amount_fen": content["total"],
        "at_source_fen": content["at_source"],
        "currency": content["currency"],
        "content_root": content_root(digests_of(content, seed)),
        "issued_at": int(datetime.fromisoformat(content["issued_at"]).timestamp()),
    }


def _leaf(
    row: BillRow, derived: dict[str, Any], custodial: bytes, instance: bytes
) -> Iterator[Finding]:
    """The holder stands in no content: it and the leaf are judged by each other.

    One that is kept here is known from the seed; a wallet's is known from the leaf alone.
    """
    name = bill_name(row.bill_key)
    kept = holder_of(custodial)
    header = BillHeader(
        number=BillNumber(derived["bill_key"]),
        amount_fen=derived["amount_fen"],
        at_source_fen=derived["at_source_fen"],
        currency=derived["currency"],
        holder=kept,
        content_root=derived["content_root"],
        issued_at=derived["issued_at"],
    )
    stored = _bytes(row.holder)
    if len(stored) == len(kept) and _same(
        row.leaf, bill_leaf(replace(header, holder=stored), instance)
    ):
        return
    leaf = bill_leaf(header, instance)
    if _same(row.leaf, leaf):
        yield mismatch("bill-altered", name, "holder", row.holder, kept)
    elif stored == kept:
        yield mismatch("bill-altered", name, "leaf", row.leaf, leaf)
    else:
        yield mismatch("bill-altered", name, "holder or leaf", row.leaf, leaf)


def bill_name(bill_key: object) -> str:
    """As on the face, or the bare key if it cannot be one."""
    try:
        return str(BillNumber(bill_key)) if isinstance(bill_key, int) else str(bill_key)
    except ValueError:
        return str(bill_key)


def _bytes(value: Any) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "replace")


def _same(stored: Any, derived: Any) -> bool:
    return type(stored) is type(derived) and stored == derived
