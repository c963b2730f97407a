"""SIGKILL of service and chain together, three times, while 1,000 bills are issued over HTTP."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

import httpx
import orjson
import pytest

from frontend_api.bootstrap import build, free_port
from frontend_api.chain.anvil import AnvilChain
from frontend_api.cli.demo.admit import SignIns, admit_all
from frontend_api.cli.run import deploy_contracts
from frontend_api.commitment.tree import root_of
from frontend_api.domain.numbers import BillNumber
from frontend_api.flow.read import bill_file_of
from frontend_api.kinds import load_kinds
from frontend_api.samples import generate
from frontend_api.settings import load, save

pytestmark = pytest.mark.chain

BILLS = 1_000
KILLS = (200, 450, 700)  # after how many acknowledged bills the power goes out
PATIENCE = 120  # seconds until everything must be anchored


def prepare(home: Path) -> SignIns:
    """A deployed platform with issuers, saved and stopped."""
    save(home, supervisor_name="琼州省财政厅（样例）", sample=True)
    with AnvilChain(home / "chain") as chain:
        deploy_contracts(home, home / "deployment.json", chain.url)
        services = build(load(home), chain.url)
        services.engine.start()
        now = datetime.now(UTC)
        sign_ins = admit_all(services, {now.year, (now.year - 1) if now.month == 1 else now.year})
        services.engine.stop()
        services.close()
    return sign_ins


class Service:
    """``piaolian serve`` as a process that can lose its power at any time."""

    def __init__(self, home: Path, port: int) -> None:
        self.home, self.port = home, port
        self.url = f"http://127.0.0.1:{port}"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with (self.home / "serve.log").open("ab") as log:
            self.process = subprocess.Popen(
                [Path(sys.executable).with_name("piaolian"), "--home", str(self.home),
                 "serve", "--port", str(self.port)],
                stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip

    def power_off(self) -> None:
        """SIGKILL of Anvil and of the service, at one instant."""
        assert self.process
        anvil = orjson.loads((self.home / "chain" / "anvil.json").read_bytes())["pid"]
        with suppress(ProcessLookupError):
            os.kill(anvil, signal.SIGKILL)
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        if self.process and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(60)


@contextmanager
def serving(home: Path) -> Iterator[Service]:
    service = Service(home, free_port())
    service.start()
    try:
        yield service
    finally:
        service.stop()


def issue_patiently(
    service: Service, sign_ins: SignIns, request: dict, deadline: float
) -> tuple[str, int]:
    """As an issuer's system does: the same key again until there is an answer."""
    headers = {
        "Authorization": f"Bearer {sign_ins.issuers[request['kind']]}",
        "Idempotency-Key": request["business_no"],
    }
    while time.monotonic() < deadline:
        with suppress(httpx.TransportError):
            answer = httpx.post(
                f"{service.url}/api/v1/bills", json=request, headers=headers, timeout=10
            )
            if answer.status_code in (200, 201, 202):
                made = answer.json()
                return request["business_no"], BillNumber.of(made["bill_code"], made["bill_no"]).key
            assert answer.status_code in (429, 503), answer.text
        time.sleep(0.1)
    raise AssertionError(f"no answer for {request['business_no']}")


def issue_all_while_power_fails(service: Service, sign_ins: SignIns) -> dict[str, int]:
    requests = list(generate(load_kinds(), seed=5, count=BILLS, now=datetime.now(UTC)))
    acknowledged: dict[str, int] = {}
    kills = list(KILLS)
    lock = threading.Lock()
    deadline = time.monotonic() + 300

    def one(request: dict) -> None:
        business_no, key = issue_patiently(service, sign_ins, request, deadline)
        with lock:
            acknowledged[business_no] = key
            if kills and len(acknowledged) >= kills[0]:
                kills.pop(0)
                service.power_off()
                service.start()

    with ThreadPoolExecutor(8) as counters:
        for done in [counters.submit(one, request) for request in requests]:
            done.result()
    assert not kills  # every fault really happened
    return acknowledged


def wait_until(done: Callable[[], bool], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < deadline, "not anchored in time"
        time.sleep(0.01)


def test_power_fails_three_times_in_a_thousand_bills__each_is_anchored_exactly_once(tmp_path):
    sign_ins = prepare(tmp_path)
    with serving(tmp_path) as service:
        acknowledged = issue_all_while_power_fails(service, sign_ins)
    assert len(set(acknowledged.values())) == BILLS

    with AnvilChain(tmp_path / "chain") as chain:
        services = build(load(tmp_path), chain.url)
        desk = services.desk

        def settled() -> bool:
            services.engine.turn()
            assert not services.engine.fault, services.engine.fault
            return not (desk.batches.unanchored() or desk.batches.waiting())

        wait_until(settled, PATIENCE)
        stored = {no: desk.bills.find(key) for no, key in acknowledged.items()}
        # None lost: what was acknowledged is in the database under its number.
        assert all(bill and bill.business_no == no for no, bill in stored.items())
        # None twice, none missing: the chain's own events cover each number exactly once.
        anchors = [
            log.args
            for log in services.reader.logs(
                services.record.deployment,
                services.record.deployed_at_block,
                services.reader.head().number,
            )
            if log.event == "Anchored"
        ]
        covered = [key for a in anchors for key in range(a["batch_id"], a["batch_id"] + a["count"])]
        assert len(covered) == len(set(covered))
        assert set(covered) == set(acknowledged.values())
        assert sum(a["sum_fen"] for a in anchors) == sum(
            bill.bill.header.amount_fen for bill in stored.values()
        )
        for a in anchors:
            assert a["root"] == root_of(desk.bills.leaves(a["batch_id"], a["count"]))
        for bill in list(stored.values())[::20]:
            report = services.verifier.verify_bill_file(bill_file_of(desk, bill))
            assert report.exit_code() == 0, report.to_json()
        services.close()
