"""Read: a stored bill with its content, and the bill file once it is anchored."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from typing import Any

from frontend_api.commitment.bill_file import BillFile
from frontend_api.commitment.canonical import read_json
from frontend_api.commitment.fields import fields_of
from frontend_api.commitment.receipt import ReceiptFile
from frontend_api.commitment.secrets import content_key, token
from frontend_api.domain.anchor import Inclusion
from frontend_api.domain.errors import NotAnchoredYet, NotFound, Unavailable
from frontend_api.domain.numbers import BillNumber
from frontend_api.domain.receipt import Receipt
from frontend_api.domain.states import Role
from frontend_api.flow.desk import Desk
from frontend_api.ports import Anchored, Caller, StoredBill


@dataclass(frozen=True, slots=True)
class OpenedBill:
    """A stored bill, its decrypted content and seed (32 bytes)."""

    stored: StoredBill
    content: dict[str, Any]
    seed: bytes


def visible_bill(desk: Desk, caller: Caller, number: BillNumber) -> StoredBill:
    """The bill, if it is the caller's to see. Raises NotFound, alike for "no" and "not yours"."""
    stored = desk.bills.find(number.key)
    if stored is None or not _may_see(desk, caller, stored):
        raise NotFound(f"no bill {number} that you may see")
    return stored


def _may_see(desk: Desk, caller: Caller, stored: StoredBill) -> bool:
    if caller.role is Role.ISSUER:
        return stored.issuer == caller.owner
    if caller.role is Role.PAYER:
        return desk.views.granted(stored.bill.number.key, caller.owner, stored.bill.header.holder)
    return caller.role is Role.SUPERVISOR


def bill_by_token(desk: Desk, number: BillNumber, given: str) -> StoredBill:
    """The bill whose QR was scanned. An unknown bill and a wrong token answer alike (NotFound)."""
    stored = desk.bills.find(number.key)
    expected = token(_seed(desk, stored)) if stored else token(bytes(32))
    if not hmac.compare_digest(expected.encode(), given.encode()) or stored is None:
        raise NotFound("no bill with this number and code: check what was scanned or typed")
    return stored


def open_bill(desk: Desk, stored: StoredBill) -> OpenedBill:
    """Decrypt the content. Raises SignerUnavailable if the keys are not the right ones."""
    seed = _seed(desk, stored)
    plain = desk.vault.under(content_key(seed)).open(
        stored.bill.sealed_content, f"bill-content/{stored.bill.number.key}"
    )
    return OpenedBill(stored, read_json(plain), seed)


def _seed(desk: Desk, stored: StoredBill) -> bytes:
    return desk.vault.open(stored.bill.sealed_seed, f"bill-seed/{stored.bill.number.key}")


def verify_url(opened: OpenedBill) -> str:
    """What the QR says; the address is the one committed to when the bill was issued."""
    key = opened.stored.bill.number.key
    return f"{opened.content['verify_at']}/b/{key}/{token(opened.seed)}"


def require_anchored(stored: StoredBill) -> Anchored:
    """Where the bill is anchored. Raises NotAnchoredYet."""
    if stored.anchored is None:
        raise NotAnchoredYet(
            f"bill {stored.bill.number} is accepted and safe, but not on the chain yet: "
            "ask again in a moment"
        )
    return stored.anchored


def receipt_of(
    desk: Desk, stored: StoredBill, inclusion: Inclusion | None = None
) -> ReceiptFile | None:
    """The promise made when the bill was accepted, signed; None if none was made."""
    if stored.anchor_by is None:
        return None
    receipt = Receipt(stored.bill.number, stored.bill.leaf, stored.accepted_at, stored.anchor_by)
    return desk.receipts.give(receipt, inclusion)


def inclusion_of(desk: Desk, stored: StoredBill) -> Inclusion:
    """The bill's audit path. Raises NotAnchoredYet, Unavailable (leaves lost or altered here)."""
    anchored = require_anchored(stored)
    tree = desk.tree_of(anchored.batch_id, anchored.count)
    if tree.root != anchored.root:  # a proof that leads elsewhere must not leave the house
        raise Unavailable(
            f"the bills of batch {anchored.batch_id} are not those that the chain has: "
            "the database was altered, or restored from before"
        )
    index = stored.bill.number.key - anchored.batch_id
    return Inclusion(anchored.batch_id, index, tree.size, tree.path(index))


def bill_file_of(desk: Desk, stored: StoredBill) -> BillFile:
    """The machine-readable bill with its proof. Raises NotAnchoredYet."""
    anchored = require_anchored(stored)
    opened = open_bill(desk, stored)
    return BillFile(
        header=stored.bill.header,
        fields=fields_of(opened.content, opened.seed),
        inclusion=inclusion_of(desk, stored),
        anchor=anchored.anchor,
        deployment=desk.platform.deployment,
        layout=desk.layout_of(stored.kind),
        verify_url=verify_url(opened),
    )
