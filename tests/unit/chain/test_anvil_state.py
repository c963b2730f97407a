"""Is a dump of one moment? And is a file ever half written?"""

from __future__ import annotations

import gzip
import json
import os
import socket
from pathlib import Path

import pytest

from frontend_api.chain import anvil_state
from frontend_api.chain.anvil_process import find_anvil, free_port, is_our_anvil
from frontend_api.chain.anvil_state import consistent_height, take_state, write_atomically
from frontend_api.chain.rpc import MalformedReply
from frontend_api.domain.errors import Unavailable


def dump(
    nonces: int = 2,
    later: int = 2,
    sent: int = 2,
    receipts: int = 2,
    best: int = 2,
    firsts: int = 1,
) -> bytes:
    """A state as Anvil writes it: one sender, one contract, blocks and receipts.

    ``later`` counts the blocks after the first; each start of Anvil adds a first block.
    """
    bodies = [{"transaction": {"hash": "0x"}, "impersonated_sender": None}] * sent
    parents = ["0x" + "0" * 64] * firsts + [f"0x{n:064x}" for n in range(1, later + 1)]
    state = {
        "block": {"number": hex(best)},
        "accounts": {
            "0xaa": {"nonce": nonces, "code": "0x", "storage": {}},
            "0xcc": {"nonce": 1, "code": "0x60", "storage": {"0x1": "0x2"}},
        },
        "best_block_number": best,
        "blocks": [
            {"header": {"parentHash": parent}, "transactions": bodies if i == 1 else []}
            for i, parent in enumerate(parents)
        ],
        "transactions": [{"info": {"transaction_hash": "0x"}} for _ in range(receipts)],
        "historical_states": None,
    }
    return json.dumps(state, separators=(",", ":")).encode()


def test_a_state_of_one_moment_has_its_height():
    assert consistent_height(dump()) == 2
    assert consistent_height(dump(firsts=4)) == 2  # started for the fourth time


@pytest.mark.parametrize(
    "parts", [{"nonces": 3}, {"receipts": 3}, {"sent": 1}, {"later": 3}, {"best": 1}]
)
def test_a_state_of_two_moments_has_none(parts):
    assert consistent_height(dump(**parts)) is None


@pytest.mark.parametrize("raw", [b"", b"{}", b'{"accounts":{},"best_block_number":x}', dump()[:60]])
def test_what_is_no_state_is_malformed(raw):
    with pytest.raises(MalformedReply):
        consistent_height(raw)


class FakeNode:
    """Dumps that are of two moments until mining is held; implements what ``take_state`` asks."""

    def __init__(self, dumps: list[bytes]) -> None:
        self.dumps, self.mining, self.log = dumps, True, []

    def call(self, method: str, *params: object) -> object:
        self.log.append(method)
        if method == "evm_setAutomine":
            self.mining = bool(params[0])
        if method == "anvil_dumpState":
            raw = self.dumps.pop(0) if len(self.dumps) > 1 else self.dumps[0]
            return "0x" + gzip.compress(raw).hex()
        return "0x2"


def test_a_quiet_chain_is_saved_without_holding_the_miner():
    node = FakeNode([dump()])
    assert take_state(node).height == 2
    assert node.log == ["anvil_dumpState"]


def test_a_busy_chain_is_saved_while_the_miner_is_held_and_let_go_again():
    node = FakeNode([dump(nonces=3), dump()])
    assert take_state(node).height == 2
    assert "evm_setAutomine" in node.log
    assert node.mining


def test_a_chain_that_never_rests_is_not_saved_and_not_left_held(monkeypatch):
    monkeypatch.setattr(anvil_state, "_QUIET_SECONDS", 0)
    node = FakeNode([dump(nonces=3)])
    with pytest.raises(Unavailable):
        take_state(node)
    assert node.mining


def test_a_write_that_fails_leaves_the_old_file(tmp_path: Path, monkeypatch):
    file = tmp_path / "state"
    write_atomically(file, b"old")
    monkeypatch.setattr(
        anvil_state.os, "fsync", lambda _: (_ for _ in ()).throw(OSError(28, "full"))
    )
    with pytest.raises(OSError, match="full"):
        write_atomically(file, b"new")
    assert file.read_bytes() == b"old"


def test_a_missing_binary_says_how_to_install_it(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("frontend_api.chain.anvil_process._PROJECT", tmp_path)
    with pytest.raises(Unavailable, match="npm ci"):
        find_anvil({"PATH": str(tmp_path)})
    with pytest.raises(Unavailable, match="PIAOLIAN_ANVIL"):
        find_anvil({"PIAOLIAN_ANVIL": str(tmp_path / "nothing")})


def test_a_binary_on_the_path_is_taken_but_not_a_script_that_starts_one(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("frontend_api.chain.anvil_process._PROJECT", tmp_path)
    for folder, content in (("wrapper", b"#!/usr/bin/env node"), ("real", b"\x7fELF")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "anvil").write_bytes(content)
        (tmp_path / folder / "anvil").chmod(0o755)
    found = find_anvil({"PATH": f"{tmp_path / 'wrapper'}:{tmp_path / 'real'}"})
    assert found == tmp_path / "real" / "anvil"


def test_a_process_of_another_kind_is_not_ours(tmp_path):
    assert not is_our_anvil(os.getpid(), tmp_path, 8545)
    assert not is_our_anvil(2**22 + 1, tmp_path, 8545)


def test_a_port_that_is_taken_is_passed_over():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert free_port(port) != port
    assert free_port(port) == port
