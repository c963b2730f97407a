"""All benchmarks in one run: ``make bench``, or ``python -m benchmarks``.

Bulk path, one transaction a bill and OpenAttestation take the same sort of bill: six lines and 30
fields, made before the clock starts. (Bills of 43 fields are given beside it, and go over the API.)
What is compared runs one after the other, so the ratios hold for this machine at this time.
Writes ``out/bench/summary.json``.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from benchmarks.bills import bodies
from benchmarks.one_transaction.plain import plain_rate
from benchmarks.one_transaction.tuned import tuned_rate

HERE = Path(__file__).resolve().parent
SUMMARY = Path("out/bench/summary.json")
_FEW = 10_000  # bills from which the growth of the cost is told
_VERSIONS = ("web3", "eth-account", "coincurve", "sqlalchemy", "uvicorn", "orjson", "msgspec")


def main() -> None:
    """Run all, print the ratios, write the summary."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bulk", type=int, default=200_000, help="bills of the bulk path")
    parser.add_argument("--api", type=int, default=40_000, help="bills of the API path")
    parser.add_argument("--tuned", type=int, default=20_000)
    parser.add_argument("--plain", type=int, default=1_000)
    parser.add_argument("--wraps", type=int, default=10_000)
    given = parser.parse_args()
    load_before = os.getloadavg()[0]

    bulk = _run("-m", "benchmarks.bulk", "--bills", given.bulk, "--small")
    whole = _run("-m", "benchmarks.bulk", "--bills", given.bulk // 2)
    few = _run("-m", "benchmarks.bulk", "--bills", _FEW, "--small")
    offline = _run("-m", "benchmarks.offline")
    check = _run("-m", "benchmarks.chain_check")
    api = _run("-m", "benchmarks.api_path", "--bills", given.api, "--clients", 64)
    tuned = tuned_rate(_bills(given.tuned))
    plain = plain_rate(_bills(given.plain))
    wraps = _wraps(given.wraps)

    summary = {
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, {platform.system()}",
        "load_before": round(load_before, 2),
        "versions": {"python": platform.python_version()} | {n: version(n) for n in _VERSIONS},
        "bulk_bills_per_s": bulk["bills_a_second"],
        "api_bills_per_s": api["loaded"]["bills_per_second"],
        "one_tx_bills_per_s": round(tuned),
        "web3py_bills_per_s": round(plain),
        "openattestation_wraps_per_s": round(wraps),
        "offline_verifications_per_s": offline["small"]["verifications_per_s"],
        "growth_exponent": _exponent(few, bulk),
        "bytes_per_bill": bulk["database_bytes_a_bill"],
        "peak_rss_mb": bulk["peak_rss_mb"],
        "chain_checks_per_s": check["checks_per_s"],
        "web3py_checks_per_s": check["web3py_checks_per_s"],
        "bulk": bulk,
        "bulk_of_whole_bills": whole,
        "offline": offline,
        "chain_check": check,
        "api": api,
    }
    SUMMARY.parent.mkdir(parents=True, exist_ok=True)
    SUMMARY.write_text(json.dumps(summary, indent=1) + "\n")
    _tell(summary)


def _bills(count: int) -> Iterable[bytes]:
    return [body for _, body in bodies(count, small=True)]


def _exponent(few: dict[str, Any], many: dict[str, Any]) -> float:
    """Of the processor time over the number of bills: 1 if each costs the same."""
    cost = [run["processor_us_a_bill"] * run["bills"] for run in (few, many)]
    return round(math.log(cost[1] / cost[0]) / math.log(many["bills"] / few["bills"]), 3)


def _run(*arguments: object) -> dict[str, Any]:
    command = [sys.executable, *map(str, arguments)]
    printed = subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout
    result: dict[str, Any] = json.loads(printed[printed.index(b"{") :])  # after the deployment's
    return result


def _wraps(count: int) -> float:
    peer = HERE / "open_attestation"
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "bills.jsonl"
        file.write_bytes(b"\n".join(_bills(count)))
        printed = subprocess.run(
            ["node", peer / "wrap.mjs", file], check=True, stdout=subprocess.PIPE
        ).stdout
    wrapped = json.loads(printed)
    return float(wrapped["documents"] / wrapped["seconds"])


def _tell(summary: dict[str, Any]) -> None:
    bulk = summary["bulk_bills_per_s"]
    print(f"bulk path                {bulk:>8} bills/s")
    print(f"API path, 64 clients     {summary['api_bills_per_s']:>8} bills/s")
    for name, key in (
        ("one transaction, tuned", "one_tx_bills_per_s"),
        ("one transaction, web3.py", "web3py_bills_per_s"),
        ("OpenAttestation, wrapping", "openattestation_wraps_per_s"),
    ):
        times = bulk / summary[key]
        print(f"{name:<25}{summary[key]:>8} /s; the bulk path is {times:.1f} times that")
    print(f"offline verification     {summary['offline_verifications_per_s']:>8} bills/s and core")
    checks, plain = summary["chain_checks_per_s"], summary["web3py_checks_per_s"]
    times = checks / plain
    print(f"check of state on chain  {checks:>8} bills/s, {times:.1f} times web3.py's {plain}")
    print(f"growth exponent          {summary['growth_exponent']:>8}")


if __name__ == "__main__":
    main()
