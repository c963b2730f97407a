"""The API path from nothing: a platform on the home's own Anvil, served, under load.

    python -m benchmarks.api_path --bills 20000 --clients 64

Prints one JSON object: an idle engine (bills one by one), the load, half of that load.
``--home`` keeps the platform for the next run.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx

from benchmarks.bills import KIND
from frontend_api.bootstrap import AnvilChain, free_port, running
from frontend_api.cli.demo.admit import admit_all, load_sign_ins, save_sign_ins
from frontend_api.cli.run import deploy_contracts
from frontend_api.settings import load, save

IDLE_PROBES = 100
_NUMBERS = 100_000_000  # of each kind: enough for the longest load


def prepared(home: Path) -> str:
    """Deploy and admit, unless the home is ready; returns an API key for medical bills."""
    if not (home / "sign-ins.json").exists():
        save(home, supervisor_name="琼州省财政厅（样例）", sample=True)
        with AnvilChain(home / "chain") as chain:
            deploy_contracts(home, home / "deployment.json", chain.url)
            now = datetime.now(UTC)
            years = {now.year, now.year - 1} if now.month == 1 else {now.year}
            with running(load(home), chain.url) as services:
                save_sign_ins(home, admit_all(services, years, _NUMBERS))
            chain.wait_saved()
    return load_sign_ins(home).issuers[KIND]


@contextmanager
def served(home: Path, profile: str | None = None) -> Iterator[tuple[str, int]]:
    """Serve the home in a process of its own; its address, and that process."""
    port = free_port()
    piaolian = Path(sys.executable).with_name("piaolian")
    before = [sys.executable, "-m", "cProfile", "-o", profile] if profile else []
    with (home / "serve.log").open("ab") as log:
        service = subprocess.Popen(
            [*before, piaolian, "--home", str(home), "serve", "--port", str(port)],
            stdout=log,
            stderr=log,
        )
    url = f"http://127.0.0.1:{port}"
    try:
        _await(url)
        yield url, service.pid
    finally:
        service.terminate()
        service.wait(120)


def measured(home: Path, bills: int, clients: int, profile: str | None) -> dict[str, Any]:
    """Load a served home from another process."""
    api_key = prepared(home)
    with served(home, profile) as (url, _):
        load = [sys.executable, "-m", "benchmarks.load", url, api_key]
        idle = _output([*load, "--bills", "0", "--clients", "0", "--probes", str(IDLE_PROBES)])
        load += ["--clients", str(clients)]
        loaded = _output([*load, "--bills", str(bills)])
        rate = loaded["bills_per_second"] / 2
        half = _output([*load, "--bills", str(bills // 2), "--rate", str(rate)])
    return {"idle": idle, "loaded": loaded, "half_loaded": half}


def _await(url: str) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            if httpx.get(f"{url}/api/v1/health/ready").status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise TimeoutError("the service did not start")


def _output(command: list[Any]) -> Any:
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bills", type=int, default=20_000)
    parser.add_argument("--clients", type=int, default=64)
    parser.add_argument("--home", type=Path)
    parser.add_argument("--profile", help="write a cProfile of the service's main thread here")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = given.home or Path(folder)
        result = measured(home, given.bills, given.clients, given.profile)
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
