"""The guard: chain id, code and instance must be those of the deployment record."""

from __future__ import annotations

from typing import Any, cast

import pytest
from in_memory.values import DEPLOYMENT

from frontend_api.chain.guard import check_chain
from frontend_api.chain.reader import EthReader
from frontend_api.chain.trust import ContractRecord, DeploymentRecord
from frontend_api.domain.errors import WrongChain

CODE = b"c" * 32
ADDRESSES = {"IssuerRegistry": "0x" + "11" * 20, "BillRegistry": "0x" + "22" * 20}
RECORD = DeploymentRecord(
    network="test",
    deployment=DEPLOYMENT,
    supervisor="0x" + "00" * 20,
    deployed_at_block=1,
    deployed_block_hash=bytes(32),
    contracts={
        name: ContractRecord(address, CODE, bytes(32)) for name, address in ADDRESSES.items()
    },
    versions={},
)


class Node:
    """Answers as the recorded chain does, but for what a test changes."""

    def __init__(self, **change: Any) -> None:
        self.id: int = change.get("id", DEPLOYMENT.chain_id)
        self.code: dict[str, bytes | None] = dict.fromkeys(ADDRESSES.values(), CODE)
        self.code |= change.get("code", {})
        self.given: bytes | None = change.get("instance", DEPLOYMENT.instance)

    def chain_id(self) -> int:
        return self.id

    def code_hash(self, address: str) -> bytes | None:
        return self.code[address]

    def instance(self, _deployment: object) -> bytes | None:
        return self.given


def _check(**change: Any) -> None:
    check_chain(cast(EthReader, Node(**change)), RECORD)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"id": 1}, "answers for chain 1"),
        ({"code": {ADDRESSES["BillRegistry"]: None}}, r"no contract at 0x2222.* \(BillRegistry\)"),
        ({"code": {ADDRESSES["IssuerRegistry"]: b"d" * 32}}, "code of IssuerRegistry"),
        ({"instance": b"i" * 32}, "another instance"),
        ({"instance": None}, "another instance"),
    ],
)
def test_check__something_is_not_as_recorded__said_with_what_to_do(
    change: dict[str, Any], words: str
) -> None:
    _check()
    with pytest.raises(WrongChain, match=words) as raised:
        _check(**change)
    assert "Nothing is written; reading goes on" in str(raised.value)
