# pragma version 0.4.3
# pragma evm-version cancun
# pragma nonreentrancy on
"""
@title Issuer registry
@license Apache-2.0
@notice Offices, issuers, payers, signing keys, series and segments, as IOffice, IIssuerRegistry,
        IApplications and INumbers tell.
@dev Officers write in the regions of their offices, and issuers about their own numbers. Every
     function asks first who calls, then whether the act is possible, then whether enough officers
     agree; only then it is done. No list is walked but the five officers of an act, nothing is
     deleted but what was pending, and there is no upgrade path (INV-27).
@custom:invariant
     INV-4 Segments of a series never overlap: each starts where the last ended.
     INV-6 Only an active institution is ever "authorised".
     INV-14 REVOKED is final, for institutions and for keys.
     INV-19 INV-20 Every change emits exactly one event, which tells all that is stored.
     INV-21 Nobody but an officer of the region changes anything, but issuers their own numbers
     and applicants their own application.
     INV-23 The pause stops every write, here and in the three contracts that ask this one.
     INV-24 An office changes hands in two steps.
     INV-27 No upgrade, no delegatecall, no selfdestruct.
     INV-29 What takes several officers happens at the last one's call, and not before.
@custom:halt `pause`, by an officer of the whole platform, stops every write of all four contracts,
     and no read. Claims keep their expiry meanwhile; only `unpause` works, and it restores
     everything.
"""

from interfaces import IApplications
from interfaces import IIssuerRegistry
from interfaces import INumbers
from interfaces import IOffice
from modules import application_book
from modules import approvals
from modules import institution_book
from modules import key_book
from modules import number_book
from modules import office
from modules import regions

implements: IApplications
implements: IIssuerRegistry
implements: INumbers
implements: IOffice

initializes: application_book
initializes: institution_book
initializes: key_book[institution_book := institution_book]
initializes: number_book
initializes: office
initializes: approvals[office := office]

exports: (
    office.transfer_office,
    office.accept_office,
    office.pause,
    office.unpause,
    office.officer,
    office.platform_officers,
    office.covers,
    office.paused,
    approvals.appoint_officer,
    approvals.dismiss_officer,
    approvals.set_approval_rule,
    approvals.withdraw_approval,
    approvals.approval_rule,
    approvals.pending_act,
    application_book.application,
    application_book.application_total,
    institution_book.issuer,
    institution_book.is_active_issuer,
    institution_book.payer,
    institution_book.is_active_payer,
    key_book.authorised_issuer,
    key_book.authorised_payer,
    key_book.key_trusted_at,
    key_book.key,
    key_book.key_is_live,
    key_book.owner_of_live_key,
    number_book.bills,
    number_book.stock_limit,
    number_book.segment_total,
    number_book.request_total,
    number_book.series,
    number_book.segment,
    number_book.closing,
    number_book.request,
    number_book.may_issue_kind,
)

instance: public(immutable(bytes32))


@deploy
def __init__(_instance: bytes32):
    """
    @notice The deployer becomes the first officer, for the whole platform.
    @param _instance 32 random bytes, so that no signature or hash of another
           deployment is good here.
    """
    assert _instance != empty(bytes32), "instance: is zero"
    instance = _instance
    number_book.__init__()
    office.__init__()
    approvals.__init__()


# --- officers: institutions ---

@external
def admit_issuer(uscc: bytes18, name: String[160], region: uint32):
    office._only_officer_over(region)
    institution_book._require_new_issuer(uscc, name, region)
    act: bytes32 = keccak256(
        abi_encode(uscc, name, region, method_id=method_id("admit_issuer(bytes18,string,uint32)"))
    )
    agreed: bool = approvals._agree(act, region)
    if agreed:
        institution_book._admit_issuer(uscc, name, region)


@external
def suspend_issuer(uscc: bytes18):
    self._only_officer_of_issuer(uscc)
    institution_book._suspend_issuer(uscc)


@external
def resume_issuer(uscc: bytes18):
    self._only_officer_of_issuer(uscc)
    institution_book._resume_issuer(uscc)


@external
def revoke_issuer(uscc: bytes18):
    region: uint32 = self._only_officer_of_issuer(uscc)
    institution_book._require_not_revoked_issuer(uscc)
    act: bytes32 = keccak256(
        abi_encode(uscc, method_id=method_id("revoke_issuer(bytes18)"))
    )
    agreed: bool = approvals._agree(act, region)
    if agreed:
        institution_book._revoke_issuer(uscc)


@external
def admit_payer(
    uscc: bytes18, name: String[160], payer_kind: IIssuerRegistry.PayerKind, region: uint32
):
    office._only_officer_over(region)
    institution_book._require_new_payer(uscc, name, payer_kind, region)
    act: bytes32 = keccak256(
        abi_encode(
            uscc,
            name,
            payer_kind,
            region,
            method_id=method_id("admit_payer(bytes18,string,uint256,uint32)"),
        )
    )
    agreed: bool = approvals._agree(act, region)
    if agreed:
        institution_book._admit_payer(uscc, name, payer_kind, region)


@external
def suspend_payer(uscc: bytes18):
    self._only_officer_of_payer(uscc)
    institution_book._suspend_payer(uscc)


@external
def resume_payer(uscc: bytes18):
    self._only_officer_of_payer(uscc)
    institution_book._resume_payer(uscc)


@external
def revoke_payer(uscc: bytes18):
    region: uint32 = self._only_officer_of_payer(uscc)
    institution_book._require_not_revoked_payer(uscc)
    act: bytes32 = keccak256(abi_encode(uscc, method_id=method_id("revoke_payer(bytes18)")))
    agreed: bool = approvals._agree(act, region)
    if agreed:
        institution_book._revoke_payer(uscc)


# --- officers: applications ---

@external
def admit_applicant(application_id: uint64):
    asked: IApplications.Application = application_book.applications[application_id]
    office._only_officer_over(asked.region)
    application_book._require_open(application_id)
    assert asked.applicant != msg.sender, "application: officer is applicant"
    self._require_admissible(asked.applicant, asked.uscc, asked.name, asked.region)
    act: bytes32 = keccak256(
        abi_encode(application_id, method_id=method_id("admit_applicant(uint64)"))
    )
    agreed: bool = approvals._agree(act, asked.region)
    if agreed:
        application_book._admit(application_id)
        institution_book._admit_issuer(asked.uscc, asked.name, asked.region)
        key_book._register(asked.applicant, asked.uscc, IIssuerRegistry.Role.ISSUER)


@external
def refuse_applicant(application_id: uint64):
    office._only_officer_over(application_book.applications[application_id].region)
    application_book._refuse(application_id)


# --- officers: keys ---

@external
def register_key(key: address, owner: bytes18, role: IIssuerRegistry.Role):
    region: uint32 = institution_book._region_of(owner, role)
    office._only_officer_over(region)
    key_book._require_new_key(key, owner, role)
    act: bytes32 = keccak256(
        abi_encode(
            key, owner, role, method_id=method_id("register_key(address,bytes18,uint256)")
        )
    )
    agreed: bool = approvals._agree(act, region)
    if agreed:
        key_book._register(key, owner, role)


@external
def revoke_key(key: address):
    office._only_officer_over(key_book._region_of(key))
    key_book._revoke(key)


@external
def disown_key(key: address, compromised_since: uint64):
    office._only_officer_over(key_book._region_of(key))
    key_book._disown(key, compromised_since)


# --- officers: numbers ---

@external
def appoint_bills(bills: address):
    office._only_officer_over(regions.WHOLE_PLATFORM)
    number_book._appoint_bills(bills)


@external
def set_stock_limit(stock_limit: uint64):
    office._only_officer_over(regions.WHOLE_PLATFORM)
    number_book._set_stock_limit(stock_limit)


@external
def allow_kind(uscc: bytes18, kind: String[32], allowed: bool):
    self._only_officer_of_issuer(uscc)
    institution_book._require_not_revoked_issuer(uscc)
    number_book._allow_kind(uscc, kind, allowed)


@external
def open_series(bill_code: uint64, kind: String[32], region: uint32):
    office._only_officer_over(region)
    number_book._open_series(bill_code, kind, region)


@external
def approve_request(request_id: uint64):
    self._only_officer_of_issuer(number_book.requests[request_id].issuer)
    number_book._approve(request_id, key_book._epoch(msg.sender).owner)


@external
def grant_request(request_id: uint64) -> uint64:
    request: INumbers.NumberRequest = number_book.requests[request_id]
    region: uint32 = self._only_officer_of_issuer(request.issuer)
    number_book._require_approved(request_id)
    self._require_grantable(request.issuer, region, request.bill_code, request.count)
    act: bytes32 = keccak256(
        abi_encode(request_id, method_id=method_id("grant_request(uint64)"))
    )
    agreed: bool = approvals._agree_to_grant(act, region, request.count)
    if agreed:
        return number_book._grant_request(request_id)
    return 0


@external
def grant_numbers(issuer: bytes18, bill_code: uint64, count: uint64) -> uint64:
    region: uint32 = self._only_officer_of_issuer(issuer)
    self._require_grantable(issuer, region, bill_code, count)
    act: bytes32 = keccak256(
        abi_encode(
            issuer, bill_code, count, method_id=method_id("grant_numbers(bytes18,uint64,uint64)")
        )
    )
    agreed: bool = approvals._agree_to_grant(act, region, count)
    if agreed:
        return number_book._grant(issuer, bill_code, count, 0)
    return 0


@external
def audit_write_off(segment_id: uint64):
    self._only_officer_of_issuer(number_book._segment(segment_id).issuer)
    number_book._audit_write_off(segment_id)


# --- applicants ---

@external
def apply_as_issuer(uscc: bytes18, name: String[160], region: uint32) -> uint64:
    office._only_running()
    self._require_admissible(msg.sender, uscc, name, region)
    return application_book._apply(uscc, name, region)


# --- issuers: numbers ---

@external
def request_numbers(bill_code: uint64, count: uint64) -> uint64:
    issuer: bytes18 = self._calling_issuer()
    region: uint32 = institution_book.issuers[issuer].region
    return number_book._request(issuer, region, bill_code, count)


@external
def split_segment(segment_id: uint64, count: uint64, outlet: String[32]) -> uint64:
    return number_book._split(self._calling_issuer(), segment_id, count, outlet)


@external
def return_unused(segment_id: uint64):
    number_book._return_unused(self._calling_issuer(), segment_id)


@external
def file_write_off(segment_id: uint64, issued: uint64, voided: uint64, unused: uint64):
    issuer: bytes18 = self._calling_issuer()
    number_book._file_write_off(issuer, segment_id, issued, voided, unused)


# --- internal ---

@internal
@view
def _calling_issuer() -> bytes18:
    office._only_running()
    return key_book._authorised_issuer(msg.sender)


@internal
@view
def _only_officer_of_issuer(uscc: bytes18) -> uint32:
    region: uint32 = institution_book.issuers[uscc].region
    office._only_officer_over(region)
    return region


@internal
@view
def _only_officer_of_payer(uscc: bytes18) -> uint32:
    region: uint32 = institution_book.payers[uscc].region
    office._only_officer_over(region)
    return region


@internal
@view
def _require_admissible(key: address, uscc: bytes18, name: String[160], region: uint32):
    institution_book._require_new_issuer(uscc, name, region)
    key_book._require_unregistered(key)


@internal
@view
def _require_grantable(issuer: bytes18, region: uint32, bill_code: uint64, count: uint64):
    institution_book._require_active_issuer(issuer)
    number_book._require_grantable(issuer, region, bill_code, count)
