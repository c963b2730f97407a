# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title The book of single bills
@license Apache-2.0
@notice One word per bill that something happened to, and one more for a bill that a
        reversal links to others.
@custom:invariant
     INV-14 VOIDED, REVERSED and RED are final: they are only entered from "issued".
     INV-15 A bill is linked once as a red bill or replacement, and only while nothing
     had happened to it: so links form one chain without a cycle.
"""

from ..interfaces import IBillRegistry
from . import packed

# Life word: ended at (64 bits), reason (8), validity (8), paper (8), attested (1).
REASON_AT: constant(uint256) = 64
VALIDITY_AT: constant(uint256) = 72
PAPER_AT: constant(uint256) = 80
ATTESTED_AT: constant(uint256) = 88
# Link word: red bill (64 bits), replacement (64), original (64).
REPLACEMENT_AT: constant(uint256) = 64
ORIGINAL_AT: constant(uint256) = 128

TIME_BITS: constant(uint256) = 64
KEY_BITS: constant(uint256) = 64
SMALL_BITS: constant(uint256) = 8

life_words: HashMap[uint64, uint256]
link_words: HashMap[uint64, uint256]


# --- anyone: reading ---

@external
@view
def bill_state(bill_key: uint64) -> IBillRegistry.BillState:
    life: IBillRegistry.BillLife = self._life(bill_key)
    if life.validity != IBillRegistry.Validity.VOIDED:
        return empty(IBillRegistry.BillState)
    return IBillRegistry.BillState(voided=True, voided_at=life.ended_at, reason=life.reason)


@external
@view
def bill_life(bill_key: uint64) -> IBillRegistry.BillLife:
    return self._life(bill_key)


@external
@view
def links(bill_key: uint64) -> IBillRegistry.Links:
    return self._links(bill_key)


@external
@view
def is_reversed(bill_key: uint64) -> bool:
    return self._life(bill_key).validity == IBillRegistry.Validity.REVERSED


@external
@view
def original_of(bill_key: uint64) -> uint64:
    return self._links(bill_key).original_key


# --- internal ---

@internal
@view
def _life(bill_key: uint64) -> IBillRegistry.BillLife:
    word: uint256 = self.life_words[bill_key]
    return IBillRegistry.BillLife(
        validity=convert(
            packed._field(word, VALIDITY_AT, SMALL_BITS), IBillRegistry.Validity
        ),
        ended_at=convert(packed._field(word, 0, TIME_BITS), uint64),
        reason=convert(packed._field(word, REASON_AT, SMALL_BITS), uint8),
        paper=convert(packed._field(word, PAPER_AT, SMALL_BITS), IBillRegistry.Paper),
        attested=packed._field(word, ATTESTED_AT, 1) != 0,
    )


@internal
def _store(bill_key: uint64, life: IBillRegistry.BillLife):
    self.life_words[bill_key] = (
        convert(life.ended_at, uint256)
        | (convert(life.reason, uint256) << REASON_AT)
        | (convert(life.validity, uint256) << VALIDITY_AT)
        | (convert(life.paper, uint256) << PAPER_AT)
        | (convert(life.attested, uint256) << ATTESTED_AT)
    )


@internal
def _end(bill_key: uint64, validity: IBillRegistry.Validity, reason: uint8):
    life: IBillRegistry.BillLife = self._life(bill_key)
    life.validity = validity
    life.ended_at = convert(block.timestamp, uint64)
    life.reason = reason
    self._store(bill_key, life)


@internal
@view
def _require_standing(bill_key: uint64):
    """
    @dev Neither ended nor on paper: what has to be so for every step that ends a bill.
    """
    life: IBillRegistry.BillLife = self._life(bill_key)
    assert life.validity != IBillRegistry.Validity.VOIDED, "bill: already voided"
    assert life.validity != IBillRegistry.Validity.REVERSED, "bill: reversed"
    assert life.validity == empty(IBillRegistry.Validity), "bill: red-letter"
    assert life.paper != IBillRegistry.Paper.SWAPPED, "bill: on paper"


@internal
@view
def _links(bill_key: uint64) -> IBillRegistry.Links:
    word: uint256 = self.link_words[bill_key]
    return IBillRegistry.Links(
        red_key=convert(packed._field(word, 0, KEY_BITS), uint64),
        replacement_key=convert(packed._field(word, REPLACEMENT_AT, KEY_BITS), uint64),
        original_key=convert(packed._field(word, ORIGINAL_AT, KEY_BITS), uint64),
    )


@internal
@view
def _is_untouched(bill_key: uint64) -> bool:
    return self.life_words[bill_key] == 0 and self.link_words[bill_key] == 0


@internal
def _link(bill_key: uint64, red_key: uint64, replacement_key: uint64):
    original: uint256 = convert(bill_key, uint256) << ORIGINAL_AT
    self.link_words[bill_key] |= (
        convert(red_key, uint256) | (convert(replacement_key, uint256) << REPLACEMENT_AT)
    )
    self.link_words[red_key] = original
    if replacement_key != 0:
        self.link_words[replacement_key] = original
