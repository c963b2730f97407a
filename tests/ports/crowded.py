"""A block with strangers' transactions in it, as a network's blocks have them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from frontend_api.chain.signing import address_of, sign_transaction

from .deploying import Network


@contextmanager
def crowded_block(network: Network, strangers: int) -> Iterator[None]:
    """What is sent within waits for the next block, behind ``strangers`` transactions."""
    network.rpc.call("evm_setAutomine", False)
    try:
        for i in range(strangers):
            key = bytes([0x60 + i]) * 32
            nonce = network.reader.transaction_count(address_of(key))
            chain_id = network.deployment.chain_id
            signed = sign_transaction(key, nonce, address_of(key), b"", 21_000, chain_id)
            network.reader.send_raw(signed.raw)
        network.rpc.call("evm_setIntervalMining", 1)  # seconds
        yield
    finally:
        network.rpc.call("evm_setIntervalMining", 0)
        network.rpc.call("evm_setAutomine", True)
