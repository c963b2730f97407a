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
     INV-1 at source + settled + reserved <= amount.
     INV-2 What is settled of a bill is the sum of its Settled events.
     INV-3 Nothing is locked or settled of a bill that is not payable.
     INV-5 A claim id of a payer for a bill is used once and settles at most once.
     INV-8 Nothing is reserved without a live grant that matches bill, payer, purpose and cap.
     INV-14 SETTLED, REJECTED and EXPIRED are final.
     INV-26 A claim may be decided while block time <= expires_at and expired only after.
     INV-28 So it is decided or expires, never both.
     INV-23 Every function that writes asks first whether the contracts are paused.
@custom:halt The registry's pause stops every write here, and no read.
     Nothing is lost by it: the same call is good again when the pause is over.
"""

from interfaces import IBillRegistry
from interfaces import IConsentRegistry
from interfaces import IIssuerRegistry
from interfaces import IReimbursementLedger
from modules import bill_numbers
from modules import halt
from modules import packed
from modules import rfc6962

implements: IReimbursementLedger

# What the holder must have consented to: ASCII "reimbursement", padded on the right.
PURPOSE: public(constant(bytes32)) = (
    0x7265696d62757273656d656e7400000000000000000000000000000000000000
)

# Seconds. A bill is anchored within minutes; an outage or an offline counter may take
# it to the next monthly closing, and no further.
MAX_ANCHOR_DELAY: constant(uint64) = 31 * 86_400
# Seconds. Clocks and time zones differ by less than a day.
MAX_ISSUED_AHEAD: constant(uint64) = 86_400
# Seconds. A reservation keeps others out: half a year is the longest audit of a claim.
MAX_RESERVATION: constant(uint64) = 180 * 86_400

# In fen: 96 bits, so that two amounts and a flag fit one word; some 10**26 yuan.
MAX_AMOUNT_FEN: constant(uint128) = 2**96 - 1
AMOUNT_BITS: constant(uint256) = 96

# Bill word: settled (96 bits), reserved (96), whether a statutory payer decided (1).
BILL_RESERVED_AT: constant(uint256) = 96
BILL_DECIDED_AT: constant(uint256) = 192

# Claim word: status (8 bits), reserved (96), approved (96), expires at (40), statutory (1).
# 40 bits of seconds last for 34,000 years; `lock` refuses anything near.
CLAIM_RESERVED_AT: constant(uint256) = 8
CLAIM_APPROVED_AT: constant(uint256) = 104
CLAIM_EXPIRES_AT: constant(uint256) = 200
CLAIM_STATUTORY_AT: constant(uint256) = 240
STATUS_BITS: constant(uint256) = 8
EXPIRY_BITS: constant(uint256) = 40

struct BillAmounts:
    settled_fen: uint128
    reserved_fen: uint128
    statutory_decided: bool


struct PackedClaim:
    word: uint256
    grant_id: bytes32

registry: public(immutable(address))
bills: public(immutable(address))
consents: public(immutable(address))

bill_words: HashMap[uint64, uint256]
claims: HashMap[bytes18, HashMap[uint64, HashMap[bytes32, PackedClaim]]]


@deploy
def __init__(_registry: address, _bills: address, _consents: address):
    """
    @notice Refuses to be deployed where the two others do not expect it.
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
    payer, kind = staticcall IIssuerRegistry(registry).authorised_payer(msg.sender)
    statutory: bool = kind == IIssuerRegistry.PayerKind.STATUTORY
    bill_key: uint64 = bill_numbers._key_of(header.bill_code, header.bill_no)

    assert amount_fen != 0, "claim: amount is zero"
    self._require_expiry_in_range(expires_at)
    assert self._claim(payer, bill_key, claim_id).status == empty(
        IReimbursementLedger.ClaimStatus
    ), "claim: id already used"
    self._require_held(header, batch_id, path)
    self._require_payable(bill_key, batch_id)
    self._require_timely(header.issued_at, batch_id)
    self._require_matching(grant, header.holder, bill_key, payer)
    held: BillAmounts = self._amounts(bill_key)
    assert (
        statutory or held.statutory_decided or header.at_source_fen != 0 or grant.no_statutory
    ), "claim: statutory payer first"
    assert amount_fen <= self._left(header, held), "claim: exceeds what is left"

    grant_id: bytes32 = extcall IConsentRegistry(consents).use(grant, amount_fen)
    held.reserved_fen += amount_fen
    self._store_amounts(bill_key, held)
    self._store_claim(
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
    halt._only_running(registry)
    payer: bytes18 = self._caller_payer()
    claim: IReimbursementLedger.Claim = self._open_claim(payer, bill_key, claim_id)
    assert block.timestamp <= convert(claim.expires_at, uint256), "claim: expired"
    self._require_payable(bill_key, batch_id)
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
    halt._only_running(registry)
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
def amounts(bill_key: uint64) -> (uint128, uint128, bool):
    held: BillAmounts = self._amounts(bill_key)
    return held.settled_fen, held.reserved_fen, held.statutory_decided


@external
@view
def amount_left(
    header: IBillRegistry.BillHeader, batch_id: uint64, path: DynArray[bytes32, rfc6962.MAX_PATH]
) -> uint128:
    self._require_held(header, batch_id, path)
    bill_key: uint64 = bill_numbers._key_of(header.bill_code, header.bill_no)
    return self._left(header, self._amounts(bill_key))


@external
@view
def claim(payer: bytes18, bill_key: uint64, claim_id: bytes32) -> IReimbursementLedger.Claim:
    return self._claim(payer, bill_key, claim_id)


@external
@view
def has_open_or_settled(bill_key: uint64) -> bool:
    held: BillAmounts = self._amounts(bill_key)
    return held.settled_fen != 0 or held.reserved_fen != 0


# --- internal: guards ---

@internal
@view
def _caller_payer() -> bytes18:
    payer: bytes18 = empty(bytes18)
    kind: IIssuerRegistry.PayerKind = empty(IIssuerRegistry.PayerKind)
    payer, kind = staticcall IIssuerRegistry(registry).authorised_payer(msg.sender)
    return payer


@internal
@view
def _require_expiry_in_range(expires_at: uint64):
    now: uint64 = convert(block.timestamp, uint64)
    assert expires_at > now, "claim: expiry not in the future"
    assert expires_at <= now + MAX_RESERVATION, "claim: expiry too far"


@internal
@view
def _require_held(
    header: IBillRegistry.BillHeader, batch_id: uint64, path: DynArray[bytes32, rfc6962.MAX_PATH]
):
    held: bool = staticcall IBillRegistry(bills).holds(header, batch_id, path)
    assert held, "proof: bill not in batch"


@internal
@view
def _require_payable(bill_key: uint64, batch_id: uint64):
    state: IBillRegistry.Payability = staticcall IBillRegistry(bills).payability(bill_key, batch_id)
    assert state != IBillRegistry.Payability.NOT_IN_BATCH, "bill: not in batch"
    assert state != IBillRegistry.Payability.VOIDED, "bill: voided"
    assert state != IBillRegistry.Payability.DISPUTED, "bill: disputed"
    assert state == IBillRegistry.Payability.GOOD, "bill: not payable"


@internal
@view
def _require_timely(issued_at: uint64, batch_id: uint64):
    batch: IBillRegistry.Batch = staticcall IBillRegistry(bills).batch(batch_id)
    issued: uint256 = convert(issued_at, uint256)
    anchored: uint256 = convert(batch.anchored_at, uint256)
    assert issued <= anchored + convert(MAX_ISSUED_AHEAD, uint256), "bill: issued after its batch"
    assert anchored <= issued + convert(MAX_ANCHOR_DELAY, uint256), "bill: issued too long ago"


@internal
@pure
def _require_matching(
    grant: IConsentRegistry.Grant, holder: bytes32, bill_key: uint64, payer: bytes18
):
    assert grant.holder == holder, "grant: of another holder"
    assert grant.bill_key == bill_key, "grant: for another bill"
    assert grant.payer == payer, "grant: for another payer"
    assert grant.purpose == PURPOSE, "grant: for another purpose"


@internal
@view
def _open_claim(
    payer: bytes18, bill_key: uint64, claim_id: bytes32
) -> IReimbursementLedger.Claim:
    claim: IReimbursementLedger.Claim = self._claim(payer, bill_key, claim_id)
    assert claim.status != empty(IReimbursementLedger.ClaimStatus), "claim: unknown"
    assert claim.status == IReimbursementLedger.ClaimStatus.RESERVED, "claim: already closed"
    return claim


# --- internal: amounts and records ---

@internal
@pure
def _left(header: IBillRegistry.BillHeader, held: BillAmounts) -> uint128:
    """
    @dev The face amount stays below 2**96, so what is reserved or settled does too.
    @custom:invariant INV-1
    """
    assert header.amount_fen <= MAX_AMOUNT_FEN, "bill: amount out of range"
    assert header.at_source_fen <= header.amount_fen, "bill: at source exceeds amount"
    return header.amount_fen - header.at_source_fen - held.settled_fen - held.reserved_fen


@internal
def _close(
    payer: bytes18, bill_key: uint64, claim_id: bytes32, claim: IReimbursementLedger.Claim
):
    """
    @dev Moves what was reserved to settled as far as it was approved, and gives the
         rest back to bill and grant. Only a decision counts as the statutory one.
    """
    held: BillAmounts = self._amounts(bill_key)
    held.reserved_fen -= claim.reserved_fen
    held.settled_fen += claim.approved_fen
    if claim.statutory and claim.status != IReimbursementLedger.ClaimStatus.EXPIRED:
        held.statutory_decided = True
    self._store_amounts(bill_key, held)
    self._store_claim(payer, bill_key, claim_id, claim)
    freed: uint128 = claim.reserved_fen - claim.approved_fen
    if freed != 0:
        extcall IConsentRegistry(consents).release(claim.grant_id, freed)


@internal
@view
def _amounts(bill_key: uint64) -> BillAmounts:
    word: uint256 = self.bill_words[bill_key]
    return BillAmounts(
        settled_fen=convert(packed._field(word, 0, AMOUNT_BITS), uint128),
        reserved_fen=convert(packed._field(word, BILL_RESERVED_AT, AMOUNT_BITS), uint128),
        statutory_decided=packed._field(word, BILL_DECIDED_AT, 1) != 0,
    )


@internal
def _store_amounts(bill_key: uint64, held: BillAmounts):
    self.bill_words[bill_key] = (
        convert(held.settled_fen, uint256)
        | (convert(held.reserved_fen, uint256) << BILL_RESERVED_AT)
        | (convert(held.statutory_decided, uint256) << BILL_DECIDED_AT)
    )


@internal
@view
def _claim(payer: bytes18, bill_key: uint64, claim_id: bytes32) -> IReimbursementLedger.Claim:
    stored: PackedClaim = self.claims[payer][bill_key][claim_id]
    return IReimbursementLedger.Claim(
        status=convert(
            packed._field(stored.word, 0, STATUS_BITS), IReimbursementLedger.ClaimStatus
        ),
        reserved_fen=convert(packed._field(stored.word, CLAIM_RESERVED_AT, AMOUNT_BITS), uint128),
        approved_fen=convert(packed._field(stored.word, CLAIM_APPROVED_AT, AMOUNT_BITS), uint128),
        expires_at=convert(packed._field(stored.word, CLAIM_EXPIRES_AT, EXPIRY_BITS), uint64),
        statutory=packed._field(stored.word, CLAIM_STATUTORY_AT, 1) != 0,
        grant_id=stored.grant_id,
    )


@internal
def _store_claim(
    payer: bytes18, bill_key: uint64, claim_id: bytes32, claim: IReimbursementLedger.Claim
):
    self.claims[payer][bill_key][claim_id] = PackedClaim(
        word=(
            convert(claim.status, uint256)
            | (convert(claim.reserved_fen, uint256) << CLAIM_RESERVED_AT)
            | (convert(claim.approved_fen, uint256) << CLAIM_APPROVED_AT)
            | (convert(claim.expires_at, uint256) << CLAIM_EXPIRES_AT)
            | (convert(claim.statutory, uint256) << CLAIM_STATUTORY_AT)
        ),
        grant_id=claim.grant_id,
    )
