"""One fault on one subject: chain, proxy, service, requests, and how it ended."""

from __future__ import annotations

import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread
from typing import Any

import httpx

from faults.final_check import problems_of
from faults.home import DATABASE, NAIVE_DATABASE, Office, copy_home, opened
from faults.proxy import Proxy
from faults.subject import Child, Request, wait_until
from frontend_api.bootstrap import AnvilChain, Services
from frontend_api.chain.rpc import JsonRpc
from frontend_api.kinds import load_kinds
from frontend_api.samples import generate

KIND = "parking"
_SETTLED_SECONDS = 60


@dataclass(frozen=True)
class Pace:
    """Lengths of faults in seconds: real ones, or short ones for the quick part."""

    slow_answer: float
    chain_down: float
    lock: float
    rpc_patience: float


REAL = Pace(slow_answer=30, chain_down=60, lock=35, rpc_patience=10)
QUICK = Pace(slow_answer=1.5, chain_down=2, lock=2, rpc_patience=0.5)


@dataclass(frozen=True)
class Fault:
    """A fault by name. ``own_chain``: the service runs the chain itself, as its child.

    ``network``: the chain counts as one of others, whose blocks are final.
    """

    name: str
    inject: Callable[[Run], None]
    own_chain: bool = False
    network: bool = False
    quick: bool = False


@dataclass
class Outcome:
    """What became of it."""

    fault: str
    subject: str
    fired: int = 0
    problems: list[str] = field(default_factory=list)
    seconds: float = 0

    @property
    def survived(self) -> bool:
        return self.fired > 0 and not self.problems


class Run:
    """What a fault has at hand. ``fired`` counts that it really happened."""

    def __init__(self, fault: Fault, subject: str, home: Path, pace: Pace) -> None:
        self.fault, self.home, self.pace = fault, home, pace
        self.fired = 0
        self.problems: list[str] = []
        self.requests: list[Request] = []
        self.lost: set[int] = set()  # bills that must be named as missing at the end
        self._samples = generate(load_kinds(), seed=11, count=10_000, now=datetime.now(UTC))
        self.chain = AnvilChain(home / "chain")
        self.proxy = Proxy(lambda: self.chain.url)
        settings = {
            "PIAOLIAN_WAIT_SECONDS": "2",
            "PIAOLIAN_RPC_SECONDS": str(pace.rpc_patience),
            **({"PIAOLIAN_RPC_URL": self.proxy.url} if fault.network else {}),
        }
        rpc_url = None if fault.own_chain else self.proxy.url
        self.child = Child(subject, home, rpc_url, settings)

    # --- doing ---

    @property
    def naive(self) -> bool:
        return self.child.kind == "naive"

    def request(self, kind: str = KIND) -> Request:
        """A new request, which must be issued before the end."""
        self.requests.append(self._sample(kind))
        return self.requests[-1]

    def _sample(self, kind: str = KIND) -> Request:
        return next(r for r in self._samples if r["kind"] == kind)

    def issue(self) -> Request:
        """A new bill, issued patiently; the platform's is on the chain then."""
        request = self.request()
        self.child.issue(request)
        self.settle()
        return request

    def try_once(self, request: Request, seconds: float = 15) -> int:
        """One attempt to issue; the answer's status, 0 for none."""
        try:
            return self.child.post(request, seconds=seconds).status_code
        except httpx.TransportError:
            return 0

    def try_meanwhile(self, request: Request) -> None:
        """One attempt to issue, whose answer nobody waits for."""
        Thread(target=self.try_once, args=(request,), daemon=True).start()

    def settle(self) -> None:
        """Until the platform has nothing left to anchor; the naive issuer waits by itself."""
        if self.naive:
            return
        try:
            wait_until(lambda: not self.unanchored(), _SETTLED_SECONDS)
        except AssertionError as e:
            raise AssertionError(f"not anchored: {self.child.log()}") from e

    def unanchored(self) -> int:
        """Bills of the platform that the chain does not have."""
        return int(self.sql(
            "SELECT count(*) FROM bills WHERE NOT EXISTS (SELECT 1 FROM anchors WHERE"
            " batch_id <= bill_key AND bill_key < batch_id + size)"
        )[0][0])  # fmt: skip

    def sql(self, statement: str, *values: object) -> list[Any]:
        """One statement on the subject's database, from a connection of another process's kind."""
        connection = sqlite3.connect(self.database, timeout=30)
        try:
            rows = connection.execute(statement, values).fetchall()
            connection.commit()
            return rows
        finally:
            connection.close()

    @property
    def database(self) -> Path:
        return self.home / (NAIVE_DATABASE if self.naive else DATABASE)

    def rpc(self, method: str, *params: object) -> Any:
        """A call to the node itself, past the proxy."""
        with JsonRpc(self.chain.url) as rpc:
            return rpc.call(method, *params)

    @property
    def office(self) -> Office:
        return Office(self.home, self.chain.url)

    @contextmanager
    def services(self) -> Iterator[Services]:
        """The home's parts in this process, straight on the chain."""
        with opened(self.home, self.chain.url) as services:
            yield services

    def expect(self, holds: bool, what: str) -> None:
        """Something that must hold of the platform during the fault."""
        if not holds and not self.naive:
            self.problems.append(what)

    def refused_as(self, code: str) -> bool:
        """Whether a new bill is refused with 503 and this code, while reads are answered."""
        probe = self._sample()
        answer = self.child.post(probe)
        if answer.is_success:  # not noticed yet: then it is a bill like any other
            self.requests.append(probe)
        reads = self.child.get("/api/v1/deployment").status_code == 200
        return reads and answer.status_code == 503 and code in answer.text

    def wait_refused(self, code: str, seconds: float = 20) -> None:
        """Until the platform refuses to write and says why."""
        if not self.naive:
            wait_until(lambda: self.refused_as(code), seconds, f"for {code}: {self.child.log()}")


def run_fault(fault: Fault, subject: str, template: Path, home: Path, pace: Pace) -> Outcome:
    """Inject a fault into a fresh home and judge the end."""
    began = time.monotonic()
    run = Run(fault, subject, copy_home(template, home), pace)
    outcome = Outcome(fault.name, subject)
    try:
        if not fault.own_chain:
            run.chain.start()
        run.child.start()
        run.issue()
        fault.inject(run)
        run.fired += run.child.fired()
        run.issue()  # it goes on afterwards
        run.child.stop()
        if fault.own_chain:
            run.chain.start()
        run.problems += problems_of(subject, home, run.chain.url, run.requests, run.lost)
    except Exception as e:  # a fault that was not survived, in whatever way
        run.problems.append(f"{type(e).__name__}: {e}")
        run.fired += run.child.fired()
    finally:
        run.child.stop()
        run.proxy.close()
        run.chain.stop()
        shutil.rmtree(home / "chain", ignore_errors=True)
    outcome.fired, outcome.problems = run.fired, run.problems
    outcome.seconds = time.monotonic() - began
    return outcome
