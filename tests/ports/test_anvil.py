"""The development chain under real kills: what was saved is there again, to the hash."""

from __future__ import annotations

import gzip
import json
import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from frontend_api.chain.anvil import AnvilChain, url_of_running
from frontend_api.chain.anvil_process import arguments, find_anvil, free_port
from frontend_api.chain.anvil_state import consistent_height
from frontend_api.chain.reader import EthReader
from frontend_api.chain.rpc import JsonRpc
from frontend_api.chain.signing import address_of, sign_transaction
from frontend_api.domain.errors import ChainUnreachable, Unavailable

pytestmark = pytest.mark.chain

KEY = b"\x61" * 32
SENDER = address_of(KEY)


def send(url: str, nonce: int) -> bytes:
    signed = sign_transaction(KEY, nonce, SENDER, b"bill", 50_000, 46600)
    with JsonRpc(url, 5) as rpc:
        EthReader(rpc).send_raw(signed.raw)
    return signed.hash


def count(url: str) -> int:
    with JsonRpc(url, 5) as rpc:
        return EthReader(rpc).transaction_count(SENDER)


def eventually(what: Callable[[], bool], seconds: float = 15.0) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            if what():
                return
        except ChainUnreachable:
            pass
        time.sleep(0.02)
    pytest.fail("it did not come about in time")


def alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except OSError:
        return False
    return state != "Z"


# --- ordinary days -------------------------------------------------------------------------------


def test_gas_is_free_and_the_chain_is_the_one_that_was_asked_for(tmp_path):
    with AnvilChain(tmp_path, chain_id=777) as chain, JsonRpc(chain.url) as rpc:
        assert rpc.call("eth_chainId") == hex(777)
        assert rpc.call("eth_gasPrice") == "0x0"
        assert rpc.call("eth_getBlockByNumber", "latest", False)["baseFeePerGas"] == "0x0"
        assert rpc.call("eth_accounts") == []


def test_a_stop_saves_everything_and_the_next_start_has_the_same_port(tmp_path):
    with AnvilChain(tmp_path) as chain:
        url = chain.url
        hashes = [send(url, n) for n in range(5)]
        eventually(lambda: count(url) == 5)
        with JsonRpc(url) as rpc:
            before = [rpc.call("eth_getTransactionReceipt", "0x" + h.hex()) for h in hashes]
    with AnvilChain(tmp_path) as chain, JsonRpc(chain.url) as rpc:
        assert chain.url == url
        assert [rpc.call("eth_getTransactionReceipt", "0x" + h.hex()) for h in hashes] == before
        send(url, 5)
        eventually(lambda: count(url) == 6)


def test_a_chain_is_saved_in_every_run_and_keeps_its_first_block(tmp_path):
    firsts = set()
    for run in range(4):
        with AnvilChain(tmp_path) as chain:
            assert count(chain.url) == run
            send(chain.url, run)
            eventually(lambda n=run, url=chain.url: count(url) == n + 1)
            chain.wait_saved()
            assert chain.last_error is None
            with JsonRpc(chain.url) as rpc:
                firsts.add(EthReader(rpc).block(0).hash)
                assert [EthReader(rpc).block(n).number for n in range(run + 2)] == list(
                    range(run + 2)
                )
    assert len(firsts) == 1


def test_the_chains_clock_is_ours_in_every_run(tmp_path):
    times = []
    for run in range(2):
        with AnvilChain(tmp_path) as chain:
            send(chain.url, run)
            eventually(lambda n=run, url=chain.url: count(url) == n + 1)
            with JsonRpc(chain.url) as rpc:
                times.append(EthReader(rpc).head().time)
            assert abs(times[-1] - time.time()) <= 2
        time.sleep(2.5)
    assert times[1] >= times[0] + 2


def test_a_clock_that_was_set_back_does_not_take_the_chain_back(tmp_path, monkeypatch):
    with AnvilChain(tmp_path) as chain:
        send(chain.url, 0)
        eventually(lambda: count(chain.url) == 1)
        with JsonRpc(chain.url) as rpc:
            before = EthReader(rpc).head().time
    monkeypatch.setattr("frontend_api.chain.anvil_state.time.time", lambda: before - 3600)
    with AnvilChain(tmp_path) as chain:
        send(chain.url, 1)
        eventually(lambda: count(chain.url) == 2)
        with JsonRpc(chain.url) as rpc:
            assert EthReader(rpc).head().time >= before


def test_a_remembered_port_that_is_taken_is_passed_over(tmp_path):
    import socket

    with AnvilChain(tmp_path) as chain:
        port = int(chain.url.rsplit(":", 1)[1])
    with socket.create_server(("127.0.0.1", port)), AnvilChain(tmp_path) as chain:
        assert not chain.url.endswith(f":{port}")
        assert count(chain.url) == 0


def test_a_port_can_be_wished_for(tmp_path):
    port = free_port()
    with AnvilChain(tmp_path, port=port) as chain:
        assert chain.url == f"http://127.0.0.1:{port}"


def test_stopping_twice_and_before_a_start_is_harmless(tmp_path):
    chain = AnvilChain(tmp_path)
    chain.stop()
    chain.start()
    chain.stop()
    chain.stop()
    assert chain.pid is None


def test_a_second_supervisor_of_the_same_folder_is_held_off(tmp_path):
    with AnvilChain(tmp_path) as chain:
        with pytest.raises(Unavailable, match="another process"):
            AnvilChain(tmp_path).start()
        assert count(chain.url) == 0


def test_a_running_chain_is_found_by_its_folder_and_a_stopped_one_is_not(tmp_path):
    assert url_of_running(tmp_path) is None
    with AnvilChain(tmp_path) as chain:
        assert url_of_running(tmp_path) == chain.url
    assert url_of_running(tmp_path) is None


def test_a_folder_of_another_chain_is_refused(tmp_path):
    with AnvilChain(tmp_path, chain_id=46600):
        pass
    with pytest.raises(Unavailable, match="holds the chain 46600"):
        AnvilChain(tmp_path, chain_id=7).start()


def test_nothing_is_written_outside_the_folder(tmp_path, monkeypatch):
    home = tmp_path / "user"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    with AnvilChain(tmp_path / "chain") as chain:
        with JsonRpc(chain.url) as rpc:
            rpc.call("anvil_mine", hex(600))
        chain.wait_saved()
    assert list(home.rglob("*")) == []
    written = sum(f.stat().st_size for f in (tmp_path / "chain").rglob("*") if f.is_file())
    assert written < 1_000_000


def test_a_broken_binary_says_what_it_said(tmp_path):
    false = tmp_path / "anvil"
    false.write_text("#!/bin/sh\necho no such flag >&2\nexit 2\n")
    false.chmod(0o755)
    with pytest.raises(Unavailable, match="no such flag"):
        AnvilChain(tmp_path / "home", binary=false).start()


# --- SIGKILL of Anvil ----------------------------------------------------------------------------


def test_a_killed_anvil_is_started_again_with_all_that_was_saved(tmp_path):
    with AnvilChain(tmp_path) as chain:
        for n in range(3):
            send(chain.url, n)
        eventually(lambda: count(chain.url) == 3)
        chain.wait_saved()
        old = chain.pid
        chain.kill()
        eventually(lambda: chain.restarts == 1 and count(chain.url) == 3)
        assert chain.pid != old
        send(chain.url, 3)
        eventually(lambda: count(chain.url) == 4)


def test_what_was_mined_a_second_before_a_kill_is_there_without_asking_for_a_save(tmp_path):
    with AnvilChain(tmp_path) as chain:
        send(chain.url, 0)
        time.sleep(1.0)
        chain.kill()
        eventually(lambda: chain.restarts == 1 and count(chain.url) == 1)


def test_anvil_killed_again_and_again_under_load_never_loses_what_was_saved(tmp_path):
    """A sender that repeats what the chain lost, as the platform's lanes do, ends complete."""
    with AnvilChain(tmp_path) as chain:
        done = threading.Event()

        def load() -> None:
            while not done.is_set():
                try:
                    with JsonRpc(chain.url, 5) as rpc:
                        nonce = EthReader(rpc).transaction_count(SENDER)
                        for ahead in range(20):
                            signed = sign_transaction(
                                KEY, nonce + ahead, SENDER, b"bill", 50_000, 46600
                            )
                            EthReader(rpc).send_raw(signed.raw)
                except ChainUnreachable:
                    time.sleep(0.02)

        sender = threading.Thread(target=load)
        sender.start()
        try:
            for kills in range(1, 7):
                time.sleep(0.25 + 0.07 * kills)
                saved = chain.saved_height
                chain.kill()
                eventually(lambda k=kills: chain.restarts == k and count(chain.url) >= 0)
                with JsonRpc(chain.url) as rpc:
                    assert EthReader(rpc).head().number >= saved
        finally:
            done.set()
            sender.join()
        eventually(lambda: count(chain.url) == height(chain.url))
        chain.wait_saved()
    state = gzip.decompress((tmp_path / "state.json.gz").read_bytes())
    assert consistent_height(state) is not None
    parsed = json.loads(state)
    assert parsed["accounts"][SENDER.lower()]["nonce"] == len(parsed["transactions"]) > 20


def height(url: str) -> int:
    """Transactions in all blocks: one a block or more."""
    with JsonRpc(url) as rpc:
        top = EthReader(rpc).head().number
        blocks = rpc.batch([("eth_getBlockByNumber", [hex(n), False]) for n in range(top + 1)])
        return sum(len(b["transactions"]) for b in blocks)


def test_a_save_under_load_is_of_one_moment(tmp_path):
    with AnvilChain(tmp_path) as chain:
        done = threading.Event()

        def load() -> None:
            with JsonRpc(chain.url, 5) as rpc:
                nonce = 0
                while not done.is_set():
                    signed = sign_transaction(KEY, nonce, SENDER, b"", 50_000, 46600)
                    EthReader(rpc).send_raw(signed.raw)
                    nonce += 1

        sender = threading.Thread(target=load)
        sender.start()
        try:
            for _ in range(10):
                assert chain.wait_saved() <= chain.saved_height
                state = json.loads(gzip.decompress((tmp_path / "state.json.gz").read_bytes()))
                sent = state["accounts"].get(SENDER.lower(), {"nonce": 0})["nonce"]
                assert sent == len(state["transactions"])
                assert sent == sum(len(b["transactions"]) for b in state["blocks"])
                assert state["best_block_number"] == len(state["blocks"]) - 1
        finally:
            done.set()
            sender.join()
        assert chain.last_error is None


# --- SIGKILL of the supervisor, and of both ------------------------------------------------------


SUPERVISOR = """
    import sys, time
    from pathlib import Path
    from frontend_api.chain.anvil import AnvilChain, url_of_running

    chain = AnvilChain(Path(sys.argv[1]))
    chain.start()
    print(chain.pid, chain.url, flush=True)
    time.sleep(600)
"""


def supervisor(home: Path) -> tuple[subprocess.Popen[str], int, str]:
    process = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(SUPERVISOR), str(home)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).resolve().parents[2],
    )
    assert process.stdout
    pid, url = process.stdout.readline().split()
    return process, int(pid), url


@pytest.mark.parametrize("both", [False, True], ids=["the supervisor", "both at once"])
def test_what_was_saved_survives_a_kill_of(tmp_path, both):
    process, pid, url = supervisor(tmp_path)
    for n in range(3):
        send(url, n)
    eventually(lambda: count(url) == 3)
    time.sleep(1.0)
    if both:
        os.kill(pid, signal.SIGKILL)
    process.kill()
    process.wait()
    eventually(lambda: not alive(pid))
    with AnvilChain(tmp_path) as chain:
        assert count(chain.url) == 3
        send(chain.url, 3)
        eventually(lambda: count(chain.url) == 4)


@pytest.mark.skipif(
    sys.platform != "linux",
    reason="PR_SET_PDEATHSIG, by which the kernel ends Anvil with its parent, is Linux's alone; "
    "elsewhere an Anvil that outlives a killed supervisor is not noticed",
)
def test_anvil_does_not_outlive_a_killed_supervisor(tmp_path):
    process, pid, _ = supervisor(tmp_path)
    assert alive(pid)
    process.kill()
    process.wait()
    eventually(lambda: not alive(pid), 5)


def test_an_orphan_is_saved_and_replaced_and_nothing_it_mined_is_lost(tmp_path):
    """Where the kernel does not end Anvil with its supervisor, the next one finds it running."""
    with AnvilChain(tmp_path) as chain:
        send(chain.url, 0)
        eventually(lambda: count(chain.url) == 1)
    state = tmp_path / "loading.json"
    state.write_bytes(gzip.decompress((tmp_path / "state.json.gz").read_bytes()))
    port, born = free_port(), json.loads((tmp_path / "anvil.json").read_text())["born"]
    orphan = subprocess.Popen(
        [str(find_anvil()), *arguments(46600, port, tmp_path.resolve(), born, state)]
    )
    run = {"pid": orphan.pid, "port": port, "chain_id": 46600, "born": born}
    (tmp_path / "anvil.json").write_text(json.dumps(run))
    url = f"http://127.0.0.1:{port}"
    eventually(lambda: count(url) == 1)
    send(url, 1)
    eventually(lambda: count(url) == 2)
    try:
        with AnvilChain(tmp_path) as chain:
            assert orphan.wait(5) == -signal.SIGKILL
            assert chain.url == url
            assert count(chain.url) == 2
    finally:
        orphan.kill()
        orphan.wait()


def test_a_stranger_with_the_remembered_process_id_is_left_alone(tmp_path):
    with AnvilChain(tmp_path):
        pass
    stranger = subprocess.Popen(["sleep", "60"])
    try:
        run = json.loads((tmp_path / "anvil.json").read_text())
        (tmp_path / "anvil.json").write_text(json.dumps({**run, "pid": stranger.pid}))
        with AnvilChain(tmp_path):
            assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


# --- files that a crash or a full disk left behind -----------------------------------------------


@pytest.mark.parametrize("name", ["state.json.gz.new", "loading.json", "anvil.json", "anvil.log"])
def test_half_a_file_beside_the_state_does_not_matter(tmp_path, name):
    with AnvilChain(tmp_path) as chain:
        send(chain.url, 0)
        eventually(lambda: count(chain.url) == 1)
    (tmp_path / name).write_bytes(b'{"half')
    with AnvilChain(tmp_path) as chain:
        assert count(chain.url) == 1


def test_a_state_that_was_damaged_from_outside_is_named_and_kept(tmp_path):
    with AnvilChain(tmp_path) as chain:
        chain.wait_saved()
    state = tmp_path / "state.json.gz"
    state.write_bytes(state.read_bytes()[:100])
    with pytest.raises(Unavailable, match=r"state\.json\.gz"):
        AnvilChain(tmp_path).start()
    assert state.stat().st_size == 100


def test_a_disk_that_is_full_for_a_while_delays_the_save_and_is_told(tmp_path, monkeypatch):
    from frontend_api.chain import anvil_state

    write, full = anvil_state.write_atomically, threading.Event()

    def sometimes(path: Path, data: bytes) -> None:
        if full.is_set() and path.name == "state.json.gz":
            raise OSError(28, "No space left on device")
        write(path, data)

    monkeypatch.setattr(anvil_state, "write_atomically", sometimes)
    with AnvilChain(tmp_path) as chain:
        chain.wait_saved()
        full.set()
        send(chain.url, 0)
        eventually(lambda: "No space left" in (chain.last_error or ""))
        with pytest.raises(Unavailable, match="No space left"):
            chain.wait_saved(timeout=0.5)
        full.clear()
        assert chain.wait_saved() == 1
        assert chain.last_error is None
