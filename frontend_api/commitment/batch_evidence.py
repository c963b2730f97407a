"""What the bill registry leaves in blocks: the ``Anchored`` event, and its words in storage.

Slots are those of Vyper's layout for ``contracts/BillRegistry.vy``; a test compares them with the
compiler's. A map's value lies at ``keccak(slot || key)``, a struct's members in the words after.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from frontend_api.commitment.eip712 import keccak
from frontend_api.commitment.rlp_form import from_rlp
from frontend_api.domain.errors import ProofRejected

BATCHES_SLOT, LIFE_SLOT = 2, 3
ANCHORED_TOPIC = keccak(b"Anchored(uint64,bytes18,uint64,uint32,bytes32,uint128,address)")
_WORD, _USCC = 32, 18
_TYPED = 4  # the highest EIP-2718 type of a transaction that has a receipt of this form
_NO_EVENT = "the receipt has no event of this batch"


@dataclass(frozen=True, slots=True)
class BatchWords:
    """A batch as event and storage both tell it; ``signer`` is 20 bytes, the sum in fen."""

    root: bytes
    count: int
    segment_id: int
    signer: bytes
    sum_fen: int


@dataclass(frozen=True, slots=True)
class AnchoredEvent:
    """The event of one batch; ``issuer`` is the USCC that the contract found for the signer."""

    batch: BatchWords
    issuer: str


@dataclass(frozen=True, slots=True)
class RecordedBatch:
    """A batch in storage, and the life word of one of its bills; ``anchored_at`` in seconds."""

    batch: BatchWords
    anchored_at: int
    life: int


def storage_keys(batch_id: int, bill_key: int) -> list[bytes]:
    """The keys in the trie of the registry's storage: the batch's three words, the bill's one."""
    first = int.from_bytes(_mapped(BATCHES_SLOT, batch_id))
    slots = [first, first + 1, first + 2, int.from_bytes(_mapped(LIFE_SLOT, bill_key))]
    return [(slot % 2**256).to_bytes(_WORD) for slot in slots]


def recorded_batch(values: Sequence[bytes]) -> RecordedBatch:
    """From the four values that the trie holds under those keys. Raises ProofRejected."""
    root, shape, origin, life = (_word(value) for value in values)
    return RecordedBatch(
        BatchWords(
            root=root.to_bytes(_WORD),
            count=shape & 0xFFFFFFFF,
            segment_id=shape >> 96 & 2**64 - 1,
            signer=(origin & 2**160 - 1).to_bytes(20),
            sum_fen=origin >> 160,
        ),
        anchored_at=shape >> 32 & 2**64 - 1,
        life=life,
    )


def anchored_event(receipt: bytes, registry: bytes, batch_id: int) -> AnchoredEvent:
    """The registry's event of this batch in a receipt that succeeded. Raises ProofRejected."""
    topics = [ANCHORED_TOPIC, batch_id.to_bytes(_WORD)]
    for log in _logs(receipt):
        if log[0] == registry and log[1][:2] == topics:
            return _event(log)
    raise ProofRejected(_NO_EVENT)


def account_parts(account: bytes) -> tuple[bytes, bytes]:
    """Storage root and code hash of an account's value in the state trie. Raises ProofRejected."""
    parts = from_rlp(account, "the account")
    if not isinstance(parts, list) or len(parts) != 4:
        raise ProofRejected("the block's state has no account of the bill registry")
    if any(type(part) is not bytes or len(part) != _WORD for part in parts[2:]):
        raise ProofRejected("the account of the bill registry has no roots")
    return parts[2], parts[3]


def _event(log: list[Any]) -> AnchoredEvent:
    _, topics, data = log
    if len(topics) != 4 or len(data) != 4 * _WORD:
        raise ProofRejected(_NO_EVENT)
    count, root, sum_fen, signer = (data[at : at + _WORD] for at in range(0, len(data), _WORD))
    batch = BatchWords(
        root=root,
        count=int.from_bytes(count),
        segment_id=int.from_bytes(topics[3]),
        signer=signer[12:],
        sum_fen=int.from_bytes(sum_fen),
    )
    return AnchoredEvent(batch, topics[2][:_USCC].decode("ascii", "replace"))


def _logs(receipt: bytes) -> list[Any]:
    typed = bool(receipt) and receipt[0] <= _TYPED
    parts = from_rlp(receipt[1:] if typed else receipt, "the receipt")
    if not isinstance(parts, list) or len(parts) != 4 or not isinstance(parts[3], list):
        raise ProofRejected("the receipt is not of a known form")
    if parts[0] != b"\x01":
        raise ProofRejected("the transaction failed")
    return [log for log in parts[3] if _is_log(log)]


def _is_log(log: Any) -> bool:
    return isinstance(log, list) and len(log) == 3 and isinstance(log[1], list)


def _word(value: bytes) -> int:
    word = from_rlp(value, "a word of storage") if value else b""
    if type(word) is not bytes or len(word) > _WORD:
        raise ProofRejected("the registry's storage holds something else than words")
    return int.from_bytes(word)


def _mapped(slot: int, key: int) -> bytes:
    return keccak(slot.to_bytes(_WORD) + key.to_bytes(_WORD))
