"""A payer's check of bills on the chain: ``python -m benchmarks.chain_check``.

All checks of ``piaolian check`` (fields, proof, batch, block, key, issuer, state, amounts) over the
bill files of a real chain, beside what plain web3.py code asks for the state alone: batch, life and
amounts of each bill, a contract call each. Same node, one after the other.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from web3 import HTTPProvider, Web3

from benchmarks.bulk import fresh_platform, import_bills, wait_anchored, write_bills
from frontend_api.bootstrap import Services
from frontend_api.bootstrap.many import many_from
from frontend_api.chain.codec import load_abi
from frontend_api.commitment.bill_file import BillFile
from frontend_api.flow.read import bill_file_of


def main() -> None:
    """Print the rates as JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bills", type=int, default=5_000)
    parser.add_argument("--plain", type=int, default=300, help="bills that web3.py asks about")
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="piaolian-check-") as folder:
        home = Path(folder)
        write_bills(home / "bills.jsonl", given.bills, small=False)
        with fresh_platform(home, 0) as (services, url):
            files = _issued(services, home)
            many = max(_many(url, home, files) for _ in range(given.rounds))
            plain = max(_plain(url, files[: given.plain]) for _ in range(given.rounds))
    print(json.dumps({"bills": len(files), "checks_per_s": many, "web3py_checks_per_s": plain}))


def _issued(services: Services, home: Path) -> list[bytes]:
    job = import_bills(services, home / "bills.jsonl")
    wait_anchored(services, job)
    return [file for last in job.last_keys.values() for file in _files(services, last)]


def _files(services: Services, key: int) -> Iterator[bytes]:
    while stored := services.desk.bills.find(key):
        yield bill_file_of(services.desk, stored).to_bytes()
        key -= 1


def _many(url: str, home: Path, files: Sequence[bytes]) -> float:
    started = time.perf_counter()
    reports = list(many_from(url, [home / "deployment.json"])(files))
    seconds = time.perf_counter() - started
    assert all(report.exit_code() == 0 for report in reports)
    return round(len(files) / seconds)


def _plain(url: str, files: Sequence[bytes]) -> float:
    w3 = Web3(HTTPProvider(url))
    bills = [BillFile.from_bytes(data) for data in files]
    named = bills[0].deployment
    registry = w3.eth.contract(_address(named.bill_registry), abi=load_abi("BillRegistry"))
    ledger = w3.eth.contract(
        _address(named.reimbursement_ledger), abi=load_abi("ReimbursementLedger")
    )
    started = time.perf_counter()
    for bill in bills:
        key = bill.header.number.key
        assert registry.functions.batch(bill.inclusion.batch_id).call()
        assert registry.functions.bill_life(key).call()
        assert ledger.functions.amounts(key).call()
    return round(len(bills) / (time.perf_counter() - started))


def _address(text: str) -> str:
    return str(Web3.to_checksum_address(text))


if __name__ == "__main__":
    main()
