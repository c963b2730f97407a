"""What faults are injected into: a service process, and a patient client in front of it."""

from __future__ import annotations

import itertools
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx

from faults.home import CONTROL
from frontend_api.cli.demo.admit import load_sign_ins

_TESTS = Path(__file__).resolve().parents[1]
_START_SECONDS = 40
_runs = itertools.count()

Request = dict[str, Any]


class Child:
    """One service process on a home; ``kind`` is platform or naive."""

    def __init__(
        self, kind: str, home: Path, rpc_url: str | None, settings: dict[str, str]
    ) -> None:
        self.kind, self.home, self._rpc, self.settings = kind, home, rpc_url, settings
        self.control = home / CONTROL
        self.process: subprocess.Popen[bytes] | None = None
        self.url = ""

    def start(self, wait: bool = True) -> None:
        """Start it and, unless told otherwise, wait until it answers."""
        self.plan_nothing()
        run = str(next(_runs))
        told = self.control / f"url.{self.kind}.{run}"
        paths = os.pathsep.join([str(_TESTS), str(_TESTS.parent), os.environ.get("PYTHONPATH", "")])
        with (self.home / f"{self.kind}.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "faults.child", self.kind, str(self.home), self._rpc or "",
                 run],
                stdout=log, stderr=log, start_new_session=True,
                env={**os.environ, "PYTHONPATH": paths, **self.settings},
            )  # fmt: skip
        if wait:
            wait_until(lambda: told.exists() or not self.alive(), _START_SECONDS)
            assert self.alive(), self.log()
            self.url = told.read_text()

    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def kill(self) -> None:
        """As a power cut: the process, and its Anvil if it has one."""
        assert self.process
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        if self.process and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(60)

    def log(self) -> str:
        return (self.home / f"{self.kind}.log").read_text(errors="replace")[-3000:]

    # --- failpoints ---

    def plan(self, point: str, action: str = "kill", nth: int = 1) -> None:
        """Arm a failpoint."""
        file = self.control / "plan.json"
        file.with_suffix(".new").write_text(
            json.dumps({"point": point, "action": action, "nth": nth})
        )
        file.with_suffix(".new").replace(file)

    def plan_nothing(self) -> None:
        (self.control / "plan.json").unlink(missing_ok=True)

    def fired(self) -> int:
        """How many failpoints fired in all runs of this home."""
        log = self.control / "fired.log"
        return len(log.read_text().splitlines()) if log.exists() else 0

    # --- as an issuer's system does ---

    def post(self, request: Request, key: str | None = None, seconds: float = 15) -> httpx.Response:
        """One attempt to issue. Raises httpx.TransportError."""
        sign_ins = load_sign_ins(self.home)
        api_key = sign_ins.issuers[request["kind"]]
        headers = {
            "Authorization": f"Bearer {api_key}",
            "X-Issuer": sign_ins.names[api_key].rsplit(" ", 1)[1],
            "Idempotency-Key": key or request["business_no"],
        }
        path = "/" if self.kind == "naive" else "/api/v1/bills"
        return httpx.post(self.url + path, json=request, headers=headers, timeout=seconds,
                          trust_env=False)  # fmt: skip

    def issue(self, request: Request, seconds: float = 90) -> None:
        """Again and again with the same key until it is accepted; a dead service is restarted."""
        deadline, last = time.monotonic() + seconds, "no answer"
        while time.monotonic() < deadline:
            if not self.alive():
                self.start()
            try:
                answer = self.post(request)
            except httpx.TransportError as e:
                last = repr(e)
            else:
                if answer.status_code in (200, 201, 202):
                    return
                last = f"{answer.status_code} {answer.text}"
                if answer.status_code not in (429, 500, 503):
                    break
            time.sleep(0.2)
        raise NotIssued(f"{last}\n{self.log()}")

    def get(self, path: str) -> httpx.Response:
        """A read as the supervisor of the whole."""
        key = load_sign_ins(self.home).supervisor
        return httpx.get(self.url + path, headers={"Authorization": f"Bearer {key}"}, timeout=15,
                         trust_env=False)  # fmt: skip


class NotIssued(AssertionError):
    """The patient client ran out of patience."""


def wait_until(done: Callable[[], bool], seconds: float, what: str = "") -> None:
    """Until ``done``; AssertionError after ``seconds``."""
    deadline = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < deadline, f"waited {seconds} seconds in vain {what}"
        time.sleep(0.02)
