# pragma version 0.4.3
# pragma evm-version cancun
# pragma nonreentrancy on
"""
@title Consent registry
@license Apache-2.0
@notice Grants by holders, as IConsentRegistry tells.
@dev One word per grant. The grant itself is not stored: whoever uses it brings it
     along, and its digest proves it.
@custom:invariant
     INV-8 Only a live, unexpired grant is used, and never above its cap.
     INV-9 A grant comes from its holder, or from the holder's signature before it expires.
     INV-10 A revoked grant is never used again.
     INV-11 A grant id lives once: NONE, LIVE, REVOKED.
     INV-12 The digest binds chain, contract and instance.
     INV-26 A grant is good while block time < expires_at: at expires_at - 1, not at expires_at.
     INV-23 Every function that writes asks first whether the contracts are paused.
     INV-27 No upgrade, no delegatecall, no selfdestruct.
@custom:halt The registry's pause stops every write here, and no read.
     Nothing is lost by it: the same call is good again when the pause is over.
"""

from interfaces import IConsentRegistry
from interfaces import IIssuerRegistry
from modules import eip712
from modules import halt
from modules import packed

implements: IConsentRegistry

NAME_HASH: constant(bytes32) = keccak256("Piaolian Consent")
GRANT_TYPEHASH: constant(bytes32) = keccak256(
    "Grant(bytes32 holder,uint64 billKey,bytes18 payer,bytes32 purpose,bytes32 fieldSet,uint128 capFen,uint64 expiresAt,bool noStatutory,uint256 nonce)"
)
REVOKE_TYPEHASH: constant(bytes32) = keccak256("Revoke(bytes32 grantId)")

# Grant word: status (8 bits), used (128).
USED_AT: constant(uint256) = 8
STATUS_BITS: constant(uint256) = 8
AMOUNT_BITS: constant(uint256) = 128

instance: public(immutable(bytes32))
registry: public(immutable(address))
ledger: public(immutable(address))

grant_words: HashMap[bytes32, uint256]


@deploy
def __init__(_registry: address, _ledger: address):
    """
    @notice Takes the instance from the registry.
    @param _registry The issuer registry.
    @param _ledger Where the reimbursement ledger will be; it checks this when it is deployed.
    """
    assert _ledger != empty(address), "deploy: ledger missing"
    registry = _registry
    ledger = _ledger
    instance = staticcall IIssuerRegistry(_registry).instance()


# --- holders ---

@external
def grant(grant: IConsentRegistry.Grant) -> bytes32:
    halt._only_running(registry)
    self._only_holder(grant.holder)
    return self._make_live(grant)


@external
def grant_signed(grant: IConsentRegistry.Grant, signature: Bytes[65]) -> bytes32:
    halt._only_running(registry)
    digest: bytes32 = self._grant_id(grant)
    assert self._signed_by(grant.holder, digest, signature), "signature: not the holder's"
    return self._make_live(grant)


@external
def revoke(grant: IConsentRegistry.Grant):
    halt._only_running(registry)
    self._only_holder(grant.holder)
    self._revoke(grant)


@external
def revoke_signed(grant: IConsentRegistry.Grant, signature: Bytes[65]):
    halt._only_running(registry)
    digest: bytes32 = self._revoke_digest(self._grant_id(grant))
    assert self._signed_by(grant.holder, digest, signature), "signature: not the holder's"
    self._revoke(grant)


# --- the ledger ---

@external
def use(grant: IConsentRegistry.Grant, amount_fen: uint128) -> bytes32:
    halt._only_running(registry)
    assert msg.sender == ledger, "consent: caller is not the ledger"
    grant_id: bytes32 = self._grant_id(grant)
    state: IConsentRegistry.GrantState = self._state(grant_id)
    assert state.status != empty(IConsentRegistry.GrantStatus), "grant: not given"
    assert state.status == IConsentRegistry.GrantStatus.LIVE, "grant: revoked"
    assert block.timestamp < convert(grant.expires_at, uint256), "grant: expired"
    assert amount_fen <= grant.cap_fen - state.used_fen, "grant: cap exceeded"

    state.used_fen += amount_fen
    self._store(grant_id, state)
    log IConsentRegistry.GrantUsed(
        grant_id=grant_id,
        bill_key=grant.bill_key,
        payer=grant.payer,
        amount_fen=amount_fen,
        used_fen=state.used_fen,
    )
    return grant_id


@external
def release(grant_id: bytes32, amount_fen: uint128):
    halt._only_running(registry)
    assert msg.sender == ledger, "consent: caller is not the ledger"
    state: IConsentRegistry.GrantState = self._state(grant_id)
    assert amount_fen <= state.used_fen, "grant: release exceeds use"

    state.used_fen -= amount_fen
    self._store(grant_id, state)
    log IConsentRegistry.GrantReleased(
        grant_id=grant_id, amount_fen=amount_fen, used_fen=state.used_fen
    )


# --- anyone: reading ---

@external
@view
def domain_separator() -> bytes32:
    return self._domain_separator()


@external
@view
def grant_id(grant: IConsentRegistry.Grant) -> bytes32:
    return self._grant_id(grant)


@external
@view
def revoke_digest(grant_id: bytes32) -> bytes32:
    return self._revoke_digest(grant_id)


@external
@view
def grant_state(grant_id: bytes32) -> IConsentRegistry.GrantState:
    return self._state(grant_id)


# --- internal ---

@internal
@view
def _only_holder(holder: bytes32):
    assert holder == convert(msg.sender, bytes32), "grant: caller is not the holder"


@internal
def _make_live(grant: IConsentRegistry.Grant) -> bytes32:
    grant_id: bytes32 = self._grant_id(grant)
    state: IConsentRegistry.GrantState = self._state(grant_id)
    assert state.status != IConsentRegistry.GrantStatus.REVOKED, "grant: revoked"
    assert state.status == empty(IConsentRegistry.GrantStatus), "grant: already given"
    assert block.timestamp < convert(grant.expires_at, uint256), "grant: expired"
    assert grant.cap_fen != 0, "grant: cap is zero"

    state.status = IConsentRegistry.GrantStatus.LIVE
    self._store(grant_id, state)
    log IConsentRegistry.Granted(
        grant_id=grant_id,
        holder=grant.holder,
        bill_key=grant.bill_key,
        payer=grant.payer,
        purpose=grant.purpose,
        field_set=grant.field_set,
        cap_fen=grant.cap_fen,
        expires_at=grant.expires_at,
        no_statutory=grant.no_statutory,
        nonce=grant.nonce,
    )
    return grant_id


@internal
def _revoke(grant: IConsentRegistry.Grant):
    grant_id: bytes32 = self._grant_id(grant)
    state: IConsentRegistry.GrantState = self._state(grant_id)
    assert state.status != IConsentRegistry.GrantStatus.REVOKED, "grant: revoked"

    state.status = IConsentRegistry.GrantStatus.REVOKED
    self._store(grant_id, state)
    log IConsentRegistry.GrantRevoked(
        grant_id=grant_id, holder=grant.holder, bill_key=grant.bill_key
    )


@internal
@view
def _state(grant_id: bytes32) -> IConsentRegistry.GrantState:
    word: uint256 = self.grant_words[grant_id]
    return IConsentRegistry.GrantState(
        status=convert(packed._field(word, 0, STATUS_BITS), IConsentRegistry.GrantStatus),
        used_fen=convert(packed._field(word, USED_AT, AMOUNT_BITS), uint128),
    )


@internal
def _store(grant_id: bytes32, state: IConsentRegistry.GrantState):
    self.grant_words[grant_id] = convert(state.status, uint256) | (
        convert(state.used_fen, uint256) << USED_AT
    )


@internal
@view
def _grant_id(grant: IConsentRegistry.Grant) -> bytes32:
    return self._digest(
        keccak256(
            abi_encode(
                GRANT_TYPEHASH,
                grant.holder,
                grant.bill_key,
                grant.payer,
                grant.purpose,
                grant.field_set,
                grant.cap_fen,
                grant.expires_at,
                grant.no_statutory,
                grant.nonce,
            )
        )
    )


@internal
@view
def _revoke_digest(grant_id: bytes32) -> bytes32:
    return self._digest(keccak256(abi_encode(REVOKE_TYPEHASH, grant_id)))


@internal
@view
def _domain_separator() -> bytes32:
    return eip712._domain_separator(NAME_HASH, instance)


@internal
@view
def _digest(struct_hash: bytes32) -> bytes32:
    return eip712._digest(self._domain_separator(), struct_hash)


@internal
@pure
def _signed_by(holder: bytes32, digest: bytes32, signature: Bytes[65]) -> bool:
    """
    @dev The only place that knows how a holder signs. Today a holder is an address
         padded on the left; 32 bytes leave room for the hash of another kind of key.
    """
    signer: address = eip712._signer(digest, signature)
    return signer != empty(address) and convert(signer, bytes32) == holder
