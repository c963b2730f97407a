"""Twice what the service can take, for ten minutes: ``python -m benchmarks.soak --seconds 600``.

First a short load tells the service's capacity; then 5,000 clients send bills at twice that rate.
What is too much is refused (503 with Retry-After), and nothing that was accepted may be lost: in
the end every number that was answered must be on the chain, once, and ``piaolian fsck`` find the
books right. The memory of the service's processes is read sixty times;
``memory_growth`` compares the last third of the time with the one before. Prints one JSON
object.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

from benchmarks.api_path import prepared, served
from benchmarks.bills import bodies
from benchmarks.load import Client, Result, Schedule, raw_request, run
from frontend_api.bootstrap import chain_of, running
from frontend_api.settings import load

CLIENTS = 5_000
_LOOKS = 60  # at the memory, evenly
_PAGE = os.sysconf("SC_PAGE_SIZE")
_NUMBER = re.compile(rb'"bill_code":"(\d{8})","bill_no":"(\d{10})"')
_BLOCK = 10_000  # bills made at a time


class Counted(Result):
    """Keeps the keys of what was accepted instead of every time."""

    def __init__(self) -> None:
        super().__init__()
        self.keys: set[int] = set()
        self.twice = 0


class Clerk(Client):
    """A client that notes the number of each accepted bill."""

    result: Counted

    def answered(self, status: int, answer: bytes) -> None:
        self.result.statuses[status] += 1
        if status not in (200, 201, 202):
            return
        code, number = _NUMBER.search(answer).groups()
        key = int(code + number)
        self.result.twice += key in self.result.keys
        self.result.keys.add(key)


def main() -> None:
    """Print what came of it as JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--clients", type=int, default=CLIENTS)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="piaolian-soak-") as folder:
        print(json.dumps(soaked(Path(folder), given.seconds, given.clients), indent=1))


def soaked(home: Path, seconds: float, clients: int) -> dict[str, Any]:
    """Load a platform in ``home`` with twice its capacity."""
    api_key = prepared(home)
    with served(home) as (url, pid):
        capacity = asyncio.run(run(url, [api_key], 10_000, 64, 0)).to_json()["bills_per_second"]
        result = Counted()
        memory = asyncio.run(_overloaded(url, api_key, seconds, clients, 2 * capacity, pid, result))
    lost = result.keys - _on_the_chain(home)
    checked = subprocess.run(
        [Path(sys.executable).with_name("piaolian"), "--home", home, "fsck", "--documents", "5"],
        check=False,
        stdout=subprocess.PIPE,
        text=True,
    )
    third = len(memory) // 3
    return {
        "seconds": seconds,
        "capacity_per_s": capacity,
        "offered_per_s": 2 * capacity,
        "statuses": {str(status): n for status, n in sorted(result.statuses.items())},
        "accepted": len(result.keys),
        "accepted_twice": result.twice,
        "lost": len(lost),
        "fsck_exit": checked.returncode,
        "fsck_says": checked.stdout.strip().splitlines()[-1:],
        "memory_mb": memory,
        "memory_growth": round(sum(memory[-third:]) / sum(memory[third : 2 * third]), 3)
        if third
        else None,
    }


async def _overloaded(
    url: str, api_key: str, seconds: float, clients: int, rate: float, pid: int, result: Counted
) -> list[int]:
    host, port = url.removeprefix("http://").split(":")
    loop, schedule = asyncio.get_running_loop(), Schedule(rate)
    requests = _until(time.perf_counter() + seconds, f"{host}:{port}", api_key)
    memory: list[int] = []
    watch = asyncio.create_task(_watch(pid, memory, seconds / _LOOKS))
    opened = [
        await loop.create_connection(lambda: Clerk(requests, result, schedule), host, int(port))
        for _ in range(clients)
    ]
    await asyncio.gather(*(client.done for _, client in opened))
    watch.cancel()
    return memory


def _until(end: float, host: str, api_key: str) -> Iterator[bytes]:
    for _ in count():
        for key, body in bodies(_BLOCK):
            if time.perf_counter() > end:
                return
            yield raw_request(host, api_key, key, body)


async def _watch(pid: int, memory: list[int], every: float) -> None:
    while True:
        await asyncio.sleep(every)
        memory.append(round(sum(map(_resident, _family(pid))) / 1e6))


def _family(pid: int) -> Iterator[int]:
    """The service and the processes that it started, but for the development chain."""
    yield pid
    for children in Path(f"/proc/{pid}/task").glob("*/children"):  # any thread may start one
        for child in children.read_text().split():
            if "anvil" not in Path(f"/proc/{child}/cmdline").read_text():
                yield int(child)


def _resident(pid: int) -> int:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * _PAGE


def _on_the_chain(home: Path) -> set[int]:
    """Every number in an ``Anchored`` event, after the engine has sent what was waiting."""
    settings = load(home)
    keys: set[int] = set()
    with chain_of(settings) as url, running(settings, url) as services:
        waited = services.engine.wait_for(lambda: not services.desk.batches.unanchored(), 600)
        assert waited, services.engine.fault
        head = services.reader.head().number
        for event in services.reader.logs(services.desk.platform.deployment, 0, head):
            if event.event == "Anchored":
                first, size = event.args["batch_id"], event.args["count"]
                assert keys.isdisjoint(range(first, first + size))
                keys.update(range(first, first + size))
    return keys


if __name__ == "__main__":
    main()
