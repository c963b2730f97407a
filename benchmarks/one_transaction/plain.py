"""One transaction per bill as plain web3.py code does it: build, sign, send, wait."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterable
from pathlib import Path

from eth_account import Account
from web3 import HTTPProvider, Web3

from benchmarks.one_transaction.chain import CHAIN_ID, KEY, abi, one_bill_chain
from benchmarks.one_transaction.ledger import Ledger


def plain_rate(bodies: Iterable[bytes]) -> float:
    """Bills a second, each validated, durable and mined before the next."""
    with tempfile.TemporaryDirectory() as folder, one_bill_chain(mining=True) as chain:
        w3 = Web3(HTTPProvider(chain.url))
        account = Account.from_key(KEY)
        contract = w3.eth.contract(Web3.to_checksum_address(chain.contract), abi=abi())
        ledger, total = Ledger(Path(folder)), 0
        started = time.perf_counter()
        for body in bodies:
            entry = ledger.entry(body)
            transaction = contract.functions.record(entry.bill_key, entry.digest).build_transaction(
                {
                    "from": account.address,
                    "nonce": w3.eth.get_transaction_count(account.address),
                    "gas": 80_000,
                    "gasPrice": 0,
                    "chainId": CHAIN_ID,
                }
            )
            signed = account.sign_transaction(transaction)
            ledger.store([entry], [signed.raw_transaction])
            sent = w3.eth.send_raw_transaction(signed.raw_transaction)
            assert w3.eth.wait_for_transaction_receipt(sent, poll_latency=0.002)["status"] == 1
            total += 1
        seconds = time.perf_counter() - started
        assert chain.recorded() == ledger.count() == total
    return total / seconds
