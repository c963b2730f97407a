"""The service as a process: races over a real socket, signals, a taken port."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from frontend_api.domain.errors import StateConflict
from frontend_api.server import serve, serving

from .support import KIND, Api

_PROGRAM = """
import sys
from pathlib import Path
from frontend_api.bootstrap import running
from frontend_api.server import serve
from frontend_api.settings import load
with running(load(Path(sys.argv[1])), sys.argv[2]) as services:
    serve(services, port=0, on_bound=lambda url: print(url, flush=True))
print("cleaned up", flush=True)
"""


@pytest.fixture(scope="module")
def remote(platform: Any) -> Iterator[httpx.Client]:
    with (
        serving(platform.services) as url,
        httpx.Client(base_url=url, timeout=60, limits=httpx.Limits(max_connections=64)) as client,
    ):
        yield client


def _together(calls: list[Callable[[], httpx.Response]]) -> list[httpx.Response]:
    with ThreadPoolExecutor(len(calls)) as pool:
        return [f.result() for f in [pool.submit(call) for call in calls]]


def test_issue__50_duplicates_at_once__one_bill(remote: httpx.Client, api: Api) -> None:
    body, headers = api.platform.sample(KIND), {**api.issuer(), "Idempotency-Key": "race-1"}
    answers = _together(
        [lambda: remote.post("/api/v1/bills?wait=anchored", json=body, headers=headers)] * 50
    )
    assert {a.status_code for a in answers} <= {200, 201, 202}
    assert len({a.json()["bill_no"] for a in answers}) == 1
    assert sum("Idempotency-Replayed" not in a.headers for a in answers) == 1


def test_claim__two_payers_race_for_the_whole_amount__one_wins(
    remote: httpx.Client, api: Api
) -> None:
    bill, payers = api.issue(), [api.payer("COMMERCIAL"), api.payer("EMPLOYER")]
    statutory, left = api.payer("STATUTORY"), api.left(bill)
    for payer in (statutory, *payers):
        assert api.grant(bill, payer, left).status_code == 201
    claims = bill["links"]["self"] + "/claims"
    first = api.post(claims, {"claim_no": "S", "amount_fen": 1}, statutory)
    assert first.status_code == 201
    api.post(f"{claims}/S/reject", {"reason": 1}, statutory)
    body = {"claim_no": "ALL", "amount_fen": left}

    def lock(payer: dict[str, str]) -> Callable[[], httpx.Response]:
        headers = {**payer, "Idempotency-Key": f"race-{bill['bill_no']}"}
        return lambda: remote.post(claims, json=body, headers=headers)

    answers = _together([lock(payer) for payer in payers])
    assert sorted(a.status_code for a in answers) == [201, 409]
    assert api.left(bill) == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_serve__signal__stops_cleanly_and_the_caller_cleans_up(
    platform: Any, number: signal.Signals
) -> None:
    command = [sys.executable, "-c", _PROGRAM, str(platform.home), platform.chain.url]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            url = process.stdout.readline().strip()
            assert httpx.get(f"{url}/api/v1/deployment").status_code == 200
            process.send_signal(number)
            rest, _ = process.communicate(timeout=20)
        finally:
            process.kill()
    assert process.returncode == 0
    assert "cleaned up" in rest


def test_serve__port_taken__says_so(platform: Any) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(StateConflict, match="cannot listen on"):
            serve(platform.services, port=taken.getsockname()[1])
