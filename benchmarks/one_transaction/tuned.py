"""One transaction per bill as fast as we can: bytes by hand, batches of 100, mined on demand."""

from __future__ import annotations

import itertools
import tempfile
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from coincurve import PrivateKey
from sha3 import keccak_256

from benchmarks.one_transaction.chain import CHAIN_ID, KEY, OneBillChain, one_bill_chain
from benchmarks.one_transaction.ledger import Entry, Ledger
from frontend_api.chain.rpc import RpcError

T = TypeVar("T")

_BATCH = 100  # transactions in one exchange
_BLOCK = 500  # transactions in one block
_GAS = 80_000
_SELECTOR = keccak_256(b"record(uint64,bytes32)").digest()[:4]


def tuned_rate(bodies: Iterable[bytes]) -> float:
    """Bills a second, each validated, durable, mined, and seen in the chain's events."""
    with tempfile.TemporaryDirectory() as folder, one_bill_chain(mining=False) as chain:
        ledger, lane, total = Ledger(Path(folder)), Lane(chain), 0
        started = time.perf_counter()
        with ThreadPoolExecutor(1) as sender:  # the chain works while the next bills are made
            on_its_way: Future[None] | None = None
            for chunk in _chunks(bodies, _BLOCK):
                entries = [ledger.entry(body) for body in chunk]
                raws = [lane.sign(entry) for entry in entries]
                ledger.store(entries, raws)
                if on_its_way:
                    on_its_way.result()
                on_its_way = sender.submit(lane.send, raws)
                total += len(chunk)
            if on_its_way:
                on_its_way.result()
        seconds = time.perf_counter() - started
        assert chain.recorded() == ledger.count() == total
    return total / seconds


class Lane:
    """Signs and sends from one account."""

    def __init__(self, chain: OneBillChain) -> None:
        self._rpc = chain.rpc
        self._key = PrivateKey(KEY)
        self._nonce = 1
        self._to = bytes.fromhex(chain.contract[2:])

    def sign(self, entry: Entry) -> bytes:
        """The signed legacy transaction (EIP-155) that records a bill."""
        data = _SELECTOR + entry.bill_key.to_bytes(32) + entry.digest
        fields = b"".join(
            (_int(self._nonce), _int(0), _int(_GAS), _bytes(self._to), _int(0), _bytes(data))
        )
        self._nonce += 1
        digest = keccak_256(_list(fields + _int(CHAIN_ID) + _int(0) + _int(0))).digest()
        signature = self._key.sign_recoverable(digest, hasher=None)
        v = signature[64] + 35 + 2 * CHAIN_ID
        r, s = int.from_bytes(signature[:32]), int.from_bytes(signature[32:64])
        return _list(fields + _int(v) + _int(r) + _int(s))

    def send(self, raws: list[bytes]) -> None:
        """Send in batches, then ask for a block. Raises RpcError for a refused transaction."""
        for batch in _chunks(raws, _BATCH):
            calls = [("eth_sendRawTransaction", ["0x" + raw.hex()]) for raw in batch]
            for outcome in self._rpc.batch(calls):
                if isinstance(outcome, RpcError):
                    raise outcome
        self._rpc.call("evm_mine")


def _int(value: int) -> bytes:
    return _bytes(value.to_bytes((value.bit_length() + 7) // 8))


def _bytes(data: bytes) -> bytes:
    if len(data) == 1 and data[0] < 0x80:
        return data
    return _prefix(0x80, len(data)) + data


def _list(items: bytes) -> bytes:
    return _prefix(0xC0, len(items)) + items


def _prefix(base: int, length: int) -> bytes:
    if length < 56:
        return bytes((base + length,))
    size = length.to_bytes((length.bit_length() + 7) // 8)
    return bytes((base + 55 + len(size),)) + size


def _chunks(items: Iterable[T], size: int) -> Iterator[list[T]]:
    iterator = iter(items)
    return iter(lambda: list(itertools.islice(iterator, size)), [])
