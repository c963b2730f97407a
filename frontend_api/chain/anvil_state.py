"""The development chain's state: taken whole or not at all, written whole or not at all.

Measured on Anvil 1.7.1: its own ``--state-interval`` truncates the file before it writes (killed
while writing, 6 of 6 files were torn, and a torn file keeps Anvil from starting), and a dump that
is taken while blocks are mined may hold accounts that are ahead of the blocks (77 of 437). So the
state is asked for over RPC, checked, and put in place with a rename.
"""

from __future__ import annotations

import gzip
import os
import time
from dataclasses import dataclass
from pathlib import Path

import orjson

from frontend_api.chain.rpc import JsonRpc, MalformedReply
from frontend_api.domain.errors import Unavailable

_QUIET_SECONDS = 0.01  # two looks at the height this far apart tell that mining has come to rest
_ATTEMPTS = 5  # with mining held, the first is enough unless something else mines by hand
_REST_SECONDS = 0.3  # between two saves, so that a lone bill is on disk well within a second
_REST_SHARE = 9  # … and as many times the last save's length: saving takes a tenth of the time
_NO_PARENT = b"0x" + b"0" * 64
_STUCK_SECONDS = 1.0  # what is ready to be mined is mined in milliseconds


@dataclass(frozen=True, slots=True)
class ChainState:
    """A consistent state: gzip of Anvil's JSON, and the height it was taken at."""

    packed: bytes
    height: int


def take_state(rpc: JsonRpc) -> ChainState:
    """The node's present state. Mining is held for a moment only if blocks come too fast.

    Raises ChainUnreachable, RpcError, and Unavailable when no consistent state could be had.
    """
    state = _dump(rpc)
    for _ in range(_ATTEMPTS):
        if state:
            return state
        state = _dump_held(rpc)
    raise Unavailable("the development chain's state does not come to rest: it was not saved")


def write_atomically(path: Path, data: bytes) -> None:
    """Replace ``path`` by ``data``: after a crash it holds the old bytes or the new, never a part.

    Raises OSError; the old file then stays.
    """
    temporary = path.with_name(path.name + ".new")
    with temporary.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def height_of(rpc: JsonRpc) -> int:
    """The node's newest block number."""
    return int(rpc.call("eth_blockNumber"), 16)


def set_clock(rpc: JsonRpc) -> None:
    """Set the node's clock to ours, but never before its newest block."""
    newest = int(rpc.call("eth_getBlockByNumber", "latest", False)["timestamp"], 16)
    rpc.call("evm_setTime", max(int(time.time()), newest))


def consistent_height(raw: bytes) -> int | None:
    """The height of the state in ``raw`` (Anvil's JSON); None if its parts are of two moments.

    Every transaction raises its sender's nonce by one, so the nonces of all accounts without code
    add up to the transactions in the blocks and to the receipts. Anvil fills the parts one after
    the other; equal sums say that no block came in between. Counting bytes keeps this at memory
    speed: all variable text in the file is hexadecimal, so the names cannot occur in data.
    """
    try:
        start = raw.index(b'"accounts":') + len(b'"accounts":')
        end = raw.index(b',"best_block_number":', start)
        accounts = orjson.loads(raw[start:end])
        best = int(raw[end:].split(b":", 2)[1].split(b",", 1)[0])
    except ValueError as e:
        raise MalformedReply("the development chain's state is not in the known form") from e
    sent = sum(a["nonce"] for a in accounts.values() if a["code"] == "0x")
    in_blocks = raw.count(b'"impersonated_sender":')
    receipts = raw.count(b'"transaction_hash":')
    # A start with another ``born`` adds a first block of its own: first blocks do not count.
    later = raw.count(b'"parentHash":') - raw.count(b'"parentHash":"' + _NO_PARENT)
    return best if sent == in_blocks == receipts and later == best else None


def _dump(rpc: JsonRpc) -> ChainState | None:
    packed = bytes.fromhex(rpc.call("anvil_dumpState").removeprefix("0x"))
    height = consistent_height(gzip.decompress(packed))
    return None if height is None else ChainState(packed, height)


def _dump_held(rpc: JsonRpc) -> ChainState | None:
    rpc.call("evm_setAutomine", False)
    try:
        height = height_of(rpc)
        while True:  # what the miner had already taken on still becomes a block
            time.sleep(_QUIET_SECONDS)
            if height == (height := height_of(rpc)):
                break
        return _dump(rpc)
    finally:
        rpc.call("evm_setAutomine", True)  # what waited in the pool is mined at once


class StateKeeper:
    """Keeps one file up to date with one node, and the node's miner awake."""

    def __init__(self, path: Path, rpc: JsonRpc) -> None:
        self._path, self._rpc = path, rpc
        self.saved_height = -1  # the newest block that is on disk
        self._next_save = 0.0
        self._height, self._since = -1, time.monotonic()

    def step(self, *, urgent: bool = False) -> None:
        """Save if there is something new and it is time, or at once if ``urgent``."""
        height, pool = self._rpc.batch([("eth_blockNumber", []), ("txpool_status", [])])
        for answer in (height, pool):
            if isinstance(answer, Exception):
                raise answer
        self._nudge(int(height, 16), int(pool["pending"], 16))
        if int(height, 16) != self.saved_height and (urgent or time.monotonic() >= self._next_save):
            self.save()

    def save(self) -> None:
        """Save now. Raises what ``take_state`` raises, and OSError; the old file then stays."""
        began = time.monotonic()
        try:
            state = take_state(self._rpc)
            write_atomically(self._path, state.packed)
            self.saved_height = state.height
        finally:
            now = time.monotonic()
            self._next_save = now + max(_REST_SECONDS, _REST_SHARE * (now - began))

    def _nudge(self, height: int, pending: int) -> None:
        """Wake a miner that sleeps while transactions are ready.

        Anvil 1.7.1 can stop mining for good when senders outrun it; mining one block clears it.
        """
        now = time.monotonic()
        if height != self._height or not pending:
            self._height, self._since = height, now
        elif now - self._since > _STUCK_SECONDS:
            self._since = now
            self._rpc.call("evm_mine")
