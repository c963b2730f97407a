"""Receipts: whether the promise was kept, and what cannot be said."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import pytest

from frontend_api.commitment.canonical import canonical_json
from frontend_api.commitment.eip712 import DigestSigner
from frontend_api.commitment.header import bill_leaf
from frontend_api.commitment.receipt import ReceiptFile, ReceiptOffice
from frontend_api.domain.receipt import Receipt
from frontend_api.verify import VerificationReport, verify_receipt

from .support import ANCHORED_AT, NOW, PINNED, Pins, World, world

KEY = DigestSigner(b"\x21" * 32)
STRANGER = DigestSigner(b"\x22" * 32)


@dataclass(frozen=True)
class Trusted(Pins):
    """Implements ``TrustedReceipts``."""

    signer: str | None = KEY.address

    def receipt_signer(self, instance: bytes) -> str | None:
        return self.signer if self.find(instance) else None


def receipt_of(
    genuine: World, *, by: int = ANCHORED_AT, proved: bool = True, key: DigestSigner = KEY
) -> ReceiptFile:
    header = genuine.bill.header
    receipt = Receipt(header.number, bill_leaf(header, PINNED.instance), ANCHORED_AT - 60, by)
    return ReceiptOffice(PINNED, key).give(receipt, genuine.bill.inclusion if proved else None)


def judged(genuine: World, receipt: ReceiptFile, trusted: Any = None) -> VerificationReport:
    genuine.chain.events[0].args["count"] = genuine.bill.inclusion.size  # type: ignore[index]
    return verify_receipt(receipt, genuine.chain, trusted or Trusted(), NOW)


def said(report: VerificationReport) -> tuple[str, str, int]:
    return *(check.reason for check in report.verdicts), report.exit_code()  # type: ignore[return-value]


def test_promise__anchored_in_the_very_second__kept(genuine: World) -> None:
    report = judged(genuine, receipt_of(genuine))
    assert said(report) == ("promised", "promise-kept", 0)
    assert report.verdict("promise").finding.facts == {"time": ANCHORED_AT, "by": ANCHORED_AT}
    assert (report.bill_no, report.chain_id) == (genuine.bill.header.number.number, 46600)
    assert "2026" in report.verdict("promise").words("zh")


def test_promise__a_second_later__late(genuine: World) -> None:
    late = receipt_of(genuine, by=ANCHORED_AT - 1)
    assert said(judged(genuine, late)) == ("promised", "promise-late", 1)


def test_promise__from_bytes__the_same(genuine: World) -> None:
    data = canonical_json(receipt_of(genuine).to_json())
    assert said(verify_receipt(data, genuine.chain, Trusted(), NOW))[2] == 0


@pytest.mark.parametrize(("by", "reason"), [(NOW - 1, "promise-broken"), (NOW, "promise-open")])
def test_promise__not_on_the_chain__broken_once_it_is_due(
    genuine: World, by: int, reason: str
) -> None:
    genuine.chain.batches.clear()
    genuine.chain.events.clear()
    report = verify_receipt(receipt_of(genuine, by=by), genuine.chain, Trusted(), NOW)
    assert said(report) == ("promised", reason, 1 if reason == "promise-broken" else 2)


def test_promise__no_proof__number_found_by_its_event_and_nothing_more_is_said(
    genuine: World,
) -> None:
    report = judged(genuine, receipt_of(genuine, proved=False))
    assert said(report) == ("promised", "promise-unproved", 2)


def test_promise__alone_in_its_batch__needs_no_proof(genuine: World) -> None:
    receipt = receipt_of(genuine, proved=False)
    key, first = receipt.receipt.number.key, genuine.bill.inclusion.batch_id
    alone = replace(genuine.chain.batches[first], batch_id=key, count=1, root=receipt.receipt.leaf)
    genuine.chain.batches[key] = alone
    genuine.chain.events[0] = replace(genuine.chain.events[0], args={"batch_id": key, "count": 1})
    assert said(verify_receipt(receipt, genuine.chain, Trusted(), NOW))[1] == "promise-kept"
    genuine.chain.batches[key] = replace(alone, root=bytes(32))
    assert said(verify_receipt(receipt, genuine.chain, Trusted(), NOW))[1] == "root-differs"


def test_promise__another_bill_under_the_number__is_not_the_promised_one(genuine: World) -> None:
    receipt = receipt_of(genuine)
    other = ReceiptOffice(PINNED, KEY).give(
        replace(receipt.receipt, leaf=bytes(32)), receipt.inclusion
    )
    assert said(judged(genuine, other)) == ("promised", "root-differs", 1)


def test_promise__proof_of_another_batch__looked_up_by_event(genuine: World) -> None:
    receipt = receipt_of(genuine)
    assert receipt.inclusion
    astray = replace(receipt, inclusion=replace(receipt.inclusion, batch_id=460601260000000900))
    assert said(judged(genuine, astray))[1] == "promise-unproved"
    short = replace(receipt, inclusion=replace(receipt.inclusion, path=()))
    assert said(judged(genuine, short))[1] == "proof-malformed"


def test_signature__by_another_key_or_of_another_promise__forged(genuine: World) -> None:
    forged = [receipt_of(genuine, key=STRANGER)]
    genuine_one = receipt_of(genuine)
    longer = replace(genuine_one.receipt, anchor_by=NOW)
    forged.append(replace(genuine_one, receipt=longer))
    for receipt in forged:
        assert said(judged(genuine, receipt)) == ("receipt-forged", "needs-signature", 1)


@pytest.mark.parametrize("change", [{"chain_id": 1}, {"bill_registry": "0x" + "11" * 20}], ids=str)
def test_signature__other_chain_or_contract_named__forged(
    genuine: World, change: dict[str, Any]
) -> None:
    report = judged(genuine, replace(receipt_of(genuine), **change))
    assert said(report) == ("forged-contracts", "needs-signature", 1)


def test_signature__nothing_pinned__unknown(genuine: World) -> None:
    receipt = receipt_of(genuine)
    assert said(judged(genuine, receipt, Trusted(())))[::2] == ("not-pinned", 2)
    unnamed = Trusted(signer=None)
    assert said(judged(genuine, receipt, unnamed))[::2] == ("receipt-key-not-pinned", 2)


def test_chain__does_not_answer_or_is_another__promise_unknown() -> None:
    for answers in range(4):
        genuine = world()
        genuine.chain.dead_after = answers
        assert said(judged(genuine, receipt_of(genuine))) == ("promised", "chain-unreachable", 2)
    genuine = world()
    genuine.chain.id = 5
    assert said(judged(genuine, receipt_of(genuine))) == ("promised", "wrong-chain", 2)
    genuine = world()
    genuine.chain.seen_instance = bytes(32)
    assert said(judged(genuine, receipt_of(genuine))) == ("promised", "wrong-chain", 2)
