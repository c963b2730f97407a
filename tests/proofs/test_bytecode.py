"""What is proved is what the deployment script deploys."""

import json
from typing import Any

import httpx
import pytest

from .bugs import BUGS
from .bugs_of_trust import BUGS_OF_TRUST
from .bytecode import VARIABLES, compiled, users_of


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
    bugs = (*BUGS, *BUGS_OF_TRUST)
    assert len({str(bug) for bug in bugs}) == len(bugs)
    assert [str(bug) for bug in bugs if not users_of(bug.source)] == []
    assert [str(bug) for bug in bugs if not bug.invariant and not bug.checks] == []


def _input(url: str, transaction: str) -> str:
    call = {
        "jsonrpc": "2.0",
        "id": 1,
        "method": "eth_getTransactionByHash",
        "params": [transaction],
    }
    sent: str = httpx.post(url, json=call, timeout=30).json()["result"]["input"]
    return sent
