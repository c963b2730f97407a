"""Anvil as an operating system process: finding it, starting it, knowing it again."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import orjson

from frontend_api.chain.anvil_state import write_atomically
from frontend_api.domain.errors import Unavailable

_PROJECT = Path(__file__).resolve().parents[2]

# Anvil must not outlive its supervisor, even one that is killed. The kernel does that on Linux, but
# the wish must be made in the child: here by a small program that then becomes Anvil, because a
# preexec function may deadlock in a process with threads. The last check covers a parent that died
# before the wish was made.
_DIE_WITH_PARENT = """
import ctypes, os, sys
parent = int(sys.argv[1])
ctypes.CDLL(None).prctl(1, 9, 0, 0, 0)
if os.getppid() == parent:
    os.execv(sys.argv[2], sys.argv[2:])
"""


@dataclass(frozen=True, slots=True)
class Run:
    """What the next run must know of this one; ``born`` is the first block's time in seconds."""

    pid: int
    port: int
    chain_id: int
    born: int

    @classmethod
    def read(cls, home: Path) -> Run | None:
        """The last run in ``home``; None for a first run, or a file that tells nothing."""
        try:
            run = orjson.loads((home / "anvil.json").read_bytes())
            return cls(*(int(run[name]) for name in ("pid", "port", "chain_id", "born")))
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def write(self, home: Path) -> None:
        """Remember this run in ``home``."""
        write_atomically(home / "anvil.json", orjson.dumps(asdict(self)))


def find_anvil(environ: Mapping[str, str] | None = None) -> Path:
    """Anvil's native binary: ``PIAOLIAN_ANVIL``, else the npm package's, else one on PATH.

    The npm package's ``.bin/anvil`` is a Node script that starts the binary as its child; a signal
    to the script would miss Anvil, so the binary behind it is taken. Raises Unavailable.
    """
    environ = os.environ if environ is None else environ
    named = environ.get("PIAOLIAN_ANVIL")
    if named:
        if not os.access(named, os.X_OK):
            raise Unavailable(f"PIAOLIAN_ANVIL names {named}, which is not a program")
        return Path(named)
    for root in (_PROJECT, Path.cwd()):
        for binary in sorted((root / "node_modules" / "@foundry-rs").glob("anvil-*/bin/anvil*")):
            if os.access(binary, os.X_OK):
                return binary
    for folder in environ.get("PATH", os.defpath).split(os.pathsep):
        binary = Path(folder) / "anvil"
        if os.access(binary, os.X_OK) and not _is_script(binary):
            return binary
    raise Unavailable(
        "the development chain's program (anvil) is not installed: run `npm ci` in the project's "
        "folder, or name it in PIAOLIAN_ANVIL"
    )


def _is_script(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(2) == b"#!"


def arguments(chain_id: int, port: int, home: Path, born: int, state: Path | None) -> list[str]:
    """Anvil's arguments: a free-gas Cancun chain that keeps nothing outside ``home``.

    ``--gas-price 0`` would only say the base fee again; without ``--disable-min-priority-fee`` the
    gas price is one gwei. A tip of one gwei is suggested whatever the flags: senders name both fees
    themselves. ``--prune-history`` keeps old states out of memory and off the disk (otherwise
    1.3 GB for 4,000 blocks); blocks, receipts and logs stay. No funded accounts: gas is free.
    The first block bears the time ``born`` (seconds) in every run: else each start would make
    another first block, and whoever asks for block 0 would get now one and now the other. Anvil's
    clock begins there too; ``anvil_state.set_clock`` puts it right.
    """
    args = [
        "--host", "127.0.0.1", "--port", str(port), "--chain-id", str(chain_id),
        "--timestamp", str(born), "--hardfork", "cancun", "--accounts", "0", "--order", "fifo",
        "--block-base-fee-per-gas", "0", "--disable-min-priority-fee",
        "--prune-history", "--cache-path", str(home / "cache"), "--no-cors", "--quiet",
    ]  # fmt: skip
    return [*args, "--load-state", str(state)] if state else args


def spawn(binary: Path, args: list[str], home: Path) -> subprocess.Popen[bytes]:
    """Start Anvil. On Linux it dies with the *thread* that calls this: call it from one that stays.

    Its output goes to ``anvil.log`` in ``home``; its own folder is ``home`` as well.
    """
    command = [str(binary), *args]
    if sys.platform == "linux":
        wrapper = [sys.executable, "-I", "-S", "-c", _DIE_WITH_PARENT, str(os.getpid())]
        command = [*wrapper, *command]
    with (home / "anvil.log").open("wb") as log:
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env={"HOME": str(home), "PATH": os.environ.get("PATH", os.defpath)},
            start_new_session=True,  # Ctrl-C goes to the supervisor, which saves first
        )


def end(process: subprocess.Popen[bytes], patience: float = 5.0) -> None:
    """Ask the process to end, then end it, after ``patience`` seconds."""
    process.terminate()
    try:
        process.wait(patience)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def is_our_anvil(pid: int, home: Path, port: int) -> bool:
    """Whether ``pid`` is an Anvil that an earlier supervisor of this ``home`` started on ``port``.

    Process ids are used again: only a command line that names our port and folder is ours.
    """
    words = _command_line(pid)
    return (
        any(Path(word).name.startswith("anvil") for word in words[:1])
        and str(port) in words
        and str(home / "cache") in words
    )


def _command_line(pid: int) -> list[str]:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text(errors="replace").split("\0")
    except OSError:
        pass  # not Linux, or no such process
    try:
        ps = subprocess.run(
            ["ps", "-ww", "-o", "command=", "-p", str(pid)],
            capture_output=True,
            text=True,
            check=False,
        )
    except OSError:
        return []
    return ps.stdout.split()


def kill_and_wait(pid: int, patience: float = 5.0) -> None:
    """Kill a process that is not our child and wait until it is gone. Raises Unavailable."""
    deadline = time.monotonic() + patience
    try:
        os.kill(pid, signal.SIGKILL)
        while time.monotonic() < deadline:
            os.kill(pid, 0)
            if not _command_line(pid)[:1] or _command_line(pid) == [""]:
                return  # a zombie: it holds nothing any more
            time.sleep(0.02)
    except ProcessLookupError:
        return
    raise Unavailable(f"the earlier development chain (process {pid}) does not end")


def free_port(wanted: int | None = None, patience: float = 0.0) -> int:
    """``wanted`` if nothing listens there, else any free port of the loopback interface.

    A process that was just killed may hold its port a moment longer: ``patience`` in seconds.
    """
    deadline = time.monotonic() + patience
    while wanted is not None:
        port = _bindable(wanted)
        if port:
            return port
        if time.monotonic() >= deadline:
            break
        time.sleep(0.02)
    port = _bindable(0)
    if port is None:
        raise Unavailable("no free port on 127.0.0.1 for the development chain")
    return port


def _bindable(port: int) -> int | None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return None
        return int(probe.getsockname()[1])
