"""How fast a file of bills is imported, end to end: ``python -m benchmarks.bulk``.

A fresh home with a chain of its own; N outpatient bills with six lines each, made before the
clock starts. Then the whole way: the file is taken in, checked, committed to, stored with every
transaction synced to disk, and anchored; the clock stops when the chain has the last bill.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson

from benchmarks.bills import smaller
from frontend_api.bootstrap import Services, generate, load_kinds, running
from frontend_api.chain.anvil import AnvilChain
from frontend_api.cli.demo.admit import admit_all
from frontend_api.cli.run import deploy_contracts
from frontend_api.commitment.fields import paths_and_values
from frontend_api.flow.bulk_intake import Origin
from frontend_api.flow.read import open_bill
from frontend_api.ports import ImportFormat, ImportJob
from frontend_api.settings import load, save

KIND = "medical_outpatient"
LINES = 6
_TICK = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass
class Watch:
    """Memory and processor time of this process and all below it, sampled while it is open."""

    peak_bytes: int = 0
    seconds: dict[int, float] = field(default_factory=dict)
    _stop: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def open(self) -> Iterator[None]:
        before = {pid: s for pid, (s, _) in _processes().items()}
        thread = threading.Thread(target=self._sample, daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._stop.set()
            thread.join()
            for pid, seconds in before.items():
                if pid in self.seconds:
                    self.seconds[pid] -= seconds

    def _sample(self) -> None:
        while not self._stop.wait(0.5):
            now = _processes()
            self.peak_bytes = max(self.peak_bytes, sum(size for _, size in now.values()))
            self.seconds |= {pid: seconds for pid, (seconds, _) in now.items()}


def _processes() -> dict[int, tuple[float, int]]:
    """Processor seconds and resident bytes of this process and those it started."""
    parents, found = {}, {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        pid = int(folder.name)
        parents[pid] = int(fields[1])
        found[pid] = (
            (int(fields[11]) + int(fields[12])) / _TICK,
            int(fields[21]) * _PAGE,
        )
    ours = {os.getpid()}
    while more := {pid for pid, parent in parents.items() if parent in ours} - ours:
        ours |= more
    return {pid: found[pid] for pid in ours}


def write_bills(file: Path, count: int, small: bool) -> None:
    """Bills with six lines; ``small`` leaves out what the schema does not ask for."""
    samples = generate(load_kinds(), seed=1, count=10**9, now=datetime.now(UTC))
    models = (s for s in samples if s["kind"] == KIND and len(s["lines"]) == LINES)
    kept: list[dict[str, Any]] = [
        smaller(next(models)) if small else next(models) for _ in range(500)
    ]
    with file.open("wb") as out:
        for number in range(count):
            bill = kept[number % len(kept)]
            bill["business_no"] = f"HIS-{number:010d}"
            out.write(orjson.dumps(bill) + b"\n")


@contextmanager
def fresh_platform(home: Path, workers: int) -> Iterator[tuple[Services, str]]:
    """A platform in a new home with the address of its own Anvil; all sample issuers admitted."""
    save(home, sample=True, import_workers=workers)
    with AnvilChain(home / "chain") as chain:
        deploy_contracts(home, home / "deployment.json", chain.url)
        with running(load(home), chain.url) as services:
            now = datetime.now(UTC)
            admit_all(services, {now.year, now.year - 1})
            yield services, chain.url


def measure(home: Path, count: int, small: bool, workers: int) -> dict[str, Any]:
    """One run in a fresh home."""
    file = home / "bills.jsonl"
    write_bills(file, count, small)
    with fresh_platform(home, workers) as (services, _):
        watch = Watch()
        empty = _database_bytes(home)
        with watch.open():
            started = time.perf_counter()
            job = import_bills(services, file)
            accepted = time.perf_counter() - started
            wait_anchored(services, job)
            seconds = time.perf_counter() - started
        fields = _fields(services, job)
    assert job.accepted == count, job
    processor = sum(watch.seconds.values())
    return {
        "bills": count,
        "fields_a_bill": fields,
        "lines_a_bill": LINES,
        "bytes_a_row": file.stat().st_size // count,
        "bills_a_second": round(count / seconds),
        "accepted_a_second": round(count / accepted),
        "seconds": round(seconds, 2),
        "processor_us_a_bill": round(processor / count * 1e6, 1),
        "bills_a_second_of_two_cores": round(2 * count / processor),
        "peak_rss_mb": round(watch.peak_bytes / 1e6),
        "database_bytes_a_bill": (_database_bytes(home) - empty) // count,
        "load_average": os.getloadavg()[0],
        "processor_seconds": sorted(round(s, 1) for s in watch.seconds.values()),
    }


def import_bills(services: Services, file: Path, issuer: str | None = None) -> ImportJob:
    """Import a file of JSON lines; back when every bill is accepted."""
    intake = services.imports.intake
    with intake.receive() as received, file.open("rb") as content:
        while block := content.read(1 << 20):
            received.write(block)
        job = intake.take(received, ImportFormat.JSON_LINES, Origin(issuer, file.name)).job
    return services.imports.work(job, lambda _: None)


def wait_anchored(services: Services, job: ImportJob) -> None:
    """Back when the chain has every bill of an import."""
    done = services.engine.wait_for(
        lambda: services.imports.anchored(job) == job.accepted + job.repeated, 600
    )
    assert done, services.engine.fault


def _fields(services: Services, job: ImportJob) -> int:

    stored = services.desk.bills.find(next(iter(job.last_keys.values())))
    assert stored is not None
    return sum(1 for _ in paths_and_values(open_bill(services.desk, stored).content))


def _database_bytes(home: Path) -> int:
    return (home / "piaolian.sqlite3").stat().st_size


def main() -> None:
    """Print one JSON object a run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bills", type=int, default=200_000)
    parser.add_argument("--small", action="store_true", help="only the fields that must be there")
    parser.add_argument("--workers", type=int, default=0, help="0: one more than cores")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="piaolian-bulk-") as folder:
        result = measure(Path(folder), arguments.bills, arguments.small, arguments.workers)
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
