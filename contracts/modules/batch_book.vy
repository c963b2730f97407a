# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title The book of batches
@license Apache-2.0
@notice Three words per batch and one per segment, whoever brought the batch.
@custom:invariant
     INV-4 A number is consumed once, by one batch, and never given back.
     INV-6 Only an active issuer with a live key anchors.
     INV-13 INV-16 A batch is written once; only the supervisor's word that it is good is added.
     INV-25 The cost is the same for one bill and for a million.
"""

from ..interfaces import IBillRegistry
from ..interfaces import IIssuerRegistry
from ..interfaces import INumbers
from . import bill_numbers
from . import packed

# Shape word of a batch: count (32 bits), anchored at (64), segment id (64), attested (1).
# The first key is the batch id and needs no room.
SHAPE_ANCHORED_AT: constant(uint256) = 32
SHAPE_SEGMENT_AT: constant(uint256) = 96
SHAPE_ATTESTED_AT: constant(uint256) = 160
# Origin word of a batch: signer (160 bits), sum (96).
ORIGIN_SUM_AT: constant(uint256) = 160

COUNT_BITS: constant(uint256) = 32
TIME_BITS: constant(uint256) = 64
ID_BITS: constant(uint256) = 64
ADDRESS_BITS: constant(uint256) = 160
SUM_BITS: constant(uint256) = 96

# In fen: what the 96 bits beside the signer hold, some 10**26 yuan.
MAX_SUM_FEN: constant(uint128) = 2**96 - 1

struct PackedBatch:
    root: bytes32
    shape: uint256
    origin: uint256

instance: public(immutable(bytes32))
registry: public(immutable(address))

consumed: public(HashMap[uint64, uint64])
voided_in: public(HashMap[uint64, uint64])
batches: HashMap[uint64, PackedBatch]


@deploy
def __init__(_registry: address):
    """
    @notice Takes the instance from the registry.
    """
    registry = _registry
    instance = staticcall IIssuerRegistry(_registry).instance()


# --- anyone: reading ---

@external
@view
def batch(batch_id: uint64) -> IBillRegistry.Batch:
    return self._batch(batch_id)


@external
@view
def batch_attested(batch_id: uint64) -> bool:
    return self._is_attested(batch_id)


@external
@view
def disputed(batch_id: uint64) -> bool:
    assert self._count(batch_id) != 0, "batch: unknown"
    return self._is_disputed(batch_id)


# --- internal ---

@internal
def _anchor(
    signer: address,
    segment_id: uint64,
    first_key: uint64,
    count: uint32,
    root: bytes32,
    sum_fen: uint128,
):
    issuer: bytes18 = staticcall IIssuerRegistry(registry).authorised_issuer(signer)
    segment: INumbers.Segment = staticcall INumbers(registry).segment(segment_id)
    assert segment.bill_code != 0, "segment: unknown"
    assert segment.issuer == issuer, "segment: of another issuer"
    assert count != 0, "batch: count is zero"
    assert root != empty(bytes32), "batch: root is zero"
    assert sum_fen != 0, "batch: sum is zero"
    assert sum_fen <= MAX_SUM_FEN, "batch: sum out of range"
    used: uint64 = self.consumed[segment_id]
    next_key: uint64 = (
        segment.bill_code * bill_numbers.NUMBERS_PER_CODE + segment.first + used
    )
    assert first_key == next_key, "numbers: out of order"
    assert convert(count, uint64) <= segment.count - used, "numbers: exhausted"

    self.consumed[segment_id] = used + convert(count, uint64)
    self.batches[first_key] = PackedBatch(
        root=root,
        shape=(
            convert(count, uint256)
            | (block.timestamp << SHAPE_ANCHORED_AT)
            | (convert(segment_id, uint256) << SHAPE_SEGMENT_AT)
        ),
        origin=convert(signer, uint256) | (convert(sum_fen, uint256) << ORIGIN_SUM_AT),
    )
    log IBillRegistry.Anchored(
        batch_id=first_key,
        issuer=issuer,
        segment_id=segment_id,
        count=count,
        root=root,
        sum_fen=sum_fen,
        signer=signer,
    )


@internal
def _count_void(batch_id: uint64):
    self.voided_in[self._segment_id(batch_id)] += 1


@internal
def _attest(batch_id: uint64):
    self.batches[batch_id].shape |= 1 << SHAPE_ATTESTED_AT


@internal
@view
def _root(batch_id: uint64) -> bytes32:
    return self.batches[batch_id].root


@internal
@view
def _count(batch_id: uint64) -> uint64:
    return convert(packed._field(self.batches[batch_id].shape, 0, COUNT_BITS), uint64)


@internal
@view
def _holds_number(batch_id: uint64, bill_key: uint64) -> bool:
    if bill_key < batch_id:
        return False
    return bill_key - batch_id < self._count(batch_id)


@internal
@view
def _is_attested(batch_id: uint64) -> bool:
    return packed._field(self.batches[batch_id].shape, SHAPE_ATTESTED_AT, 1) != 0


@internal
@view
def _is_disputed(batch_id: uint64) -> bool:
    shape: uint256 = self.batches[batch_id].shape
    origin: uint256 = self.batches[batch_id].origin
    if packed._field(shape, SHAPE_ATTESTED_AT, 1) != 0:
        return False
    return not staticcall IIssuerRegistry(registry).key_trusted_at(
        convert(convert(packed._field(origin, 0, ADDRESS_BITS), uint160), address),
        convert(packed._field(shape, SHAPE_ANCHORED_AT, TIME_BITS), uint64),
    )


@internal
@view
def _segment_id(batch_id: uint64) -> uint64:
    return convert(
        packed._field(self.batches[batch_id].shape, SHAPE_SEGMENT_AT, ID_BITS), uint64
    )


@internal
@view
def _issuer_of(batch_id: uint64) -> bytes18:
    segment: INumbers.Segment = staticcall INumbers(registry).segment(
        self._segment_id(batch_id)
    )
    return segment.issuer


@internal
@view
def _batch(batch_id: uint64) -> IBillRegistry.Batch:
    stored: PackedBatch = self.batches[batch_id]
    if stored.shape == 0:
        return empty(IBillRegistry.Batch)
    return IBillRegistry.Batch(
        root=stored.root,
        first_key=batch_id,
        count=convert(packed._field(stored.shape, 0, COUNT_BITS), uint32),
        segment_id=convert(packed._field(stored.shape, SHAPE_SEGMENT_AT, ID_BITS), uint64),
        anchored_at=convert(packed._field(stored.shape, SHAPE_ANCHORED_AT, TIME_BITS), uint64),
        signer=convert(convert(packed._field(stored.origin, 0, ADDRESS_BITS), uint160), address),
        sum_fen=convert(packed._field(stored.origin, ORIGIN_SUM_AT, SUM_BITS), uint128),
        issuer=self._issuer_of(batch_id),
    )
