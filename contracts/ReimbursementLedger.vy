# pragma version 0.4.3
# pragma evm-version cancun
# pragma nonreentrancy on
"""
@title Reimbursement ledger
@license Apache-2.0
@notice Claims and what is left of each bill, as IReimbursementLedger tells.
@dev One word per claimed bill and two per claim. The header of a bill is brought along
     and proved against its batch, so its amounts need no room here. There is no
     upgrade path (INV-27).
@custom:invariant
     INV-1 at source + settled + reserved (+ still due of its original) <= amount.
     INV-2 What is settled of a bill is the sum of its Settled and Accounted events, less
     the sum of its Recovered events.
     INV-3 Nothing is locked or settled of a bill that is not payable.
     INV-5 A claim id of a payer for a bill is used once and settles at most once.
     INV-8 Nothing is reserved without a live grant that matches bill, payer, purpose and cap.
     INV-14 SETTLED, REJECTED and EXPIRED are final; a reversal leads from SETTLED to
     RECOVERED, which is final too.
     INV-15 What was settled of a reversed bill is due from then on until it is recovered.
     INV-19 INV-20 Every change emits exactly one event, and one of the consent registry when it
     changes too.
     INV-21 A payer moves only claims of its own; anyone may expire one.
     INV-26 A claim may be decided while block time <= expires_at and expired only after.
     INV-28 So it is decided or expires, never both.
     INV-23 Every function that writes asks first whether the contracts are paused.
     INV-27 No upgrade, no delegatecall, no selfdestruct.
@custom:halt The registry's pause stops every write here, and no read.
     Nothing is lost by it: the same call is good again when the pause is over.
"""

from interfaces import IBillRegistry
from interfaces import IConsentRegistry
from interfaces import IIssuerRegistry
from interfaces import IReimbursementLedger
from modules import bill_numbers
from modules import claim_book
from modules import claim_rules
from modules import halt
from modules import rfc6962

implements: IReimbursementLedger

initializes: claim_book

exports: (
    claim_book.amounts,
    claim_book.claim,
    claim_book.has_open_or_settled,
    claim_rules.PURPOSE,
)

registry: public(immutable(address))
bills: public(immutable(address))
consents: public(immutable(address))



@deploy
def __init__(_registry: address, _bills: address, _consents: address):
    """
    @notice Refuses to be deployed where the two others do not expect it.
    @param _registry The issuer registry.
    @param _bills The bill registry.
    @param _consents The consent registry.
    """
    registry = _registry
    bills = _bills
    consents = _consents
    bill_registry: IBillRegistry = IBillRegistry(_bills)
    consent_registry: IConsentRegistry = IConsentRegistry(_consents)
    assert staticcall bill_registry.registry() == _registry, "deploy: bills of other registry"
    assert staticcall bill_registry.ledger() == self, "deploy: bills of other ledger"
    assert staticcall consent_registry.registry() == _registry, "deploy: consents of other registry"
    assert staticcall consent_registry.ledger() == self, "deploy: consents of other ledger"


# --- payers ---

@external
def lock(
    header: IBillRegistry.BillHeader,
    batch_id: uint64,
    path: DynArray[bytes32, rfc6962.MAX_PATH],
    grant: IConsentRegistry.Grant,
    claim_id: bytes32,
    amount_fen: uint128,
    expires_at: uint64,
):
    halt._only_running(registry)
    payer: bytes18 = empty(bytes18)
    kind: IIssuerRegistry.PayerKind = empty(IIssuerRegistry.PayerKind)
    payer, kind = self._caller_and_kind()
    statutory: bool = kind == IIssuerRegistry.PayerKind.STATUTORY
    bill_key: uint64 = bill_numbers._key_of(header.bill_code, header.bill_no)

    assert amount_fen != 0, "claim: amount is zero"
    claim_rules._require_expiry_in_range(expires_at)
    self._require_unused_id(payer, bill_key, claim_id)
    claim_rules._require_held(bills, header, batch_id, path)
    claim_rules._require_payable(bills, bill_key, batch_id)
    claim_rules._require_timely(bills, header.issued_at, batch_id)
    claim_rules._require_matching(grant, header.holder, bill_key, payer)
    claim_rules._require_reimbursement(grant.purpose)
    held: claim_book.BillAmounts = claim_book._amounts(bill_key)
    claim_rules._require_turn(statutory, held.statutory_decided, header.at_source_fen, grant.no_statutory)
    assert amount_fen <= self._left(header, held), "claim: exceeds what is left"

    grant_id: bytes32 = extcall IConsentRegistry(consents).use(grant, amount_fen)
    held.reserved_fen += amount_fen
    claim_book._store_amounts(bill_key, held)
    claim_book._store_claim(
        payer,
        bill_key,
        claim_id,
        IReimbursementLedger.Claim(
            status=IReimbursementLedger.ClaimStatus.RESERVED,
            reserved_fen=amount_fen,
            approved_fen=0,
            expires_at=expires_at,
            statutory=statutory,
            grant_id=grant_id,
        ),
    )
    log IReimbursementLedger.Locked(
        bill_key=bill_key,
        payer=payer,
        claim_id=claim_id,
        batch_id=batch_id,
        grant_id=grant_id,
        amount_fen=amount_fen,
        expires_at=expires_at,
        statutory=statutory,
    )


@external
def settle(
    bill_key: uint64, batch_id: uint64, claim_id: bytes32, approved_fen: uint128, voucher: bytes32
):
    payer: bytes18 = self._caller_payer()
    claim: IReimbursementLedger.Claim = self._open_claim(payer, bill_key, claim_id)
    assert block.timestamp <= convert(claim.expires_at, uint256), "claim: expired"
    claim_rules._require_payable(bills, bill_key, batch_id)
    assert approved_fen != 0, "claim: approved is zero"
    assert approved_fen <= claim.reserved_fen, "claim: approved exceeds reserved"

    claim.status = IReimbursementLedger.ClaimStatus.SETTLED
    claim.approved_fen = approved_fen
    self._close(payer, bill_key, claim_id, claim)
    log IReimbursementLedger.Settled(
        bill_key=bill_key,
        payer=payer,
        claim_id=claim_id,
        approved_fen=approved_fen,
        deducted_fen=claim.reserved_fen - approved_fen,
        voucher=voucher,
    )


@external
def reject(bill_key: uint64, claim_id: bytes32, reason: uint8):
    payer: bytes18 = self._caller_payer()
    claim: IReimbursementLedger.Claim = self._open_claim(payer, bill_key, claim_id)
    assert block.timestamp <= convert(claim.expires_at, uint256), "claim: expired"
    assert reason != 0, "claim: reason missing"

    claim.status = IReimbursementLedger.ClaimStatus.REJECTED
    self._close(payer, bill_key, claim_id, claim)
    log IReimbursementLedger.Rejected(
        bill_key=bill_key,
        payer=payer,
        claim_id=claim_id,
        released_fen=claim.reserved_fen,
        reason=reason,
    )


@external
def account(
    header: IBillRegistry.BillHeader,
    batch_id: uint64,
    path: DynArray[bytes32, rfc6962.MAX_PATH],
    grant: IConsentRegistry.Grant,
    claim_id: bytes32,
    voucher: bytes32,
    accounted_at: uint64,
):
    halt._only_running(registry)
    payer: bytes18 = empty(bytes18)
    kind: IIssuerRegistry.PayerKind = empty(IIssuerRegistry.PayerKind)
    payer, kind = self._caller_and_kind()
    assert kind == IIssuerRegistry.PayerKind.EMPLOYER, "payer: not an employer"
    bill_key: uint64 = bill_numbers._key_of(header.bill_code, header.bill_no)
    assert voucher != empty(bytes32), "account: voucher missing"
    claim_rules._require_dated(accounted_at, header.issued_at)
    self._require_unused_id(payer, bill_key, claim_id)
    claim_rules._require_held(bills, header, batch_id, path)
    claim_rules._require_payable(bills, bill_key, batch_id)
    claim_rules._require_timely(bills, header.issued_at, batch_id)
    claim_rules._require_matching(grant, header.holder, bill_key, payer)
    claim_rules._require_reimbursement(grant.purpose)
    held: claim_book.BillAmounts = claim_book._amounts(bill_key)
    claim_rules._require_turn(False, held.statutory_decided, header.at_source_fen, grant.no_statutory)
    assert held.reserved_fen == 0, "bill: reserved"
    amount_fen: uint128 = self._left(header, held)
    assert amount_fen != 0, "bill: nothing left"

    grant_id: bytes32 = extcall IConsentRegistry(consents).use(grant, amount_fen)
    held.settled_fen += amount_fen
    claim_book._store_amounts(bill_key, held)
    claim_book._store_claim(
        payer,
        bill_key,
        claim_id,
        IReimbursementLedger.Claim(
            status=IReimbursementLedger.ClaimStatus.SETTLED,
            reserved_fen=amount_fen,
            approved_fen=amount_fen,
            expires_at=convert(block.timestamp, uint64),
            statutory=False,
            grant_id=grant_id,
        ),
    )
    log IReimbursementLedger.Accounted(
        bill_key=bill_key,
        payer=payer,
        claim_id=claim_id,
        batch_id=batch_id,
        grant_id=grant_id,
        amount_fen=amount_fen,
        voucher=voucher,
        accounted_at=accounted_at,
    )


@external
def log_use(
    header: IBillRegistry.BillHeader,
    batch_id: uint64,
    path: DynArray[bytes32, rfc6962.MAX_PATH],
    grant: IConsentRegistry.Grant,
):
    payer: bytes18 = self._caller_payer()
    bill_key: uint64 = bill_numbers._key_of(header.bill_code, header.bill_no)
    claim_rules._require_held(bills, header, batch_id, path)
    claim_rules._require_payable(bills, bill_key, batch_id)
    claim_rules._require_matching(grant, header.holder, bill_key, payer)
    assert grant.purpose != claim_rules.PURPOSE, "grant: for reimbursement"

    grant_id: bytes32 = extcall IConsentRegistry(consents).use(grant, 0)
    log IReimbursementLedger.UseLogged(
        bill_key=bill_key,
        payer=payer,
        grant_id=grant_id,
        purpose=grant.purpose,
        field_set=grant.field_set,
    )


@external
def recover(bill_key: uint64, claim_id: bytes32, voucher: bytes32):
    payer: bytes18 = self._caller_payer()
    claim: IReimbursementLedger.Claim = claim_book._claim(payer, bill_key, claim_id)
    due_fen: uint128 = self._due(bill_key, claim)
    assert due_fen != 0, "claim: nothing due"
    assert voucher != empty(bytes32), "recovery: voucher missing"

    claim.status = IReimbursementLedger.ClaimStatus.RECOVERED
    held: claim_book.BillAmounts = claim_book._amounts(bill_key)
    held.settled_fen -= due_fen
    claim_book._store_amounts(bill_key, held)
    claim_book._store_claim(payer, bill_key, claim_id, claim)
    log IReimbursementLedger.Recovered(
        bill_key=bill_key,
        payer=payer,
        claim_id=claim_id,
        amount_fen=due_fen,
        voucher=voucher,
    )


# --- anyone ---

@external
def expire(bill_key: uint64, payer: bytes18, claim_id: bytes32):
    halt._only_running(registry)
    claim: IReimbursementLedger.Claim = self._open_claim(payer, bill_key, claim_id)
    assert block.timestamp > convert(claim.expires_at, uint256), "claim: not expired"

    claim.status = IReimbursementLedger.ClaimStatus.EXPIRED
    self._close(payer, bill_key, claim_id, claim)
    log IReimbursementLedger.Expired(
        bill_key=bill_key, payer=payer, claim_id=claim_id, released_fen=claim.reserved_fen
    )


# --- anyone: reading ---

@external
@view
def amount_left(
    header: IBillRegistry.BillHeader, batch_id: uint64, path: DynArray[bytes32, rfc6962.MAX_PATH]
) -> uint128:
    claim_rules._require_held(bills, header, batch_id, path)
    bill_key: uint64 = bill_numbers._key_of(header.bill_code, header.bill_no)
    return self._left(header, claim_book._amounts(bill_key))


@external
@view
def recovery_due(payer: bytes18, bill_key: uint64, claim_id: bytes32) -> uint128:
    return self._due(bill_key, claim_book._claim(payer, bill_key, claim_id))


@external
@view
def recoveries_due(bill_key: uint64) -> uint128:
    return self._all_due(bill_key)


# --- internal: guards ---

@internal
@view
def _caller_and_kind() -> (bytes18, IIssuerRegistry.PayerKind):
    return staticcall IIssuerRegistry(registry).authorised_payer(msg.sender)


@internal
@view
def _caller_payer() -> bytes18:
    halt._only_running(registry)
    payer: bytes18 = empty(bytes18)
    kind: IIssuerRegistry.PayerKind = empty(IIssuerRegistry.PayerKind)
    payer, kind = self._caller_and_kind()
    return payer


@internal
@view
def _require_unused_id(payer: bytes18, bill_key: uint64, claim_id: bytes32):
    claim: IReimbursementLedger.Claim = claim_book._claim(payer, bill_key, claim_id)
    assert claim.status == empty(IReimbursementLedger.ClaimStatus), "claim: id already used"


@internal
@view
def _open_claim(
    payer: bytes18, bill_key: uint64, claim_id: bytes32
) -> IReimbursementLedger.Claim:
    claim: IReimbursementLedger.Claim = claim_book._claim(payer, bill_key, claim_id)
    assert claim.status != empty(IReimbursementLedger.ClaimStatus), "claim: unknown"
    assert claim.status == IReimbursementLedger.ClaimStatus.RESERVED, "claim: already closed"
    return claim


# --- internal: amounts and records ---

@internal
@view
def _left(header: IBillRegistry.BillHeader, held: claim_book.BillAmounts) -> uint128:
    """
    @dev The face amount stays below 2**96, so what is reserved or settled does too. A
         replacement has less left by what is still due of its original; that only falls
         with time, so it may exceed the face at first, and nothing is left then.
    @custom:invariant INV-1
    """
    assert header.amount_fen <= claim_book.MAX_AMOUNT_FEN, "bill: amount out of range"
    assert header.at_source_fen <= header.amount_fen, "bill: at source exceeds amount"
    free: uint128 = (
        header.amount_fen - header.at_source_fen - held.settled_fen - held.reserved_fen
    )
    bill_key: uint64 = bill_numbers._key_of(header.bill_code, header.bill_no)
    original_key: uint64 = staticcall IBillRegistry(bills).original_of(bill_key)
    if original_key == 0:
        return free
    carried: uint128 = claim_book._amounts(original_key).settled_fen
    return free - min(free, carried)


@internal
@view
def _due(bill_key: uint64, claim: IReimbursementLedger.Claim) -> uint128:
    if claim.status != IReimbursementLedger.ClaimStatus.SETTLED:
        return 0
    taken_back: bool = staticcall IBillRegistry(bills).is_reversed(bill_key)
    return claim.approved_fen if taken_back else 0


@internal
@view
def _all_due(bill_key: uint64) -> uint128:
    taken_back: bool = staticcall IBillRegistry(bills).is_reversed(bill_key)
    return claim_book._amounts(bill_key).settled_fen if taken_back else 0


@internal
def _close(
    payer: bytes18, bill_key: uint64, claim_id: bytes32, claim: IReimbursementLedger.Claim
):
    """
    @dev Moves what was reserved to settled as far as it was approved, and gives the
         rest back to bill and grant. Only a decision counts as the statutory one.
    """
    held: claim_book.BillAmounts = claim_book._amounts(bill_key)
    held.reserved_fen -= claim.reserved_fen
    held.settled_fen += claim.approved_fen
    if claim.statutory and claim.status != IReimbursementLedger.ClaimStatus.EXPIRED:
        held.statutory_decided = True
    claim_book._store_amounts(bill_key, held)
    claim_book._store_claim(payer, bill_key, claim_id, claim)
    freed: uint128 = claim.reserved_fen - claim.approved_fen
    if freed != 0:
        extcall IConsentRegistry(consents).release(claim.grant_id, freed)
