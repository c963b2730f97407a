# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title The book of institutions
@license Apache-2.0
@notice Issuers and payers and their standing. Who may do what is the registry's to check; here
        is what follows.
@custom:invariant
     INV-6 Only an ACTIVE institution is active.
     INV-14 Standing follows the table; REVOKED is final.
"""

from ..interfaces import IIssuerRegistry
from . import checks
from . import packed
from . import regions

issuers: HashMap[bytes18, IIssuerRegistry.Issuer]
payers: HashMap[bytes18, IIssuerRegistry.Payer]


# --- anyone: reading ---

@external
@view
def issuer(uscc: bytes18) -> IIssuerRegistry.Issuer:
    return self.issuers[uscc]


@external
@view
def is_active_issuer(uscc: bytes18) -> bool:
    return self._issuer_is_active(uscc)


@external
@view
def payer(uscc: bytes18) -> IIssuerRegistry.Payer:
    return self.payers[uscc]


@external
@view
def is_active_payer(uscc: bytes18) -> bool:
    return self._payer_is_active(uscc)


# --- internal: issuers ---

@internal
@view
def _require_new_issuer(uscc: bytes18, name: String[160], region: uint32):
    checks._require(uscc != empty(bytes18), "issuer: code missing")
    checks._require(len(name) > 0, "issuer: name missing")
    checks._require(regions._is_region(region), "issuer: region not six digits")
    status: IIssuerRegistry.Standing = self.issuers[uscc].status
    checks._require(status == empty(IIssuerRegistry.Standing), "issuer: already admitted")


@internal
def _admit_issuer(uscc: bytes18, name: String[160], region: uint32):
    """
    @dev After `_require_new_issuer`.
    """
    self.issuers[uscc] = IIssuerRegistry.Issuer(
        status=IIssuerRegistry.Standing.ACTIVE,
        region=region,
        admitted_at=convert(block.timestamp, uint64),
        name=name,
    )
    log IIssuerRegistry.IssuerAdmitted(uscc=uscc, name=name, region=region)


@internal
def _suspend_issuer(uscc: bytes18):
    self._require_active_issuer(uscc)
    self.issuers[uscc].status = IIssuerRegistry.Standing.SUSPENDED
    log IIssuerRegistry.IssuerSuspended(uscc=uscc)


@internal
def _resume_issuer(uscc: bytes18):
    status: IIssuerRegistry.Standing = self.issuers[uscc].status
    checks._require(status == IIssuerRegistry.Standing.SUSPENDED, "issuer: not suspended")
    self.issuers[uscc].status = IIssuerRegistry.Standing.ACTIVE
    log IIssuerRegistry.IssuerResumed(uscc=uscc)


@internal
def _revoke_issuer(uscc: bytes18):
    """
    @dev After `_require_not_revoked_issuer`.
    """
    self.issuers[uscc].status = IIssuerRegistry.Standing.REVOKED
    log IIssuerRegistry.IssuerRevoked(uscc=uscc)


@internal
@view
def _require_active_issuer(uscc: bytes18):
    assert self._issuer_is_active(uscc), "issuer: not active"


@internal
@view
def _require_not_revoked_issuer(uscc: bytes18):
    status: IIssuerRegistry.Standing = self.issuers[uscc].status
    checks._require(status != empty(IIssuerRegistry.Standing), "issuer: not admitted")
    checks._require(status != IIssuerRegistry.Standing.REVOKED, "issuer: revoked")


@internal
@view
def _issuer_is_active(uscc: bytes18) -> bool:
    return self.issuers[uscc].status == IIssuerRegistry.Standing.ACTIVE


# --- internal: payers ---

@internal
@view
def _require_new_payer(
    uscc: bytes18, name: String[160], payer_kind: IIssuerRegistry.PayerKind, region: uint32
):
    checks._require(uscc != empty(bytes18), "payer: code missing")
    checks._require(len(name) > 0, "payer: name missing")
    one: bool = packed._is_one_bit(convert(payer_kind, uint256))
    checks._require(one, "payer: not exactly one kind")
    checks._require(regions._is_region_or_whole(region), "payer: region not six digits")
    status: IIssuerRegistry.Standing = self.payers[uscc].status
    checks._require(status == empty(IIssuerRegistry.Standing), "payer: already admitted")


@internal
def _admit_payer(
    uscc: bytes18, name: String[160], payer_kind: IIssuerRegistry.PayerKind, region: uint32
):
    """
    @dev After `_require_new_payer`.
    """
    self.payers[uscc] = IIssuerRegistry.Payer(
        status=IIssuerRegistry.Standing.ACTIVE,
        kind=payer_kind,
        region=region,
        admitted_at=convert(block.timestamp, uint64),
        name=name,
    )
    log IIssuerRegistry.PayerAdmitted(
        uscc=uscc, name=name, payer_kind=payer_kind, region=region
    )


@internal
def _suspend_payer(uscc: bytes18):
    self._require_active_payer(uscc)
    self.payers[uscc].status = IIssuerRegistry.Standing.SUSPENDED
    log IIssuerRegistry.PayerSuspended(uscc=uscc)


@internal
def _resume_payer(uscc: bytes18):
    status: IIssuerRegistry.Standing = self.payers[uscc].status
    checks._require(status == IIssuerRegistry.Standing.SUSPENDED, "payer: not suspended")
    self.payers[uscc].status = IIssuerRegistry.Standing.ACTIVE
    log IIssuerRegistry.PayerResumed(uscc=uscc)


@internal
def _revoke_payer(uscc: bytes18):
    """
    @dev After `_require_not_revoked_payer`.
    """
    self.payers[uscc].status = IIssuerRegistry.Standing.REVOKED
    log IIssuerRegistry.PayerRevoked(uscc=uscc)


@internal
@view
def _require_active_payer(uscc: bytes18):
    assert self._payer_is_active(uscc), "payer: not active"


@internal
@view
def _require_not_revoked_payer(uscc: bytes18):
    status: IIssuerRegistry.Standing = self.payers[uscc].status
    checks._require(status != empty(IIssuerRegistry.Standing), "payer: not admitted")
    checks._require(status != IIssuerRegistry.Standing.REVOKED, "payer: revoked")


@internal
@view
def _payer_is_active(uscc: bytes18) -> bool:
    return self.payers[uscc].status == IIssuerRegistry.Standing.ACTIVE


# --- internal: either ---

@internal
@view
def _region_of(owner: bytes18, role: IIssuerRegistry.Role) -> uint32:
    """
    @dev The whole platform for an institution that was never admitted in the role, so that only
         its officers are told so.
    """
    if role == IIssuerRegistry.Role.ISSUER:
        return self.issuers[owner].region
    return self.payers[owner].region
