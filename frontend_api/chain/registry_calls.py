"""Encodes the calls of the issuer registry: offices, institutions, keys and numbers.

An act that takes several officers is sent by each of them: the same call, to the byte. Regions are
six digits of GB/T 2260, or 0 for all of them.
"""

from __future__ import annotations

from typing import Any

from eth_utils.crypto import keccak

from frontend_api.chain.codec import ContractCodec
from frontend_api.domain.flags import PAYER_KIND_FLAGS, ROLE_FLAGS
from frontend_api.domain.states import PayerKind, Role
from frontend_api.ports import Call

# Gas limits: about twice what each call was measured to use, with five officers to agree. Blocks
# fill by limit, not by use, so "as much as fits" would keep others out.
_GAS = {
    "appoint_officer": 300_000,
    "dismiss_officer": 300_000,
    "transfer_office": 150_000,
    "accept_office": 200_000,
    "set_approval_rule": 300_000,
    "withdraw_approval": 200_000,
    "pause": 100_000,
    "unpause": 100_000,
    "apply_as_issuer": 600_000,
    "admit_applicant": 500_000,
    "refuse_applicant": 150_000,
    "admit_issuer": 500_000,
    "suspend_issuer": 150_000,
    "resume_issuer": 150_000,
    "revoke_issuer": 300_000,
    "admit_payer": 500_000,
    "suspend_payer": 150_000,
    "resume_payer": 150_000,
    "revoke_payer": 300_000,
    "register_key": 300_000,
    "revoke_key": 150_000,
    "disown_key": 150_000,
    "open_series": 300_000,
    "set_stock_limit": 150_000,
    "allow_kind": 200_000,
    "grant_numbers": 350_000,
    "approve_request": 150_000,
    "grant_request": 350_000,
    "audit_write_off": 150_000,
    "request_numbers": 350_000,
    "split_segment": 250_000,
    "return_unused": 200_000,
    "file_write_off": 250_000,
}


def act_of(call: Call) -> bytes:
    """The id (32 bytes) under which the registry collects the approvals of a call."""
    return bytes(keccak(call.data))


class RegistryCalls:
    """Calls of the issuer registry at ``address``."""

    def __init__(self, address: str) -> None:
        self._registry = address
        self._codec = ContractCodec("IssuerRegistry")

    # --- offices ---

    def appoint_officer(self, account: str, region: int) -> Call:
        return self._call("appoint_officer", account, region)

    def dismiss_officer(self, account: str) -> Call:
        return self._call("dismiss_officer", account)

    def transfer_office(self, successor: str) -> Call:
        return self._call("transfer_office", successor)

    def accept_office(self, predecessor: str) -> Call:
        return self._call("accept_office", predecessor)

    def set_approval_rule(self, needed_approvals: int, grant_limit: int) -> Call:
        return self._call("set_approval_rule", needed_approvals, grant_limit)

    def withdraw_approval(self, act: bytes) -> Call:
        return self._call("withdraw_approval", act)

    def pause(self) -> Call:
        return self._call("pause")

    def unpause(self) -> Call:
        return self._call("unpause")

    # --- institutions ---

    def apply_as_issuer(self, uscc: str, name: str, region: int) -> Call:
        return self._call("apply_as_issuer", uscc.encode(), name, region)

    def admit_applicant(self, application_id: int) -> Call:
        return self._call("admit_applicant", application_id)

    def refuse_applicant(self, application_id: int) -> Call:
        return self._call("refuse_applicant", application_id)

    def admit_issuer(self, uscc: str, name: str, region: int) -> Call:
        return self._call("admit_issuer", uscc.encode(), name, region)

    def suspend_issuer(self, uscc: str) -> Call:
        return self._call("suspend_issuer", uscc.encode())

    def resume_issuer(self, uscc: str) -> Call:
        return self._call("resume_issuer", uscc.encode())

    def revoke_issuer(self, uscc: str) -> Call:
        return self._call("revoke_issuer", uscc.encode())

    def admit_payer(self, uscc: str, name: str, kind: PayerKind, region: int) -> Call:
        return self._call("admit_payer", uscc.encode(), name, PAYER_KIND_FLAGS[kind], region)

    def suspend_payer(self, uscc: str) -> Call:
        return self._call("suspend_payer", uscc.encode())

    def resume_payer(self, uscc: str) -> Call:
        return self._call("resume_payer", uscc.encode())

    def revoke_payer(self, uscc: str) -> Call:
        return self._call("revoke_payer", uscc.encode())

    # --- keys ---

    def register_key(self, address: str, owner: str, role: Role) -> Call:
        return self._call("register_key", address, owner.encode(), ROLE_FLAGS[role])

    def revoke_key(self, address: str) -> Call:
        return self._call("revoke_key", address)

    def disown_key(self, address: str, compromised_since: int) -> Call:
        return self._call("disown_key", address, compromised_since)

    # --- numbers, by officers ---

    def open_series(self, bill_code: str, kind: str, region: int) -> Call:
        return self._call("open_series", int(bill_code), kind, region)

    def set_stock_limit(self, stock_limit: int) -> Call:
        return self._call("set_stock_limit", stock_limit)

    def allow_kind(self, uscc: str, kind: str, *, allowed: bool) -> Call:
        return self._call("allow_kind", uscc.encode(), kind, allowed)

    def grant_numbers(self, issuer: str, bill_code: str, count: int) -> Call:
        return self._call("grant_numbers", issuer.encode(), int(bill_code), count)

    def approve_request(self, request_id: int) -> Call:
        return self._call("approve_request", request_id)

    def grant_request(self, request_id: int) -> Call:
        return self._call("grant_request", request_id)

    def audit_write_off(self, segment_id: int) -> Call:
        return self._call("audit_write_off", segment_id)

    # --- numbers, by issuers ---

    def request_numbers(self, bill_code: str, count: int) -> Call:
        return self._call("request_numbers", int(bill_code), count)

    def split_segment(self, segment_id: int, count: int, outlet: str) -> Call:
        return self._call("split_segment", segment_id, count, outlet)

    def return_unused(self, segment_id: int) -> Call:
        return self._call("return_unused", segment_id)

    def file_write_off(self, segment_id: int, issued: int, voided: int, unused: int) -> Call:
        return self._call("file_write_off", segment_id, issued, voided, unused)

    def _call(self, function: str, *args: Any) -> Call:
        return Call(self._registry, self._codec.encode_call(function, args), _GAS[function])
