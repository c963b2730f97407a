# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title The book of keys
@license Apache-2.0
@notice Signing keys, their epochs, and for whom they speak. Who may do what is the registry's
        to check; here is what follows.
@custom:invariant
     INV-6 A key is authorised while it is live, in its role, and its owner is active.
     INV-14 An address is registered once, for ever; a window of mistrust only widens.
"""

from ..interfaces import IIssuerRegistry
from . import checks
from . import institution_book
from . import packed

uses: institution_book

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

keys: HashMap[address, PackedKey]


# --- the other contracts: authority ---

@external
@view
def authorised_issuer(key: address) -> bytes18:
    return self._authorised_issuer(key)


@external
@view
def authorised_payer(key: address) -> (bytes18, IIssuerRegistry.PayerKind):
    owner: bytes18 = self._owner_of_live_key(key, IIssuerRegistry.Role.PAYER)
    institution_book._require_active_payer(owner)
    return owner, institution_book.payers[owner].kind


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
def key(key: address) -> IIssuerRegistry.KeyEpoch:
    return self._epoch(key)


@external
@view
def key_is_live(key: address, role: IIssuerRegistry.Role) -> bool:
    epoch: IIssuerRegistry.KeyEpoch = self._epoch(key)
    one: bool = packed._is_one_bit(convert(role, uint256))
    return one and epoch.role == role and epoch.revoked_at == 0


@external
@view
def owner_of_live_key(key: address, role: IIssuerRegistry.Role) -> bytes18:
    return self._owner_of_live_key(key, role)


# --- internal: changes ---

@internal
@view
def _require_new_key(key: address, owner: bytes18, role: IIssuerRegistry.Role):
    checks._require(key != empty(address), "key: zero address")
    checks._require(packed._is_one_bit(convert(role, uint256)), "key: not exactly one role")
    self._require_unregistered(key)
    if role == IIssuerRegistry.Role.ISSUER:
        institution_book._require_not_revoked_issuer(owner)
    else:
        institution_book._require_not_revoked_payer(owner)


@internal
def _register(key: address, owner: bytes18, role: IIssuerRegistry.Role):
    """
    @dev After `_require_new_key`.
    """
    self.keys[key].identity = (
        convert(owner, uint256)
        | (convert(role, uint256) << KEY_ROLE_AT)
        | (block.timestamp << KEY_FROM_AT)
    )
    log IIssuerRegistry.KeyRegistered(key=key, owner=owner, role=role)


@internal
def _revoke(key: address):
    epoch: IIssuerRegistry.KeyEpoch = self._registered(key)
    checks._require(epoch.revoked_at == 0, "key: already revoked")
    self.keys[key].end = block.timestamp
    log IIssuerRegistry.KeyRevoked(key=key)


@internal
def _disown(key: address, compromised_since: uint64):
    epoch: IIssuerRegistry.KeyEpoch = self._registered(key)
    checks._require(compromised_since >= epoch.valid_from, "key: compromised before its time")
    now: uint64 = convert(block.timestamp, uint64)
    checks._require(compromised_since <= now, "key: compromised in the future")
    if epoch.compromised_since != 0:
        checks._require(compromised_since < epoch.compromised_since, "key: window only widens")
    revoked_at: uint256 = block.timestamp
    if epoch.revoked_at != 0:
        revoked_at = convert(epoch.revoked_at, uint256)
    self.keys[key].end = revoked_at | (convert(compromised_since, uint256) << KEY_SINCE_AT)
    log IIssuerRegistry.KeyDisowned(key=key, compromised_since=compromised_since)


# --- internal: records ---

@internal
@view
def _authorised_issuer(key: address) -> bytes18:
    owner: bytes18 = self._owner_of_live_key(key, IIssuerRegistry.Role.ISSUER)
    institution_book._require_active_issuer(owner)
    return owner


@internal
@view
def _owner_of_live_key(key: address, role: IIssuerRegistry.Role) -> bytes18:
    epoch: IIssuerRegistry.KeyEpoch = self._registered(key)
    assert epoch.role == role, "key: wrong role"
    assert epoch.revoked_at == 0, "key: revoked"
    return epoch.owner


@internal
@view
def _region_of(key: address) -> uint32:
    """
    @dev The region of the key's owner.
    """
    epoch: IIssuerRegistry.KeyEpoch = self._epoch(key)
    return institution_book._region_of(epoch.owner, epoch.role)


@internal
@view
def _require_unregistered(key: address):
    checks._require(self.keys[key].identity == 0, "key: already registered")


@internal
@view
def _registered(key: address) -> IIssuerRegistry.KeyEpoch:
    epoch: IIssuerRegistry.KeyEpoch = self._epoch(key)
    assert epoch.role != empty(IIssuerRegistry.Role), "key: not registered"
    return epoch


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
