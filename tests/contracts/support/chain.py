"""A real Anvil that sends what a journal has, from anybody, for nothing."""

import gzip
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from eth_utils import to_checksum_address

from frontend_api.chain.anvil_process import end, find_anvil, free_port, spawn
from frontend_api.chain.rpc import JsonRpc, RpcError
from frontend_api.domain.errors import ChainUnreachable

from .journal import Log, Transaction
from .storage import Storage

# Enough for a deployment; a block of Anvil has 30 million.
GAS_LIMIT = 10_000_000


class Outcome(NamedTuple):
    """What became of a transaction on the chain."""

    succeeded: bool
    logs: list[Log]
    gas_used: int
    price: int
    time: int


class Chain:
    def __init__(self, rpc: JsonRpc) -> None:
        self.rpc = rpc

    def send(self, transaction: Transaction, data: bytes) -> Outcome:
        """One transaction in a block of its own, at its time and free of charge."""
        message = {
            "from": transaction.sender,
            "data": "0x" + data.hex(),
            "gas": hex(GAS_LIMIT),
            "gasPrice": "0x0",
        }
        if transaction.to is not None:
            message["to"] = transaction.to
        self.rpc.call("evm_setNextBlockTimestamp", hex(transaction.time))
        sent = self.rpc.call("eth_sendTransaction", message)
        self.rpc.call("evm_mine")
        receipt = self.rpc.call("eth_getTransactionReceipt", sent)
        block = self.rpc.call("eth_getBlockByHash", receipt["blockHash"], False)
        assert int(block["baseFeePerGas"], 16) == 0
        return Outcome(
            succeeded=int(receipt["status"], 16) == 1,
            logs=[
                (
                    to_checksum_address(log["address"]),
                    tuple(int(topic, 16) for topic in log["topics"]),
                    bytes.fromhex(log["data"][2:]),
                )
                for log in receipt["logs"]
            ],
            gas_used=int(receipt["gasUsed"], 16),
            price=int(receipt["effectiveGasPrice"], 16),
            time=int(block["timestamp"], 16),
        )

    @property
    def hardfork(self) -> str:
        return self.rpc.call("anvil_nodeInfo")["hardFork"].lower()

    def balance(self, address: str) -> int:
        return int(self.rpc.call("eth_getBalance", address, "latest"), 16)

    def code(self, address: str) -> bytes:
        return bytes.fromhex(self.rpc.call("eth_getCode", address, "latest")[2:])

    def storage(self, *addresses: str) -> Storage:
        """All that these contracts hold, zeros left out.

        Not by the roots of `eth_getProof`: there Anvil counts slots that hold zero.
        """
        dump = gzip.decompress(bytes.fromhex(self.rpc.call("anvil_dumpState")[2:]))
        accounts = json.loads(dump)["accounts"]
        return {
            (address, int(slot, 16)): int(value, 16)
            for address in addresses
            for slot, value in accounts[address.lower()]["storage"].items()
            if int(value, 16)
        }

    @contextmanager
    def undone(self) -> Iterator[None]:
        snapshot = self.rpc.call("evm_snapshot")
        try:
            yield
        finally:
            assert self.rpc.call("evm_revert", snapshot)


@contextmanager
def anvil(home: Path, hardfork: str, chain_id: int, born: int) -> Iterator[Chain]:
    """Anvil under the rules of a hardfork; nobody has any money, and gas costs nothing."""
    port = free_port()
    arguments = [
        "--host", "127.0.0.1", "--port", str(port), "--chain-id", str(chain_id),
        "--hardfork", hardfork, "--timestamp", str(born), "--accounts", "0",
        "--block-base-fee-per-gas", "0", "--gas-price", "0", "--disable-min-priority-fee",
        "--auto-impersonate", "--no-mining", "--cache-path", str(home / "cache"), "--quiet",
    ]  # fmt: skip
    process = spawn(find_anvil(), arguments, home)
    try:
        with JsonRpc(f"http://127.0.0.1:{port}") as rpc:
            _wait_for(rpc)
            yield Chain(rpc)
    finally:
        end(process)


def _wait_for(rpc: JsonRpc, seconds: float = 20.0) -> None:
    deadline = time.monotonic() + seconds
    while True:
        try:
            rpc.call("eth_chainId")
        except (ChainUnreachable, RpcError):
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
        else:
            return
