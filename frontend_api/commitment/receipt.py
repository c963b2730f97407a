"""Receipts: the platform's signed promise of an anchor, as an EIP-712 message and as a file.

Whoever holds one can show later that a bill was accepted, and that the promise was kept or
broken; certificate transparency logs do the same with their signed timestamps.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from frontend_api.commitment.canonical import read_json
from frontend_api.commitment.eip712 import (
    SIGNATURE_BYTES,
    DigestSigner,
    digest_of,
    domain_separator,
    keccak,
    signer_of,
)
from frontend_api.commitment.strict import (
    StrictReader,
    address,
    has_format,
    hex_of,
    inclusion_json,
    read_inclusion,
)
from frontend_api.domain.anchor import Deployment, Inclusion
from frontend_api.domain.errors import FieldProblem, InvalidFields, TooLarge
from frontend_api.domain.numbers import BillNumber
from frontend_api.domain.receipt import Receipt

FORMAT = "piaolian-receipt/1"
DOMAIN_NAME = "Piaolian Receipts"
RECEIPT_FIELDS = (
    ("billKey", "uint64"),
    ("leaf", "bytes32"),
    ("acceptedAt", "uint64"),
    ("anchorBy", "uint64"),
)
MAX_BYTES = 16 * 1024  # a proof has at most 32 nodes
_TYPE_HASH = keccak(
    f"Receipt({','.join(f'{kind} {name}' for name, kind in RECEIPT_FIELDS)})".encode()
)
_SIGNATURE = re.compile(r"0x[0-9a-f]{130}\Z")


@dataclass(frozen=True, slots=True)
class ReceiptFile:
    """A receipt as it is handed out; ``signature`` is ``r || s || v``, 65 bytes, by ``signer``.

    ``chain_id``, ``instance`` and ``bill_registry`` say under which deployment it was given;
    ``inclusion`` is the bill's place in its batch, once there is one, and is not signed.
    """

    receipt: Receipt
    chain_id: int
    instance: bytes
    bill_registry: str
    signer: str
    signature: bytes
    inclusion: Inclusion | None = None

    def to_json(self) -> dict[str, Any]:
        """The file's members."""
        r = self.receipt
        return {
            "format": FORMAT,
            "bill_code": r.number.code,
            "bill_no": r.number.number,
            "leaf": hex_of(r.leaf),
            "accepted_at": r.accepted_at,
            "anchor_by": r.anchor_by,
            "chain": {
                "chain_id": self.chain_id,
                "instance": hex_of(self.instance),
                "bill_registry": self.bill_registry,
            },
            "signer": self.signer,
            "signature": hex_of(self.signature),
            "proof": inclusion_json(self.inclusion) if self.inclusion else None,
        }

    @classmethod
    def from_bytes(cls, data: bytes) -> ReceiptFile:
        """Read a receipt. Raises MalformedInput, TooLarge or InvalidFields, naming the fault."""
        if len(data) > MAX_BYTES:
            raise TooLarge(f"a receipt has at most {MAX_BYTES} bytes")
        value = read_json(data)
        root = StrictReader("", value, "a receipt").only(
            "format", "bill_code", "bill_no", "leaf", "accepted_at", "anchor_by", "chain",
            "signer", "signature", "proof",
        )  # fmt: skip
        if root.get("format", str) != FORMAT:
            raise root.problem("format", "unknown-format", f"must be {FORMAT!r}")
        chain = root.child("chain").only("chain_id", "instance", "bill_registry")
        return cls(
            receipt=_read_receipt(root),
            chain_id=chain.uint("chain_id"),
            instance=chain.bytes32("instance"),
            bill_registry=chain.made("bill_registry", address),
            signer=root.made("signer", address),
            signature=root.made("signature", _signature),
            inclusion=read_inclusion(root.child("proof")) if value.get("proof") else None,
        )


def is_receipt(data: bytes) -> bool:
    """Whether the bytes are meant as a receipt; nothing else is said about them."""
    return has_format(data, FORMAT, MAX_BYTES)


class ReceiptOffice:
    """Gives the receipts of one deployment, with one key."""

    def __init__(self, deployment: Deployment, key: DigestSigner) -> None:
        self._deployment = deployment
        self._separator = _separator(deployment)
        self._key = key

    @property
    def signer(self) -> str:
        """The address whose signature the receipts carry."""
        return self._key.address

    def give(self, receipt: Receipt, inclusion: Inclusion | None = None) -> ReceiptFile:
        """The signed receipt: the same one for the same bill, byte by byte."""
        return ReceiptFile(
            receipt,
            self._deployment.chain_id,
            self._deployment.instance,
            self._deployment.bill_registry,
            self._key.address,
            self._key.sign(_digest(self._separator, receipt)),
            inclusion,
        )


def receipt_digest(receipt: Receipt, deployment: Deployment) -> bytes:
    """The EIP-712 digest (32 bytes) that the platform signs."""
    return _digest(_separator(deployment), receipt)


def receipt_signer(receipt: Receipt, deployment: Deployment, signature: bytes) -> str | None:
    """Who signed the receipt under this deployment; None for bytes that are no signature."""
    return signer_of(receipt_digest(receipt, deployment), signature)


def _separator(deployment: Deployment) -> bytes:
    return domain_separator(
        DOMAIN_NAME, deployment.chain_id, deployment.bill_registry, deployment.instance
    )


def _digest(separator: bytes, receipt: Receipt) -> bytes:
    struct = (
        _TYPE_HASH
        + receipt.number.key.to_bytes(32)
        + receipt.leaf
        + receipt.accepted_at.to_bytes(32)
        + receipt.anchor_by.to_bytes(32)
    )
    return digest_of(separator, struct)


def _read_receipt(root: StrictReader) -> Receipt:
    try:
        return Receipt(
            number=BillNumber.of(root.get("bill_code", str), root.get("bill_no", str)),
            leaf=root.bytes32("leaf"),
            accepted_at=root.uint("accepted_at"),
            anchor_by=root.uint("anchor_by"),
        )
    except ValueError as e:
        raise InvalidFields([FieldProblem("", "invalid", str(e))]) from e


def _signature(text: str) -> bytes:
    if not _SIGNATURE.match(text):
        raise ValueError(f"must be {SIGNATURE_BYTES} bytes in lower-case hexadecimal with 0x")
    return bytes.fromhex(text[2:])
