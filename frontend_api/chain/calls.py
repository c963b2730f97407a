"""Encodes the contract calls that the flow makes."""

from __future__ import annotations

from typing import Any

from frontend_api.chain.codec import ContractCodec
from frontend_api.domain.anchor import Deployment, Inclusion
from frontend_api.domain.bill import BillHeader
from frontend_api.domain.flags import PAYER_KIND_FLAGS, ROLE_FLAGS
from frontend_api.domain.grant import Grant
from frontend_api.domain.numbers import NUMBERS_PER_CODE
from frontend_api.domain.states import PayerKind, Role
from frontend_api.ports import Call

# Gas limits: about twice what each call was measured to use. Blocks fill by limit, not by use,
# so "as much as fits" would keep others out.
_GAS = {
    "anchor": 300_000,
    "void": 250_000,
    "grant_signed": 250_000,
    "lock": 700_000,
    "settle": 350_000,
    "reject": 300_000,
    "admit_issuer": 500_000,
    "suspend_issuer": 150_000,
    "resume_issuer": 150_000,
    "admit_payer": 500_000,
    "register_key": 250_000,
    "open_series": 250_000,
    "grant_numbers": 350_000,
}


class ContractCalls:
    """Implements ``ports.Calls`` for one deployment."""

    def __init__(self, deployment: Deployment) -> None:
        self._registry = deployment.issuer_registry, ContractCodec("IssuerRegistry")
        self._bills = deployment.bill_registry, ContractCodec("BillRegistry")
        self._consents = deployment.consent_registry, ContractCodec("ConsentRegistry")
        self._ledger = deployment.reimbursement_ledger, ContractCodec("ReimbursementLedger")

    def anchor(
        self, segment_id: int, first_key: int, count: int, root: bytes, sum_fen: int
    ) -> Call:
        return _call(self._bills, "anchor", segment_id, first_key, count, root, sum_fen)

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

    def admit_issuer(self, uscc: str, name: str, region: int) -> Call:
        return _call(self._registry, "admit_issuer", uscc.encode(), name, region)

    def suspend_issuer(self, uscc: str) -> Call:
        return _call(self._registry, "suspend_issuer", uscc.encode())

    def resume_issuer(self, uscc: str) -> Call:
        return _call(self._registry, "resume_issuer", uscc.encode())

    def admit_payer(self, uscc: str, name: str, kind: PayerKind, region: int) -> Call:
        flag = PAYER_KIND_FLAGS[kind]
        return _call(self._registry, "admit_payer", uscc.encode(), name, flag, region)

    def register_key(self, address: str, owner: str, role: Role) -> Call:
        return _call(self._registry, "register_key", address, owner.encode(), ROLE_FLAGS[role])

    def open_series(self, bill_code: str, kind: str, region: int) -> Call:
        return _call(self._registry, "open_series", int(bill_code), kind, region)

    def grant_numbers(self, issuer: str, bill_code: str, count: int) -> Call:
        return _call(self._registry, "grant_numbers", issuer.encode(), int(bill_code), count)


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
