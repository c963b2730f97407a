"""An Anvil of the benchmark's own, with the minimal contract on it."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from eth_account import Account
from vyper import compile_code

from frontend_api.bootstrap import find_anvil, free_port
from frontend_api.chain.rpc import JsonRpc
from frontend_api.domain.errors import ChainUnreachable

CHAIN_ID = 46601
KEY = (b"one transaction per bill").rjust(32, b"\1")
_SOURCE = Path(__file__).with_name("OneBill.vy")
_START_SECONDS = 20


@dataclass(frozen=True, slots=True)
class OneBillChain:
    """A running chain: its address, and the contract's."""

    url: str
    rpc: JsonRpc
    contract: str

    def recorded(self) -> int:
        """Bills that the chain shows, counted from its events."""
        topic = {"address": self.contract, "fromBlock": "0x0", "toBlock": "latest"}
        return len(self.rpc.call("eth_getLogs", topic))


def abi() -> list[dict[str, object]]:
    """The contract's interface."""
    found: list[dict[str, object]] = compile_code(_SOURCE.read_text(), output_formats=["abi"])[
        "abi"
    ]
    return found


@contextmanager
def one_bill_chain(*, mining: bool) -> Iterator[OneBillChain]:
    """Anvil without fees; with ``mining`` off, blocks are made when asked for."""
    port = free_port()
    arguments = ["--port", str(port), "--chain-id", str(CHAIN_ID), "--gas-price", "0"]
    arguments += ["--block-base-fee-per-gas", "0", "--disable-min-priority-fee", "--silent"]
    arguments += ["--gas-limit", "1000000000", "--prune-history", "--accounts", "1"]
    with TemporaryDirectory() as home:
        anvil = subprocess.Popen(
            [find_anvil(), *arguments, *([] if mining else ["--no-mining"])],
            env={"HOME": home, "PATH": "/usr/bin:/bin"},
        )
        try:
            url = f"http://127.0.0.1:{port}"
            rpc = _connected(url)
            yield OneBillChain(url, rpc, _deployed(rpc))
        finally:
            anvil.kill()
            anvil.wait()


def _connected(url: str) -> JsonRpc:
    rpc = JsonRpc(url, timeout=120.0, max_reply_bytes=2**30)
    deadline = time.monotonic() + _START_SECONDS
    while True:
        try:
            rpc.call("eth_chainId")
        except ChainUnreachable:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
        else:
            return rpc


def _deployed(rpc: JsonRpc) -> str:
    code = compile_code(_SOURCE.read_text(), output_formats=["bytecode"])["bytecode"]
    transaction = {
        "nonce": 0, "gas": 2_000_000, "gasPrice": 0, "value": 0,
        "data": code, "chainId": CHAIN_ID,
    }  # fmt: skip
    signed = Account.sign_transaction(transaction, KEY)
    sent = rpc.call("eth_sendRawTransaction", "0x" + signed.raw_transaction.hex())
    rpc.call("evm_mine")
    return str(rpc.call("eth_getTransactionReceipt", sent)["contractAddress"])
