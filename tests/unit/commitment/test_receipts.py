"""Receipts and signed batches: our EIP-712 bytes against eth_account's, and strict reading."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import orjson
import pytest
from bill_example import BATCH, DEPLOYMENT, LEAF, NUMBER, RECEIPT, RECEIPT_KEY
from eth_account import Account
from eth_account.messages import SignableMessage, encode_typed_data
from eth_utils import keccak

from frontend_api.commitment.batch712 import BATCH_FIELDS, batch_digest
from frontend_api.commitment.canonical import canonical_json
from frontend_api.commitment.eip712 import DigestSigner, signer_of
from frontend_api.commitment.receipt import (
    RECEIPT_FIELDS,
    ReceiptFile,
    ReceiptOffice,
    is_receipt,
    receipt_digest,
    receipt_signer,
)
from frontend_api.domain.errors import InvalidFields, MalformedInput, TooLarge
from frontend_api.domain.numbers import BillNumber
from frontend_api.domain.receipt import Receipt

ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
OFFICE = ReceiptOffice(DEPLOYMENT, DigestSigner(RECEIPT_KEY))


def typed(
    domain_name: str, name: str, fields: tuple[tuple[str, str], ...], values: dict[str, Any]
) -> SignableMessage:
    """The message as eth_account encodes it."""
    return encode_typed_data(
        domain_data={
            "name": domain_name,
            "version": "1",
            "chainId": DEPLOYMENT.chain_id,
            "verifyingContract": DEPLOYMENT.bill_registry,
            "salt": DEPLOYMENT.instance,
        },
        message_types={name: [{"name": n, "type": t} for n, t in fields]},
        message_data=values,
    )


def digest(message: SignableMessage) -> bytes:
    return keccak(b"\x19" + message.version + message.header + message.body)


def receipt_message(receipt: Receipt) -> SignableMessage:
    values = {
        "billKey": receipt.number.key,
        "leaf": receipt.leaf,
        "acceptedAt": receipt.accepted_at,
        "anchorBy": receipt.anchor_by,
    }
    return typed("Piaolian Receipts", "Receipt", RECEIPT_FIELDS, values)


def test_receipt__digest_and_signature__those_of_eth_account() -> None:
    message = receipt_message(RECEIPT.receipt)
    assert receipt_digest(RECEIPT.receipt, DEPLOYMENT) == digest(message)
    assert Account.sign_message(message, RECEIPT_KEY).signature == RECEIPT.signature
    assert Account.recover_message(message, signature=RECEIPT.signature) == OFFICE.signer
    assert RECEIPT.signer == OFFICE.signer == Account.from_key(RECEIPT_KEY).address


def test_receipt__given_again__the_same_bytes() -> None:
    assert OFFICE.give(RECEIPT.receipt, RECEIPT.inclusion) == RECEIPT
    assert canonical_json(OFFICE.give(RECEIPT.receipt).to_json()) == canonical_json(
        replace(RECEIPT, inclusion=None).to_json()
    )


@pytest.mark.parametrize(
    "change",
    [
        {"number": BillNumber(NUMBER.key + 1)},
        {"leaf": bytes(32)},
        {"accepted_at": RECEIPT.receipt.accepted_at + 1},
        {"anchor_by": RECEIPT.receipt.anchor_by - 1},
    ],
    ids=lambda c: next(iter(c)),
)
def test_receipt__any_member_changed__signed_by_somebody_else(change: dict[str, Any]) -> None:
    altered = replace(RECEIPT.receipt, **change)
    assert receipt_signer(RECEIPT.receipt, DEPLOYMENT, RECEIPT.signature) == OFFICE.signer
    assert receipt_signer(altered, DEPLOYMENT, RECEIPT.signature) != OFFICE.signer


@pytest.mark.parametrize(
    "change",
    [{"chain_id": 1}, {"instance": bytes(32)}, {"bill_registry": "0x" + "11" * 20}],
    ids=lambda c: next(iter(c)),
)
def test_receipt__other_deployment__signed_by_somebody_else(change: dict[str, Any]) -> None:
    other = replace(DEPLOYMENT, **change)
    assert receipt_signer(RECEIPT.receipt, other, RECEIPT.signature) != OFFICE.signer


def test_signature__written_otherwise__is_none() -> None:
    asked = receipt_digest(RECEIPT.receipt, DEPLOYMENT)
    r, s, v = (
        RECEIPT.signature[:32],
        int.from_bytes(RECEIPT.signature[32:64]),
        RECEIPT.signature[64],
    )
    high = r + (ORDER - s).to_bytes(32) + bytes((55 - v,))
    assert Account._recover_hash(asked, signature=high) == OFFICE.signer  # the curve takes it
    for other in (high, RECEIPT.signature[:64] + bytes((v - 27,)), RECEIPT.signature[:64], b""):
        assert signer_of(asked, other) is None
    assert signer_of(asked, bytes(64) + b"\x1b") is None
    assert signer_of(asked, RECEIPT.signature) == OFFICE.signer


def test_batch__digest__that_of_eth_account() -> None:
    said = 7, NUMBER.key, 3, BATCH[0], 48_780_000, 1_795_400_000
    names = [name for name, _ in BATCH_FIELDS]
    message = typed("Piaolian Bills", "Batch", BATCH_FIELDS, dict(zip(names, said, strict=True)))
    assert batch_digest(DEPLOYMENT, *said) == digest(message)
    signed = DigestSigner(RECEIPT_KEY).sign(batch_digest(DEPLOYMENT, *said))
    assert Account.recover_message(message, signature=signed) == OFFICE.signer


def test_file__written_and_read__the_same() -> None:
    assert ReceiptFile.from_bytes(canonical_json(RECEIPT.to_json())) == RECEIPT
    early = replace(RECEIPT, inclusion=None)
    assert early.to_json()["proof"] is None
    assert ReceiptFile.from_bytes(canonical_json(early.to_json())) == early
    assert is_receipt(canonical_json(early.to_json()))


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"format": "piaolian-receipt/2"}, "/format"),
        ({"more": 1}, "/more"),
        ({"leaf": "0x12"}, "/leaf"),
        ({"bill_no": "3"}, ""),
        ({"accepted_at": -1}, "/accepted_at"),
        ({"anchor_by": RECEIPT.receipt.accepted_at}, ""),
        ({"anchor_by": "1"}, "/anchor_by"),
        ({"signature": "0x" + "AB" * 65}, "/signature"),
        ({"signer": "0x12"}, "/signer"),
        ({"chain": {}}, "/chain/chain_id"),
        ({"proof": {"batch_id": "1"}}, "/proof/path"),
    ],
    ids=str,
)
def test_file__bad_member__refused_by_its_path(change: dict[str, Any], path: str) -> None:
    data = orjson.dumps({**RECEIPT.to_json(), **change})
    with pytest.raises(InvalidFields) as refused:
        ReceiptFile.from_bytes(data)
    assert [p.path for p in refused.value.problems] == [path]


def test_file__no_json_or_too_long__refused_and_no_receipt() -> None:
    for data, error in ((b"{", MalformedInput), (b"[]", InvalidFields), (b" " * 20_000, TooLarge)):
        with pytest.raises(error):
            ReceiptFile.from_bytes(data)
        assert not is_receipt(data)
    assert not is_receipt(b'{"format": "piaolian-bill/1"}')


@pytest.mark.parametrize("change", [{"leaf": b"x"}, {"accepted_at": 0}, {"anchor_by": 2**63}])
def test_receipt__nonsense__is_no_value(change: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="must be"):
        replace(RECEIPT.receipt, **change)
    assert replace(RECEIPT.receipt, leaf=LEAF) == RECEIPT.receipt
