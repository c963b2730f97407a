# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title The rules of claims
@license Apache-2.0
@notice What has to be so of bill, grant and dates before an amount is taken.
@custom:invariant
     INV-3 Only a good bill pays; every other state has a reason of its own.
     INV-8 The grant matches holder, bill, payer and purpose.
     INV-26 Expiry and dates are exact to the second.
"""

from ..interfaces import IBillRegistry
from ..interfaces import IConsentRegistry
from . import rfc6962

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


@internal
@view
def _require_expiry_in_range(expires_at: uint64):
    now: uint64 = convert(block.timestamp, uint64)
    assert expires_at > now, "claim: expiry not in the future"
    assert expires_at <= now + MAX_RESERVATION, "claim: expiry too far"


@internal
@view
def _require_held(
    bills: address,
    header: IBillRegistry.BillHeader,
    batch_id: uint64,
    path: DynArray[bytes32, rfc6962.MAX_PATH],
):
    held: bool = staticcall IBillRegistry(bills).holds(header, batch_id, path)
    assert held, "proof: bill not in batch"


@internal
@view
def _require_payable(bills: address, bill_key: uint64, batch_id: uint64):
    state: IBillRegistry.Payability = staticcall IBillRegistry(bills).payability(bill_key, batch_id)
    assert state != IBillRegistry.Payability.NOT_IN_BATCH, "bill: not in batch"
    assert state != IBillRegistry.Payability.VOIDED, "bill: voided"
    assert state != IBillRegistry.Payability.DISPUTED, "bill: disputed"
    assert state != IBillRegistry.Payability.REVERSED, "bill: reversed"
    assert state != IBillRegistry.Payability.RED, "bill: red-letter"
    assert state != IBillRegistry.Payability.SWAPPED, "bill: on paper"
    assert state == IBillRegistry.Payability.GOOD, "bill: not payable"


@internal
@view
def _require_timely(bills: address, issued_at: uint64, batch_id: uint64):
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


@internal
@pure
def _require_reimbursement(purpose: bytes32):
    assert purpose == PURPOSE, "grant: for another purpose"


@internal
@pure
def _require_turn(
    statutory: bool, decided: bool, at_source_fen: uint128, no_statutory: bool
):
    assert (
        statutory or decided or at_source_fen != 0 or no_statutory
    ), "claim: statutory payer first"


@internal
@view
def _require_dated(accounted_at: uint64, issued_at: uint64):
    at: uint256 = convert(accounted_at, uint256)
    day: uint256 = convert(MAX_ISSUED_AHEAD, uint256)
    assert at <= block.timestamp + day, "account: date in the future"
    assert at + day >= convert(issued_at, uint256), "account: date before the bill"
