"""A province's half-year, from files to the chain: ``make bench-province``, an hour.

Hainan issued 19.19 million bills of 31.2 billion yuan by 2,795 units of 14 departments in the first
half of 2021 (its finance department's figures). Here as many units of as many departments are
admitted, and each imports its file; what the chain's events alone add up to is compared with the
files, 1,000 bills chosen by chance are verified, and the cost of a bill is followed from the first
ten thousand on. ``--share 0.05`` issues a twentieth. Prints one JSON object and writes it to
``out/bench/province.json``.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import random
import shutil
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson

from benchmarks.bulk import Watch, fresh_platform, import_bills, wait_anchored
from frontend_api.bootstrap import Services, generate, load_kinds
from frontend_api.bootstrap.many import many_from
from frontend_api.cli.admitting import admit
from frontend_api.domain.institution import Institution
from frontend_api.domain.states import Role
from frontend_api.domain.uscc import check_character
from frontend_api.flow.read import bill_file_of
from frontend_api.ports import ImportJob

BILLS, UNITS = 19_190_000, 2_795
REGION = 460_000
# Who issues what: the fourteen departments, and the kind of bill of ours that comes nearest.
DEPARTMENTS = (
    ("卫生健康", "medical_outpatient"), ("医院", "medical_inpatient"), ("教育", "tuition"),
    ("司法", "court_fee"), ("公安交警", "traffic_fine"), ("交通运输", "parking"),
    ("民政", "donation"), ("住建", "parking"), ("市场监管", "court_fee"), ("人社", "tuition"),
    ("自然资源", "court_fee"), ("文旅", "donation"), ("红十字会", "donation"),
    ("妇幼", "medical_outpatient"),
)  # fmt: skip
_TEMPLATES = 200  # of each kind
_FIRST = 10_000  # bills after which the cost of a bill is first taken
_LOOKS = 1_000  # bills that are verified in the end
_AT_A_TIME = 100  # units admitted together


@dataclass(frozen=True, slots=True)
class Issuing:
    """A unit, and how many bills it issues."""

    unit: Institution
    bills: int


def main() -> None:
    """Print what was measured."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--share", type=float, default=1.0, help="of the half-year's bills")
    parser.add_argument("--units", type=int, default=UNITS)
    parser.add_argument("--home", type=Path, help="where there is room: 2 kB a bill")
    given = parser.parse_args()
    count = round(BILLS * given.share)
    with tempfile.TemporaryDirectory(prefix="piaolian-province-", dir=given.home) as folder:
        free = shutil.disk_usage(folder).free
        if free < 2_500 * count:
            raise SystemExit(
                f"{free / 1e9:.0f} GB free, {count * 2.5e-6:.0f} needed: give a --share"
            )
        result = issued(Path(folder), count, given.units)
    out = Path("out/bench/province.json")
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(json.dumps(result, indent=1) + "\n")
    print(json.dumps(result, indent=1))


def issued(home: Path, count: int, units: int) -> dict[str, Any]:
    """Issue ``count`` bills by ``units`` units in a fresh home, and check them."""
    issuers = _issuers(count, units)
    templates = _templates()
    with fresh_platform(home, 0) as (services, url):
        year = datetime.now(UTC).year
        for start in range(0, units, _AT_A_TIME):
            group = [one.unit for one in issuers[start : start + _AT_A_TIME]]
            admit(services, group, {year}, max(1, issuers[start].bills + 1))
        watch, curve = Watch(), Curve()
        sum_fen, jobs = 0, []
        with watch.open():
            curve.begin()
            for one in issuers:
                file = home / "unit.jsonl"
                with curve.paused():
                    sum_fen += _write(file, one, templates)
                jobs.append(import_bills(services, file, one.unit.uscc))
                curve.add(one.bills)
            for job in jobs:
                wait_anchored(services, job)
            seconds = curve.end()
        assert sum(job.accepted for job in jobs) == count
        seen, seen_fen, departments = _from_events(services, issuers)
        valid = _valid(services, url, home, jobs)
    assert (seen, seen_fen) == (count, sum_fen), (seen, seen_fen, count, sum_fen)
    rate = count / seconds
    return {
        "bills": count,
        "share": round(count / BILLS, 4),
        "units": units,
        "departments": departments,
        "yuan": sum_fen / 100,
        "seconds": round(seconds, 1),
        "bills_per_s": round(rate),
        "whole_half_year_hours": round(BILLS / rate / 3600, 2),
        "from_events": {"bills": seen, "fen": seen_fen, "equal": True},
        "verified": valid,
        "growth_exponent": curve.exponent(),
        "peak_rss_mb": round(watch.peak_bytes / 1e6),
        "database_bytes_a_bill": (home / "piaolian.sqlite3").stat().st_size // count,
        "load_average": os.getloadavg()[0],
    }


class Curve:
    """Bills over time, the making of the files left out."""

    def __init__(self) -> None:
        self.points: list[tuple[int, float]] = []
        self._bills, self._out = 0, 0.0

    def begin(self) -> None:
        """The first file comes in."""
        self._started = time.perf_counter()

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Time that does not count."""
        before = time.perf_counter()
        yield
        self._out += time.perf_counter() - before

    def add(self, bills: int) -> None:
        """So many more are accepted."""
        self._bills += bills
        self.points.append((self._bills, self._now()))

    def end(self) -> float:
        """The chain has the last one; the seconds that it took."""
        seconds = self._now()
        self.points.append((self._bills, seconds))
        return seconds

    def exponent(self) -> float | None:
        """Of the cost from the first ten thousand to the last bill: 1 if each costs the same."""
        first = next((point for point in self.points if point[0] >= _FIRST), self.points[-1])
        last = self.points[-1]
        if last[0] < 2 * first[0]:
            return None
        return round(math.log(last[1] / first[1]) / math.log(last[0] / first[0]), 3)

    def _now(self) -> float:
        return time.perf_counter() - self._started - self._out


def _issuers(count: int, units: int) -> list[Issuing]:
    each, more = divmod(count, units)
    found = []
    for number in range(units):
        department, kind = DEPARTMENTS[number % len(DEPARTMENTS)]
        first_17 = f"12460000P{number:08d}"
        name = f"琼州省{department}单位{number}（样例）"
        unit = Institution(first_17 + check_character(first_17), name, Role.ISSUER, REGION, (kind,))
        found.append(Issuing(unit, each + (number < more)))
    return found


def _templates() -> dict[str, list[dict[str, Any]]]:
    """Sample requests of each kind."""
    found: dict[str, list[dict[str, Any]]] = {kind: [] for _, kind in DEPARTMENTS}
    for request in generate(load_kinds(), seed=7, count=10**9, now=datetime.now(UTC)):
        known = found.get(request["kind"])
        if known is not None and len(known) < _TEMPLATES:
            known.append(request)
        if all(len(some) == _TEMPLATES for some in found.values()):
            break
    return found


def _write(file: Path, one: Issuing, templates: dict[str, list[dict[str, Any]]]) -> int:
    """The unit's file; the sum of its bills in fen."""
    known = templates[one.unit.kinds[0]]
    total = 0
    with file.open("wb") as out:
        for number in range(one.bills):
            request = known[number % len(known)] | {"business_no": f"P-{number:09d}"}
            total += request["total"]
            out.write(orjson.dumps(request) + b"\n")
    return total


def _from_events(services: Services, issuers: Sequence[Issuing]) -> tuple[int, int, int]:
    """Bills, fen and departments, added up from the chain's events alone."""
    department = {one.unit.uscc: i % len(DEPARTMENTS) for i, one in enumerate(issuers)}
    deployment, head = services.desk.platform.deployment, services.reader.head().number
    bills = fen = 0
    seen = set()
    for log in services.reader.logs(deployment, 0, head):
        if log.event == "Anchored":
            bills += log.args["count"]
            fen += log.args["sum_fen"]
            seen.add(department[log.args["issuer"].decode()])
    return bills, fen, len(seen)


def _valid(services: Services, url: str, home: Path, jobs: Sequence[ImportJob]) -> int:
    """How many of the bills chosen by chance are VALID; all must be."""
    chosen = random.Random(1)
    files = []
    for _ in range(_LOOKS):
        job = chosen.choice(jobs)
        last = chosen.choice(list(job.last_keys.values()))
        stored = services.desk.bills.find(last - chosen.randrange(job.accepted))
        assert stored is not None
        files.append(bill_file_of(services.desk, stored).to_bytes())
    reports = list(many_from(url, [home / "deployment.json"])(files))
    assert all(report.exit_code() == 0 for report in reports)
    return len(reports)


if __name__ == "__main__":
    main()
