# pragma version 0.4.3
# pragma evm-version cancun
# pragma nonreentrancy on
"""
@title Bill registry
@license Apache-2.0
@notice Batches and the state of single bills, as IBillRegistry tells.
@dev Three words per batch, one per segment, one per bill that something happened to, one
     more per bill of a reversal. No call here costs more when there are more bills
     (INV-25); there is no upgrade path (INV-27).
@custom:invariant
     INV-3 A voided, reversed, red-letter, swapped or disputed bill is never payable.
     INV-4 A number is consumed once, by one batch, and never given back.
     INV-6 Only an active issuer with a live key anchors, voids, reverses or swaps.
     INV-7 Reading asks for nobody's standing.
     INV-11 INV-12 A signed batch is good once, here, until its deadline.
     INV-13 INV-16 A batch is written once and never changed.
     INV-14 A void and a reversal are final; paper goes out once and comes back once.
     INV-15 A reversal takes back exactly the face amount; a bill has one place in one chain.
     INV-17 Holding is asked with the size on record, never with the proof's own.
     INV-19 INV-20 Every change emits exactly one event, which tells all that is stored.
     INV-21 Only an officer of the issuer's region vouches for a disputed batch.
     INV-22 Who signed a batch decides, not who carries it.
     INV-23 Every function that writes asks first whether the contracts are paused.
     INV-26 A signed batch may be carried while block time <= deadline.
     INV-27 No upgrade, no delegatecall, no selfdestruct.
@custom:halt The registry's pause stops every write here, and no read.
     Nothing is lost by it: the same call is good again when the pause is over.
"""

from interfaces import IBillRegistry
from interfaces import IIssuerRegistry
from interfaces import IOffice
from interfaces import IReimbursementLedger
from interfaces import ISignedBatches
from modules import batch_book
from modules import bill_book
from modules import bill_header
from modules import bill_numbers
from modules import eip712
from modules import halt
from modules import rfc6962

implements: IBillRegistry
implements: ISignedBatches

initializes: batch_book
initializes: bill_book

exports: (
    batch_book.instance,
    batch_book.registry,
    batch_book.consumed,
    batch_book.voided_in,
    batch_book.batch,
    batch_book.batch_attested,
    batch_book.disputed,
    bill_book.bill_state,
    bill_book.bill_life,
    bill_book.links,
    bill_book.is_reversed,
    bill_book.original_of,
)

NAME_HASH: constant(bytes32) = keccak256("Piaolian Bills")
BATCH_TYPEHASH: constant(bytes32) = keccak256(
    "Batch(uint64 segmentId,uint64 firstKey,uint32 count,bytes32 root,uint128 sumFen,uint64 deadline)"
)
# Batches a relayer may carry at once: some 3 million gas, a tenth of a usual block.
MAX_SIGNED: constant(uint256) = 32

ledger: public(immutable(address))


@deploy
def __init__(_registry: address, _ledger: address):
    """
    @notice Takes the instance from the registry.
    @param _registry The issuer registry.
    @param _ledger Where the reimbursement ledger will be; it checks this when it is deployed.
    """
    assert _ledger != empty(address), "deploy: ledger missing"
    ledger = _ledger
    batch_book.__init__(_registry)


# --- issuers: batches ---

@external
def anchor(segment_id: uint64, first_key: uint64, count: uint32, root: bytes32, sum_fen: uint128):
    halt._only_running(batch_book.registry)
    batch_book._anchor(msg.sender, segment_id, first_key, count, root, sum_fen)


# --- issuers: the end of a bill ---

@external
def void(bill_key: uint64, batch_id: uint64, reason: uint8):
    issuer: bytes18 = self._only_issuer_of(bill_key, batch_id)
    assert reason != 0, "void: reason missing"
    bill_book._require_standing(bill_key)
    assert not self._is_claimed(bill_key), "bill: reserved or settled"

    bill_book._end(bill_key, IBillRegistry.Validity.VOIDED, reason)
    batch_book._count_void(batch_id)
    log IBillRegistry.Voided(bill_key=bill_key, issuer=issuer, reason=reason)


@external
def reverse(
    original: IBillRegistry.ProvedBill,
    red: IBillRegistry.ProvedBill,
    replacement_key: uint64,
    replacement_batch_id: uint64,
    reason: uint8,
):
    bill_key: uint64 = bill_numbers._key_of(original.header.bill_code, original.header.bill_no)
    red_key: uint64 = bill_numbers._key_of(red.header.bill_code, red.header.bill_no)
    issuer: bytes18 = self._only_issuer_of(bill_key, original.batch_id)
    assert reason != 0, "reversal: reason missing"
    bill_book._require_standing(bill_key)
    settled_fen: uint128 = self._settled_without_locks(bill_key)
    assert self._holds(original.header, original.batch_id, original.path), "proof: bill not in batch"
    assert self._holds(red.header, red.batch_id, red.path), "proof: red bill not in batch"
    assert red_key != bill_key, "red bill: is the bill itself"
    assert self._is_fresh(red_key, red.batch_id, issuer), "red bill: not fresh"
    assert red.header.amount_fen == original.header.amount_fen, "red bill: another amount"
    assert red.header.currency == original.header.currency, "red bill: another currency"
    assert red.header.holder == original.header.holder, "red bill: another holder"
    if replacement_key != 0:
        assert replacement_key != bill_key and replacement_key != red_key, "replacement: not a third"
        assert self._is_fresh(replacement_key, replacement_batch_id, issuer), "replacement: not fresh"
        earlier: uint64 = bill_book._links(bill_key).original_key
        if earlier != 0:
            earlier_due: uint128 = self._settled_without_locks(earlier)
            assert earlier_due == 0, "reversal: earlier recovery is due"

    bill_book._end(bill_key, IBillRegistry.Validity.REVERSED, reason)
    bill_book._end(red_key, IBillRegistry.Validity.RED, reason)
    bill_book._link(bill_key, red_key, replacement_key)
    log IBillRegistry.Reversed(
        bill_key=bill_key,
        red_key=red_key,
        replacement_key=replacement_key,
        issuer=issuer,
        amount_fen=original.header.amount_fen,
        due_fen=settled_fen,
        reason=reason,
    )


# --- issuers: paper ---

@external
def swap_to_paper(bill_key: uint64, batch_id: uint64, paper_no: String[32]):
    issuer: bytes18 = self._only_issuer_of(bill_key, batch_id)
    assert len(paper_no) != 0, "paper: number missing"
    bill_book._require_standing(bill_key)
    life: IBillRegistry.BillLife = bill_book._life(bill_key)
    assert life.paper == empty(IBillRegistry.Paper), "paper: went out before"
    settled_fen: uint128 = self._settled_without_locks(bill_key)

    life.paper = IBillRegistry.Paper.SWAPPED
    bill_book._store(bill_key, life)
    log IBillRegistry.SwappedToPaper(
        bill_key=bill_key, issuer=issuer, paper_no=paper_no, settled_fen=settled_fen
    )


@external
def recover_paper(bill_key: uint64, batch_id: uint64):
    issuer: bytes18 = self._only_issuer_of(bill_key, batch_id)
    life: IBillRegistry.BillLife = bill_book._life(bill_key)
    assert life.paper == IBillRegistry.Paper.SWAPPED, "paper: not out"

    life.paper = IBillRegistry.Paper.RECOVERED
    bill_book._store(bill_key, life)
    log IBillRegistry.PaperRecovered(bill_key=bill_key, issuer=issuer)


# --- officers: disputed batches ---

@external
def attest_batch(batch_id: uint64):
    self._only_officer_over(batch_id)
    assert batch_book._count(batch_id) != 0, "batch: unknown"
    assert batch_book._is_disputed(batch_id), "batch: not disputed"

    batch_book._attest(batch_id)
    log IBillRegistry.BatchAttested(batch_id=batch_id, officer=msg.sender)


@external
def attest_bill(bill_key: uint64, batch_id: uint64):
    self._only_officer_over(batch_id)
    assert batch_book._holds_number(batch_id, bill_key), "bill: not in batch"
    assert batch_book._is_disputed(batch_id), "batch: not disputed"
    life: IBillRegistry.BillLife = bill_book._life(bill_key)
    assert not life.attested, "bill: already attested"

    life.attested = True
    bill_book._store(bill_key, life)
    log IBillRegistry.BillAttested(bill_key=bill_key, batch_id=batch_id, officer=msg.sender)


# --- anyone: relaying ---

@external
def anchor_signed(batches: DynArray[ISignedBatches.SignedBatch, MAX_SIGNED]):
    halt._only_running(batch_book.registry)
    assert len(batches) != 0, "batches: none given"
    separator: bytes32 = self._domain_separator()
    for each: ISignedBatches.SignedBatch in batches:
        assert block.timestamp <= convert(each.deadline, uint256), "batch: deadline over"
        digest: bytes32 = eip712._digest(separator, self._struct_hash(each))
        signer: address = eip712._signer(digest, each.signature)
        assert signer != empty(address), "signature: malformed"
        batch_book._anchor(
            signer, each.segment_id, each.first_key, each.count, each.root, each.sum_fen
        )


# --- anyone: reading ---

@external
@view
def domain_separator() -> bytes32:
    return self._domain_separator()


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
        self._domain_separator(),
        self._struct_hash(
            ISignedBatches.SignedBatch(
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
def leaf_of(header: IBillRegistry.BillHeader) -> bytes32:
    return bill_header._leaf_hash(batch_book.instance, header)


@external
@view
def holds(
    header: IBillRegistry.BillHeader, batch_id: uint64, path: DynArray[bytes32, rfc6962.MAX_PATH]
) -> bool:
    return self._holds(header, batch_id, path)


@external
@view
def payability(bill_key: uint64, batch_id: uint64) -> IBillRegistry.Payability:
    return self._payability(bill_key, batch_id)


@external
@view
def is_payable(bill_key: uint64, batch_id: uint64) -> bool:
    return self._payability(bill_key, batch_id) == IBillRegistry.Payability.GOOD


# --- internal: guards ---

@internal
@view
def _only_issuer_of(bill_key: uint64, batch_id: uint64) -> bytes18:
    halt._only_running(batch_book.registry)
    issuer: bytes18 = staticcall IIssuerRegistry(batch_book.registry).authorised_issuer(msg.sender)
    assert batch_book._holds_number(batch_id, bill_key), "bill: not in batch"
    assert batch_book._issuer_of(batch_id) == issuer, "bill: of another issuer"
    return issuer


@internal
@view
def _only_officer_over(batch_id: uint64):
    """
    @dev An officer whose region covers that of the batch's issuer.
    """
    halt._only_running(batch_book.registry)
    officer: IOffice.Officer = staticcall IOffice(batch_book.registry).officer(msg.sender)
    assert officer.appointed_at != 0, "supervisor: caller is not"
    issuer: IIssuerRegistry.Issuer = staticcall IIssuerRegistry(batch_book.registry).issuer(
        batch_book._issuer_of(batch_id)
    )
    covered: bool = staticcall IOffice(batch_book.registry).covers(officer.region, issuer.region)
    assert covered, "supervisor: not in this region"


@internal
@view
def _is_claimed(bill_key: uint64) -> bool:
    return staticcall IReimbursementLedger(ledger).has_open_or_settled(bill_key)


@internal
@view
def _settled_without_locks(bill_key: uint64) -> uint128:
    settled_fen: uint128 = 0
    reserved_fen: uint128 = 0
    decided: bool = False
    settled_fen, reserved_fen, decided = staticcall IReimbursementLedger(ledger).amounts(bill_key)
    assert reserved_fen == 0, "bill: reserved"
    return settled_fen


@internal
@view
def _is_fresh(bill_key: uint64, batch_id: uint64, issuer: bytes18) -> bool:
    """
    @dev A good bill of the issuer to which nothing has happened yet, by any contract.
    """
    return (
        self._payability(bill_key, batch_id) == IBillRegistry.Payability.GOOD
        and batch_book._issuer_of(batch_id) == issuer
        and bill_book._is_untouched(bill_key)
        and not self._is_claimed(bill_key)
    )


# --- internal: reading ---

@internal
@view
def _holds(
    header: IBillRegistry.BillHeader, batch_id: uint64, path: DynArray[bytes32, rfc6962.MAX_PATH]
) -> bool:
    bill_key: uint64 = bill_numbers._key_of(header.bill_code, header.bill_no)
    if not batch_book._holds_number(batch_id, bill_key):
        return False
    leaf: bytes32 = bill_header._leaf_hash(batch_book.instance, header)
    count: uint64 = batch_book._count(batch_id)
    root: bytes32 = rfc6962._root_from_path(leaf, bill_key - batch_id, count, path)
    return root == batch_book._root(batch_id)


@internal
@view
def _payability(bill_key: uint64, batch_id: uint64) -> IBillRegistry.Payability:
    if not batch_book._holds_number(batch_id, bill_key):
        return IBillRegistry.Payability.NOT_IN_BATCH
    life: IBillRegistry.BillLife = bill_book._life(bill_key)
    if life.validity == IBillRegistry.Validity.VOIDED:
        return IBillRegistry.Payability.VOIDED
    if life.validity == IBillRegistry.Validity.REVERSED:
        return IBillRegistry.Payability.REVERSED
    if life.validity == IBillRegistry.Validity.RED:
        return IBillRegistry.Payability.RED
    if life.paper == IBillRegistry.Paper.SWAPPED:
        return IBillRegistry.Payability.SWAPPED
    if not life.attested and batch_book._is_disputed(batch_id):
        return IBillRegistry.Payability.DISPUTED
    return IBillRegistry.Payability.GOOD


@internal
@view
def _domain_separator() -> bytes32:
    return eip712._domain_separator(NAME_HASH, batch_book.instance)


@internal
@pure
def _struct_hash(each: ISignedBatches.SignedBatch) -> bytes32:
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
