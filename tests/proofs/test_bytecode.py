"""What is proved is what the deployment script deploys."""

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from .bugs import BUGS, Bug, planted
from .bugs_of_trust import BUGS_OF_TRUST
from .bytecode import CONTRACTS, VARIABLES, compiled, users_of

ALL = (*BUGS, *BUGS_OF_TRUST)


@pytest.mark.chain
def test_bytecode__under_proof__is_the_deployed(platform: Any) -> None:
    record = json.loads((platform.home / "deployment.json").read_text())
    codes = compiled(list(VARIABLES))
    assert set(record["contracts"]) == set(codes)
    for name, contract in record["contracts"].items():
        sent = _input(platform.chain.url, contract["tx_hash"])
        assert sent.startswith(codes[name]), name
        # The rest are the arguments of the constructor: whole words.
        assert (len(sent) - len(codes[name])) % 64 == 0


def test_bugs__every_one__is_in_a_deployed_contract_and_seen_by_a_property() -> None:
    assert len({str(bug) for bug in ALL}) == len(ALL)
    assert [str(bug) for bug in ALL if not users_of(bug.source)] == []
    assert [str(bug) for bug in ALL if not bug.invariant and not bug.checks] == []


@pytest.mark.parametrize("bug", ALL, ids=str)
def test_bug__text_to_replace__stands_once_in_its_source(bug: Bug, tmp_path: Path) -> None:
    changed = planted(bug, tmp_path) / bug.source
    assert changed.read_bytes() != (CONTRACTS / bug.source).read_bytes()


def _input(url: str, transaction: str) -> str:
    call = {
        "jsonrpc": "2.0",
        "id": 1,
        "method": "eth_getTransactionByHash",
        "params": [transaction],
    }
    sent: str = httpx.post(url, json=call, timeout=30).json()["result"]["input"]
    return sent
