# pragma version 0.4.3
# pragma evm-version cancun
# pragma nonreentrancy on
"""
@title Issuer registry
@license Apache-2.0
@notice Issuers, payers, signing keys, series and segments, as IIssuerRegistry tells.
@dev The supervisor writes, and issuers about their own numbers. No list is walked, nothing is deleted, and
     there is no upgrade path (INV-27).
@custom:invariant
     INV-4 Segments of a series never overlap: each starts where the last ended.
     INV-6 Only an active institution is ever "authorised".
     INV-14 REVOKED is final, for institutions and for keys.
     INV-19 INV-20 Every change emits exactly one event, which tells all that is stored.
     INV-21 Nobody but the supervisor changes anything, but issuers their own numbers.
     INV-23 The pause stops every write, here and in the three contracts that ask this one.
     INV-24 The office changes hands in two steps.
     INV-27 No upgrade, no delegatecall, no selfdestruct.
@custom:halt The supervisor's `pause` stops every write of all four contracts, and no read.
     Claims keep their expiry meanwhile; only `unpause` works, and it restores everything.
"""

from interfaces import IIssuerRegistry
from interfaces import INumbers
from modules import number_book
from modules import office
from modules import packed

implements: IIssuerRegistry
implements: INumbers

initializes: number_book
initializes: office

exports: (
    office.transfer_supervisor,
    office.accept_supervisor,
    office.pause,
    office.unpause,
    office.supervisor,
    office.pending_supervisor,
    office.paused,
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

# GB/T 2260: six decimal digits, the first not zero.
MIN_REGION: constant(uint32) = 100_000
MAX_REGION: constant(uint32) = 999_999

# Identity word of a key: owner (144 bits), role (8), first valid time (64).
KEY_ROLE_AT: constant(uint256) = 144
KEY_FROM_AT: constant(uint256) = 152
# End word of a key: revoked at (64 bits), compromised since (64).
KEY_SINCE_AT: constant(uint256) = 64

USCC_BITS: constant(uint256) = 144
ROLE_BITS: constant(uint256) = 8
TIME_BITS: constant(uint256) = 64

struct PackedKey:
    identity: uint256
    end: uint256

instance: public(immutable(bytes32))

issuers: HashMap[bytes18, IIssuerRegistry.Issuer]
payers: HashMap[bytes18, IIssuerRegistry.Payer]
keys: HashMap[address, PackedKey]


@deploy
def __init__(_instance: bytes32):
    """
    @notice The deployer becomes the supervisor.
    @param _instance 32 random bytes, so that no signature or hash of another
           deployment is good here.
    """
    assert _instance != empty(bytes32), "instance: is zero"
    instance = _instance
    number_book.__init__()
    office.__init__()


# --- the supervisor: institutions ---

@external
def admit_issuer(uscc: bytes18, name: String[160], region: uint32):
    office._only_supervisor()
    assert uscc != empty(bytes18), "issuer: code missing"
    assert len(name) > 0, "issuer: name missing"
    assert region >= MIN_REGION and region <= MAX_REGION, "issuer: region not six digits"
    assert self.issuers[uscc].status == empty(IIssuerRegistry.Standing), "issuer: already admitted"
    self.issuers[uscc] = IIssuerRegistry.Issuer(
        status=IIssuerRegistry.Standing.ACTIVE,
        region=region,
        admitted_at=self._now(),
        name=name,
    )
    log IIssuerRegistry.IssuerAdmitted(uscc=uscc, name=name, region=region)


@external
def suspend_issuer(uscc: bytes18):
    office._only_supervisor()
    assert self._issuer_is_active(uscc), "issuer: not active"
    self.issuers[uscc].status = IIssuerRegistry.Standing.SUSPENDED
    log IIssuerRegistry.IssuerSuspended(uscc=uscc)


@external
def resume_issuer(uscc: bytes18):
    office._only_supervisor()
    assert self.issuers[uscc].status == IIssuerRegistry.Standing.SUSPENDED, "issuer: not suspended"
    self.issuers[uscc].status = IIssuerRegistry.Standing.ACTIVE
    log IIssuerRegistry.IssuerResumed(uscc=uscc)


@external
def revoke_issuer(uscc: bytes18):
    office._only_supervisor()
    self._require_not_revoked_issuer(uscc)
    self.issuers[uscc].status = IIssuerRegistry.Standing.REVOKED
    log IIssuerRegistry.IssuerRevoked(uscc=uscc)


@external
def admit_payer(uscc: bytes18, name: String[160], payer_kind: IIssuerRegistry.PayerKind):
    office._only_supervisor()
    assert uscc != empty(bytes18), "payer: code missing"
    assert len(name) > 0, "payer: name missing"
    assert self._is_one_bit(convert(payer_kind, uint256)), "payer: not exactly one kind"
    assert self.payers[uscc].status == empty(IIssuerRegistry.Standing), "payer: already admitted"
    self.payers[uscc] = IIssuerRegistry.Payer(
        status=IIssuerRegistry.Standing.ACTIVE,
        kind=payer_kind,
        admitted_at=self._now(),
        name=name,
    )
    log IIssuerRegistry.PayerAdmitted(uscc=uscc, name=name, payer_kind=payer_kind)


@external
def suspend_payer(uscc: bytes18):
    office._only_supervisor()
    assert self._payer_is_active(uscc), "payer: not active"
    self.payers[uscc].status = IIssuerRegistry.Standing.SUSPENDED
    log IIssuerRegistry.PayerSuspended(uscc=uscc)


@external
def resume_payer(uscc: bytes18):
    office._only_supervisor()
    assert self.payers[uscc].status == IIssuerRegistry.Standing.SUSPENDED, "payer: not suspended"
    self.payers[uscc].status = IIssuerRegistry.Standing.ACTIVE
    log IIssuerRegistry.PayerResumed(uscc=uscc)


@external
def revoke_payer(uscc: bytes18):
    office._only_supervisor()
    self._require_not_revoked_payer(uscc)
    self.payers[uscc].status = IIssuerRegistry.Standing.REVOKED
    log IIssuerRegistry.PayerRevoked(uscc=uscc)


# --- the supervisor: keys ---

@external
def register_key(key: address, owner: bytes18, role: IIssuerRegistry.Role):
    office._only_supervisor()
    assert key != empty(address), "key: zero address"
    assert self._is_one_bit(convert(role, uint256)), "key: not exactly one role"
    assert self.keys[key].identity == 0, "key: already registered"
    if role == IIssuerRegistry.Role.ISSUER:
        self._require_not_revoked_issuer(owner)
    else:
        self._require_not_revoked_payer(owner)
    self.keys[key].identity = (
        convert(owner, uint256)
        | (convert(role, uint256) << KEY_ROLE_AT)
        | (block.timestamp << KEY_FROM_AT)
    )
    log IIssuerRegistry.KeyRegistered(key=key, owner=owner, role=role)


@external
def revoke_key(key: address):
    office._only_supervisor()
    epoch: IIssuerRegistry.KeyEpoch = self._epoch(key)
    assert epoch.role != empty(IIssuerRegistry.Role), "key: not registered"
    assert epoch.revoked_at == 0, "key: already revoked"
    self.keys[key].end = block.timestamp
    log IIssuerRegistry.KeyRevoked(key=key)


@external
def disown_key(key: address, compromised_since: uint64):
    office._only_supervisor()
    epoch: IIssuerRegistry.KeyEpoch = self._epoch(key)
    assert epoch.role != empty(IIssuerRegistry.Role), "key: not registered"
    assert compromised_since >= epoch.valid_from, "key: compromised before its time"
    assert compromised_since <= self._now(), "key: compromised in the future"
    if epoch.compromised_since != 0:
        assert compromised_since < epoch.compromised_since, "key: window only widens"
    revoked_at: uint256 = block.timestamp
    if epoch.revoked_at != 0:
        revoked_at = convert(epoch.revoked_at, uint256)
    self.keys[key].end = revoked_at | (convert(compromised_since, uint256) << KEY_SINCE_AT)
    log IIssuerRegistry.KeyDisowned(key=key, compromised_since=compromised_since)


# --- the supervisor: numbers ---

@external
def appoint_bills(bills: address):
    office._only_supervisor()
    number_book._appoint_bills(bills)


@external
def set_stock_limit(stock_limit: uint64):
    office._only_supervisor()
    number_book._set_stock_limit(stock_limit)


@external
def allow_kind(uscc: bytes18, kind: String[32], allowed: bool):
    office._only_supervisor()
    self._require_not_revoked_issuer(uscc)
    number_book._allow_kind(uscc, kind, allowed)


@external
def open_series(bill_code: uint64, kind: String[32]):
    office._only_supervisor()
    number_book._open_series(bill_code, kind)


@external
def approve_request(request_id: uint64):
    office._only_supervisor()
    number_book._approve(request_id, self._epoch(msg.sender).owner)


@external
def grant_request(request_id: uint64) -> uint64:
    office._only_supervisor()
    request: INumbers.NumberRequest = number_book._take_approved(request_id)
    assert self._issuer_is_active(request.issuer), "issuer: not active"
    return number_book._grant(request.issuer, request.bill_code, request.count)


@external
def grant_numbers(issuer: bytes18, bill_code: uint64, count: uint64) -> uint64:
    office._only_supervisor()
    assert self._issuer_is_active(issuer), "issuer: not active"
    return number_book._grant(issuer, bill_code, count)


@external
def audit_write_off(segment_id: uint64):
    office._only_supervisor()
    number_book._audit_write_off(segment_id)


# --- issuers: numbers ---

@external
def request_numbers(bill_code: uint64, count: uint64) -> uint64:
    return number_book._request(self._calling_issuer(), bill_code, count)


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


# --- the other contracts: authority ---

@external
@view
def authorised_issuer(key: address) -> bytes18:
    return self._authorised_issuer(key)


@external
@view
def authorised_payer(key: address) -> (bytes18, IIssuerRegistry.PayerKind):
    owner: bytes18 = self._owner_of_live_key(key, IIssuerRegistry.Role.PAYER)
    assert self._payer_is_active(owner), "payer: not active"
    return owner, self.payers[owner].kind


@external
@view
def key_trusted_at(key: address, at: uint64) -> bool:
    epoch: IIssuerRegistry.KeyEpoch = self._epoch(key)
    if epoch.role == empty(IIssuerRegistry.Role) or at < epoch.valid_from:
        return False
    if epoch.revoked_at != 0 and at >= epoch.revoked_at:
        return False
    return epoch.compromised_since == 0 or at < epoch.compromised_since


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


@external
@view
def key(key: address) -> IIssuerRegistry.KeyEpoch:
    return self._epoch(key)


@external
@view
def key_is_live(key: address, role: IIssuerRegistry.Role) -> bool:
    epoch: IIssuerRegistry.KeyEpoch = self._epoch(key)
    return self._is_one_bit(convert(role, uint256)) and epoch.role == role and epoch.revoked_at == 0


@external
@view
def owner_of_live_key(key: address, role: IIssuerRegistry.Role) -> bytes18:
    return self._owner_of_live_key(key, role)


# --- internal ---

@internal
@view
def _calling_issuer() -> bytes18:
    office._only_running()
    return self._authorised_issuer(msg.sender)


@internal
@view
def _authorised_issuer(key: address) -> bytes18:
    owner: bytes18 = self._owner_of_live_key(key, IIssuerRegistry.Role.ISSUER)
    assert self._issuer_is_active(owner), "issuer: not active"
    return owner


@internal
@view
def _now() -> uint64:
    return convert(block.timestamp, uint64)


@internal
@view
def _issuer_is_active(uscc: bytes18) -> bool:
    return self.issuers[uscc].status == IIssuerRegistry.Standing.ACTIVE


@internal
@view
def _payer_is_active(uscc: bytes18) -> bool:
    return self.payers[uscc].status == IIssuerRegistry.Standing.ACTIVE


@internal
@view
def _require_not_revoked_issuer(uscc: bytes18):
    status: IIssuerRegistry.Standing = self.issuers[uscc].status
    assert status != empty(IIssuerRegistry.Standing), "issuer: not admitted"
    assert status != IIssuerRegistry.Standing.REVOKED, "issuer: revoked"


@internal
@view
def _require_not_revoked_payer(uscc: bytes18):
    status: IIssuerRegistry.Standing = self.payers[uscc].status
    assert status != empty(IIssuerRegistry.Standing), "payer: not admitted"
    assert status != IIssuerRegistry.Standing.REVOKED, "payer: revoked"


@internal
@view
def _owner_of_live_key(key: address, role: IIssuerRegistry.Role) -> bytes18:
    epoch: IIssuerRegistry.KeyEpoch = self._epoch(key)
    assert epoch.role != empty(IIssuerRegistry.Role), "key: not registered"
    assert epoch.role == role, "key: wrong role"
    assert epoch.revoked_at == 0, "key: revoked"
    return epoch.owner


@internal
@view
def _epoch(key: address) -> IIssuerRegistry.KeyEpoch:
    identity: uint256 = self.keys[key].identity
    end: uint256 = self.keys[key].end
    return IIssuerRegistry.KeyEpoch(
        owner=convert(convert(packed._field(identity, 0, USCC_BITS), uint144), bytes18),
        role=convert(packed._field(identity, KEY_ROLE_AT, ROLE_BITS), IIssuerRegistry.Role),
        valid_from=convert(packed._field(identity, KEY_FROM_AT, TIME_BITS), uint64),
        revoked_at=convert(packed._field(end, 0, TIME_BITS), uint64),
        compromised_since=convert(packed._field(end, KEY_SINCE_AT, TIME_BITS), uint64),
    )


@internal
@pure
def _is_one_bit(bits: uint256) -> bool:
    # A flag argument may carry several bits, or none; zero never grants.
    return bits != 0 and bits & (bits - 1) == 0
