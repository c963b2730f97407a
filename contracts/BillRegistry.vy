# pragma version 0.4.3
# pragma evm-version cancun
# pragma nonreentrancy on
"""
@title Bill registry
@license Apache-2.0
@notice Batches and the state of single bills, as IBillRegistry tells.
@dev Three words per batch, one per segment, one per bill that something happened to.
     No call here costs more when there are more bills (INV-25); there is no upgrade
     path (INV-27).
@custom:invariant
     INV-3 A voided or disputed bill is never payable.
     INV-4 A number is consumed once, by one batch, and never given back.
     INV-6 Only an active issuer with a live key anchors or voids.
     INV-7 Reading asks for nobody's standing.
     INV-11 INV-12 A signed batch is good once, here, until its deadline.
     INV-13 INV-16 A batch is written once and never changed.
     INV-14 A void is final.
     INV-19 Every change emits exactly one event.
     INV-22 Who signed a batch decides, not who carries it.
     INV-23 Every function that writes asks first whether the contracts are paused.
@custom:halt The registry's pause stops every write here, and no read.
     Nothing is lost by it: the same call is good again when the pause is over.
"""

from interfaces import IBillRegistry
from interfaces import IIssuerRegistry
from interfaces import IReimbursementLedger
from modules import bill_header
from modules import bill_numbers
from modules import eip712
from modules import halt
from modules import packed
from modules import rfc6962

implements: IBillRegistry

NAME_HASH: constant(bytes32) = keccak256("Piaolian Bills")
BATCH_TYPEHASH: constant(bytes32) = keccak256(
    "Batch(uint64 segmentId,uint64 firstKey,uint32 count,bytes32 root,uint128 sumFen,uint64 deadline)"
)
# Batches a relayer may carry at once: some 3 million gas, a tenth of a usual block.
MAX_SIGNED: constant(uint256) = 32

# Shape word of a batch: count (32 bits), anchored at (64), segment id (64).
# The first key is the batch id and needs no room.
SHAPE_ANCHORED_AT: constant(uint256) = 32
SHAPE_SEGMENT_AT: constant(uint256) = 96
# Origin word of a batch: signer (160 bits), sum (96).
ORIGIN_SUM_AT: constant(uint256) = 160
# Bill word: voided at (64 bits), reason (8). A bill is voided when it has a time.
BILL_REASON_AT: constant(uint256) = 64

COUNT_BITS: constant(uint256) = 32
TIME_BITS: constant(uint256) = 64
ID_BITS: constant(uint256) = 64
ADDRESS_BITS: constant(uint256) = 160
SUM_BITS: constant(uint256) = 96
REASON_BITS: constant(uint256) = 8

# In fen: what the 96 bits beside the signer hold, some 10**26 yuan.
MAX_SUM_FEN: constant(uint128) = 2**96 - 1

struct PackedBatch:
    root: bytes32
    shape: uint256
    origin: uint256

instance: public(immutable(bytes32))
registry: public(immutable(address))
ledger: public(immutable(address))

consumed: public(HashMap[uint64, uint64])
batches: HashMap[uint64, PackedBatch]
bill_words: HashMap[uint64, uint256]


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


# --- issuers ---

@external
def anchor(segment_id: uint64, first_key: uint64, count: uint32, root: bytes32, sum_fen: uint128):
    halt._only_running(registry)
    self._anchor(msg.sender, segment_id, first_key, count, root, sum_fen)


@external
def void(bill_key: uint64, batch_id: uint64, reason: uint8):
    halt._only_running(registry)
    issuer: bytes18 = staticcall IIssuerRegistry(registry).authorised_issuer(msg.sender)
    batch: IBillRegistry.Batch = self._batch(batch_id)
    assert self._is_inside(bill_key, batch), "bill: not in batch"
    assert batch.issuer == issuer, "bill: of another issuer"
    assert reason != 0, "void: reason missing"
    assert self.bill_words[bill_key] == 0, "bill: already voided"
    claimed: bool = staticcall IReimbursementLedger(ledger).has_open_or_settled(bill_key)
    assert not claimed, "bill: reserved or settled"

    self.bill_words[bill_key] = block.timestamp | (convert(reason, uint256) << BILL_REASON_AT)
    log IBillRegistry.Voided(bill_key=bill_key, issuer=issuer, reason=reason)


# --- anyone: relaying ---

@external
def anchor_signed(batches: DynArray[IBillRegistry.SignedBatch, MAX_SIGNED]):
    halt._only_running(registry)
    assert len(batches) != 0, "batches: none given"
    separator: bytes32 = eip712._domain_separator(NAME_HASH, instance)
    for each: IBillRegistry.SignedBatch in batches:
        assert block.timestamp <= convert(each.deadline, uint256), "batch: deadline over"
        digest: bytes32 = eip712._digest(separator, self._struct_hash(each))
        signer: address = eip712._signer(digest, each.signature)
        assert signer != empty(address), "signature: malformed"
        self._anchor(
            signer, each.segment_id, each.first_key, each.count, each.root, each.sum_fen
        )


# --- anyone: reading ---

@external
@view
def domain_separator() -> bytes32:
    return eip712._domain_separator(NAME_HASH, instance)


@external
@view
def batch_digest(
    segment_id: uint64,
    first_key: uint64,
    count: uint32,
    root: bytes32,
    sum_fen: uint128,
    deadline: uint64,
) -> bytes32:
    return eip712._digest(
        eip712._domain_separator(NAME_HASH, instance),
        self._struct_hash(
            IBillRegistry.SignedBatch(
                segment_id=segment_id,
                first_key=first_key,
                count=count,
                root=root,
                sum_fen=sum_fen,
                deadline=deadline,
                signature=b"",
            )
        ),
    )


@external
@view
def batch(batch_id: uint64) -> IBillRegistry.Batch:
    return self._batch(batch_id)


@external
@view
def leaf_of(header: IBillRegistry.BillHeader) -> bytes32:
    return bill_header._leaf_hash(instance, header)


@external
@view
def holds(
    header: IBillRegistry.BillHeader, batch_id: uint64, path: DynArray[bytes32, rfc6962.MAX_PATH]
) -> bool:
    bill_key: uint64 = bill_numbers._key_of(header.bill_code, header.bill_no)
    root: bytes32 = self.batches[batch_id].root
    count: uint64 = self._count(batch_id)
    if bill_key < batch_id or bill_key - batch_id >= count:
        return False
    leaf: bytes32 = bill_header._leaf_hash(instance, header)
    return rfc6962._root_from_path(leaf, bill_key - batch_id, count, path) == root


@external
@view
def bill_state(bill_key: uint64) -> IBillRegistry.BillState:
    word: uint256 = self.bill_words[bill_key]
    return IBillRegistry.BillState(
        voided=word != 0,
        voided_at=convert(packed._field(word, 0, TIME_BITS), uint64),
        reason=convert(packed._field(word, BILL_REASON_AT, REASON_BITS), uint8),
    )


@external
@view
def payability(bill_key: uint64, batch_id: uint64) -> IBillRegistry.Payability:
    return self._payability(bill_key, batch_id)


@external
@view
def is_payable(bill_key: uint64, batch_id: uint64) -> bool:
    return self._payability(bill_key, batch_id) == IBillRegistry.Payability.GOOD


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
    segment: IIssuerRegistry.Segment = staticcall IIssuerRegistry(registry).segment(segment_id)
    assert segment.count != 0, "segment: unknown"
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
@pure
def _struct_hash(each: IBillRegistry.SignedBatch) -> bytes32:
    return keccak256(
        abi_encode(
            BATCH_TYPEHASH,
            each.segment_id,
            each.first_key,
            each.count,
            each.root,
            each.sum_fen,
            each.deadline,
        )
    )


@internal
@view
def _payability(bill_key: uint64, batch_id: uint64) -> IBillRegistry.Payability:
    if bill_key < batch_id or bill_key - batch_id >= self._count(batch_id):
        return IBillRegistry.Payability.NOT_IN_BATCH
    if self.bill_words[bill_key] != 0:
        return IBillRegistry.Payability.VOIDED
    if self._is_disputed(batch_id):
        return IBillRegistry.Payability.DISPUTED
    return IBillRegistry.Payability.GOOD


@internal
@view
def _is_disputed(batch_id: uint64) -> bool:
    shape: uint256 = self.batches[batch_id].shape
    origin: uint256 = self.batches[batch_id].origin
    return not staticcall IIssuerRegistry(registry).key_trusted_at(
        convert(convert(packed._field(origin, 0, ADDRESS_BITS), uint160), address),
        convert(packed._field(shape, SHAPE_ANCHORED_AT, TIME_BITS), uint64),
    )


@internal
@view
def _count(batch_id: uint64) -> uint64:
    return convert(packed._field(self.batches[batch_id].shape, 0, COUNT_BITS), uint64)


@internal
@pure
def _is_inside(bill_key: uint64, batch: IBillRegistry.Batch) -> bool:
    if bill_key < batch.first_key:
        return False
    return bill_key - batch.first_key < convert(batch.count, uint64)


@internal
@view
def _batch(batch_id: uint64) -> IBillRegistry.Batch:
    stored: PackedBatch = self.batches[batch_id]
    if stored.shape == 0:
        return empty(IBillRegistry.Batch)
    segment_id: uint64 = convert(
        packed._field(stored.shape, SHAPE_SEGMENT_AT, ID_BITS), uint64
    )
    segment: IIssuerRegistry.Segment = staticcall IIssuerRegistry(registry).segment(segment_id)
    return IBillRegistry.Batch(
        root=stored.root,
        first_key=batch_id,
        count=convert(packed._field(stored.shape, 0, COUNT_BITS), uint32),
        segment_id=segment_id,
        anchored_at=convert(packed._field(stored.shape, SHAPE_ANCHORED_AT, TIME_BITS), uint64),
        signer=convert(convert(packed._field(stored.origin, 0, ADDRESS_BITS), uint160), address),
        sum_fen=convert(packed._field(stored.origin, ORIGIN_SUM_AT, SUM_BITS), uint128),
        issuer=segment.issuer,
    )
