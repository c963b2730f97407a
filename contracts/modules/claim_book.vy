# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title The book of claims
@license Apache-2.0
@notice One word per claimed bill, two per claim.
@custom:invariant
     INV-2 The settled amount of a bill is kept beside its claims, and moves with them.
     INV-5 A claim has one record, under payer, bill and id.
"""

from ..interfaces import IReimbursementLedger
from . import packed

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

bill_words: HashMap[uint64, uint256]
claims: HashMap[bytes18, HashMap[uint64, HashMap[bytes32, PackedClaim]]]


# --- anyone: reading ---

@external
@view
def amounts(bill_key: uint64) -> (uint128, uint128, bool):
    held: BillAmounts = self._amounts(bill_key)
    return held.settled_fen, held.reserved_fen, held.statutory_decided


@external
@view
def claim(payer: bytes18, bill_key: uint64, claim_id: bytes32) -> IReimbursementLedger.Claim:
    return self._claim(payer, bill_key, claim_id)


@external
@view
def has_open_or_settled(bill_key: uint64) -> bool:
    held: BillAmounts = self._amounts(bill_key)
    return held.settled_fen != 0 or held.reserved_fen != 0


# --- internal ---

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
