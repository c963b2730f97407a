"""SIGKILL of a running import, again and again at random points: every good row is one bill."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import pytest
from sqlalchemy import func, select

from frontend_api.bootstrap import Services, build, running
from frontend_api.chain.anvil import AnvilChain
from frontend_api.cli.demo.admit import SignIns, admit_all
from frontend_api.cli.run import deploy_contracts
from frontend_api.flow.issue import issue_bill
from frontend_api.flow.read import bill_file_of
from frontend_api.kinds import load_kinds
from frontend_api.samples import generate
from frontend_api.settings import load, save
from frontend_api.store.database import Database
from frontend_api.store.schema import bills, counters, imports, segments

pytestmark = pytest.mark.chain

KIND = "parking"
ROWS = 10_000
BAD = range(50, ROWS, 1_000)  # rows that break a rule
KILLS = 6
NOW = datetime.now(UTC)
PATIENCE = 240  # seconds for an import that nobody disturbs


class Home:
    """A deployed platform whose chain is never killed, and commands run on it."""

    def __init__(self, folder: Path, url: str, sign_ins: SignIns) -> None:
        self.folder, self.url, self.sign_ins = folder, url, sign_ins

    def start(self, file: Path) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [Path(sys.executable).with_name("piaolian"), "--home", str(self.folder),
             "import", str(file)],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
        )  # fmt: skip

    def finish(self, file: Path) -> str:
        process = self.start(file)
        out, err = process.communicate(timeout=PATIENCE)
        assert process.returncode in (0, 1), err
        return out

    @contextmanager
    def services(self) -> Iterator[Services]:
        services = build(load(self.folder), self.url)
        try:
            yield services
        finally:
            services.close()

    def rows(self, statement: Any) -> list[Any]:
        database = Database.at(self.folder / "piaolian.sqlite3")
        try:
            with database.read() as c:
                return list(c.execute(statement))
        finally:
            database.close()


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    folder = tmp_path_factory.mktemp("import")
    with AnvilChain(folder / "chain") as chain:
        save(folder, sample=True, rpc_url=chain.url, import_workers=2)
        deploy_contracts(folder, folder / "deployment.json", chain.url)
        services = build(load(folder), chain.url)
        services.engine.start()
        sign_ins = admit_all(services, {NOW.year, NOW.year - 1} if NOW.month == 1 else {NOW.year})
        services.engine.stop()
        services.close()
        yield Home(folder, chain.url, sign_ins)


def write(file: Path, prefix: str, count: int, bad: range = range(0)) -> list[str]:
    """A file of good rows, but for the bad ones; the business numbers of the good ones."""
    samples = generate(load_kinds(), seed=3, count=10**6, now=NOW)
    models = [s for s, _ in zip((s for s in samples if s["kind"] == KIND), range(50), strict=False)]
    good = []
    with file.open("wb") as out:
        for row in range(1, count + 1):
            bill = {**models[row % len(models)], "business_no": f"{prefix}-{row}"}
            if row in bad:
                bill["total"] += 1
            else:
                good.append(bill["business_no"])
            out.write(orjson.dumps(bill) + b"\n")
    return good


def position(home: Home, file: Path) -> int:
    found = home.rows(select(imports.c.position).where(imports.c.source == str(file)))
    return found[0].position if found else 0


def check_once(home: Home, prefix: str, good: list[str]) -> None:
    """Every good row is exactly one bill, and no number of the segment was skipped."""
    stored = home.rows(
        select(bills.c.business_no, bills.c.bill_key)
        .where(bills.c.business_no.like(f"{prefix}-%"))
        .order_by(bills.c.bill_key)
    )
    assert [row.business_no for row in stored] == good
    for first, next_key in home.rows(
        select(segments.c.first_key, counters.c.next_key).join(
            counters, counters.c.segment_id == segments.c.segment_id
        )
    ):
        (used,) = home.rows(
            select(func.count()).where(bills.c.bill_key >= first, bills.c.bill_key < next_key)
        )
        assert used[0] == next_key - first


def test_killed_again_and_again__every_good_row_one_bill_and_each_error_once(
    home: Home, tmp_path: Path
) -> None:
    file = tmp_path / "bills.jsonl"
    good = write(file, "K", ROWS, BAD)
    chance = random.Random(11)
    size, survived = file.stat().st_size, []
    for kill in range(KILLS):
        process = home.start(file)
        # Somewhere in the next sixth of the file, and then at any instant of a chunk.
        wanted, deadline = size * kill // (KILLS + 2), time.monotonic() + PATIENCE
        while position(home, file) <= wanted and process.poll() is None:
            assert time.monotonic() < deadline
            time.sleep(0.005)
        time.sleep(chance.uniform(0, 0.2))
        if process.poll() is None:
            target = _a_worker(process.pid) if kill % 3 == 2 else None
            with suppress(ProcessLookupError):
                if target:
                    os.kill(target, signal.SIGKILL)
                else:
                    os.killpg(process.pid, signal.SIGKILL)
            survived.append(position(home, file))
        process.communicate(timeout=PATIENCE)
    assert len(survived) >= KILLS - 1  # the faults really happened while it ran
    out = home.finish(file)
    assert f"{len(good)} accepted, 0 were there, {len(good)} anchored" in out
    check_once(home, "K", good)
    errors = (tmp_path / "bills.jsonl.errors.jsonl").read_bytes().splitlines()
    assert [orjson.loads(line)["row"] for line in errors] == list(BAD)
    again = home.finish(file)
    assert f"0 accepted, {len(good)} were there, {len(good)} anchored" in again
    check_once(home, "K", good)
    _check_documents(home, good)
    assert list((home.folder / "imports").iterdir()) == []


def _a_worker(pid: int) -> int | None:
    children = Path(f"/proc/{pid}/task/{pid}/children")
    with suppress(OSError):
        found = [int(child) for child in children.read_text().split()]
        return found[-1] if found else None
    return None


def _check_documents(home: Home, good: list[str]) -> None:
    keys = home.rows(
        select(bills.c.bill_key).where(bills.c.business_no.in_(good[:: len(good) // 10]))
    )
    with home.services() as services:
        for (key,) in keys:
            stored = services.desk.bills.find(key)
            assert stored is not None
            report = services.verifier.verify_bill_file(bill_file_of(services.desk, stored))
            assert report.exit_code() == 0, report.to_json()


def test_file_changed_after_a_kill__the_new_one_counts_and_nothing_twice(
    home: Home, tmp_path: Path
) -> None:
    file = tmp_path / "bills.jsonl"
    write(file, "C", 3_000)
    process = home.start(file)
    while not position(home, file) and process.poll() is None:
        time.sleep(0.005)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    done = home.rows(select(bills.c.bill_key).where(bills.c.business_no.like("C-%")))
    good = write(file, "C", 3_500)
    out = home.finish(file)
    assert f"{3_500 - len(done)} accepted, {len(done)} were there, 3500 anchored" in out
    check_once(home, "C", good)
    states = home.rows(
        select(imports.c.state, imports.c.reason)
        .where(imports.c.source == str(file))
        .order_by(imports.c.rows_total)
    )
    assert [row.state for row in states] == ["GIVEN_UP", "DONE"]
    assert "changed" in states[0].reason


def test_engine__its_process_ends__another_one_of_the_home_goes_on(home: Home) -> None:
    settings = load(home.folder)
    bill = next(s for s in generate(load_kinds(), 5, 1_000, NOW) if s["kind"] == KIND)
    with ExitStack() as first:
        first.enter_context(running(settings, home.url))
        with running(settings, home.url) as other:
            first.close()
            who = other.caller(home.sign_ins.issuers[KIND]).owner
            key = issue_bill(other.desk, who, "engine", bill).number.key

            def anchored() -> bool:
                stored = other.desk.bills.find(key)
                return stored is not None and stored.anchored is not None

            assert other.engine.wait_for(anchored, PATIENCE)


def test_two_imports_at_once_and_single_bills_between__no_number_skipped(
    home: Home, tmp_path: Path
) -> None:
    one, two = tmp_path / "one.jsonl", tmp_path / "two.jsonl"
    first, second = write(one, "X", 3_000), write(two, "Y", 3_000)
    samples = generate(load_kinds(), seed=4, count=10**6, now=NOW)
    singles = (s for s in samples if s["kind"] == KIND)
    with home.services() as services, ThreadPoolExecutor(2) as pool:
        who = services.caller(home.sign_ins.issuers[KIND]).owner
        running = [pool.submit(home.finish, file) for file in (one, two)]
        issued = 0
        while not all(job.done() for job in running):
            bill = next(singles)
            issue_bill(services.desk, who, f"single-{issued}", bill)
            issued += 1
        outs = [job.result() for job in running]
    assert issued > 10
    assert all("3000 accepted, 0 were there, 3000 anchored" in out for out in outs)
    check_once(home, "X", first)
    check_once(home, "Y", second)
