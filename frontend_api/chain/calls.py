"""Encodes the calls of all four contracts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from frontend_api.chain.codec import ContractCodec
from frontend_api.chain.registry_calls import RegistryCalls
from frontend_api.domain.anchor import Deployment, Inclusion
from frontend_api.domain.bill import BillHeader
from frontend_api.domain.grant import Grant
from frontend_api.domain.numbers import NUMBERS_PER_CODE
from frontend_api.ports import Call, SignedBatch

# Gas limits, as in ``registry_calls``: about twice what each call was measured to use.
_GAS = {
    "anchor": 300_000,
    "void": 250_000,
    "grant_signed": 250_000,
    "lock": 700_000,
    "settle": 350_000,
    "reject": 300_000,
}
_GAS_SIGNED, _GAS_EACH_SIGNED = 100_000, 200_000  # of a relayed call, and for each batch in it


class ContractCalls(RegistryCalls):
    """Implements ``ports.Calls`` for one deployment."""

    def __init__(self, deployment: Deployment) -> None:
        super().__init__(deployment.issuer_registry)
        self._bills = deployment.bill_registry, ContractCodec("BillRegistry")
        self._consents = deployment.consent_registry, ContractCodec("ConsentRegistry")
        self._ledger = deployment.reimbursement_ledger, ContractCodec("ReimbursementLedger")

    def anchor(
        self, segment_id: int, first_key: int, count: int, root: bytes, sum_fen: int
    ) -> Call:
        return _call(self._bills, "anchor", segment_id, first_key, count, root, sum_fen)

    def anchor_signed(self, batches: Sequence[SignedBatch]) -> Call:
        address, codec = self._bills
        words = [
            (b.segment_id, b.first_key, b.count, b.root, b.sum_fen, b.deadline, b.signature)
            for b in batches
        ]
        gas = _GAS_SIGNED + _GAS_EACH_SIGNED * len(batches)
        return Call(address, codec.encode_call("anchor_signed", [words]), gas)

    def void(self, bill_key: int, batch_id: int, reason: int) -> Call:
        return _call(self._bills, "void", bill_key, batch_id, reason)

    def grant_signed(self, grant: Grant, signature: bytes) -> Call:
        return _call(self._consents, "grant_signed", _grant(grant), signature)

    def lock(
        self,
        header: BillHeader,
        inclusion: Inclusion,
        grant: Grant,
        claim_id: bytes,
        amount_fen: int,
        expires_at: int,
    ) -> Call:
        return _call(
            self._ledger,
            "lock",
            _header(header),
            inclusion.batch_id,
            list(inclusion.path),
            _grant(grant),
            claim_id,
            amount_fen,
            expires_at,
        )

    def settle(
        self, bill_key: int, batch_id: int, claim_id: bytes, approved_fen: int, voucher: bytes
    ) -> Call:
        return _call(self._ledger, "settle", bill_key, batch_id, claim_id, approved_fen, voucher)

    def reject(self, bill_key: int, claim_id: bytes, reason: int) -> Call:
        return _call(self._ledger, "reject", bill_key, claim_id, reason)


def _call(contract: tuple[str, ContractCodec], function: str, *args: Any) -> Call:
    address, codec = contract
    return Call(to=address, data=codec.encode_call(function, args), gas=_GAS[function])


def _header(header: BillHeader) -> tuple[Any, ...]:
    code, number = divmod(header.number.key, NUMBERS_PER_CODE)
    return (
        code,
        number,
        header.amount_fen,
        header.at_source_fen,
        header.currency.encode("ascii"),
        header.holder,
        header.content_root,
        header.issued_at,
    )


def _grant(grant: Grant) -> tuple[Any, ...]:
    return (
        grant.holder,
        grant.bill_key,
        grant.payer.encode("ascii"),
        grant.purpose,
        grant.field_set,
        grant.cap_fen,
        grant.expires_at,
        grant.no_statutory,
        grant.nonce,
    )
