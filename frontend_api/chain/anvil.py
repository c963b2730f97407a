"""The development chain: one Anvil, started, saved and supervised by the project.

What survives: a stop, SIGKILL of Anvil, SIGKILL of the supervisor, and of both at once, losing at
most what was mined since the last save (about a second, more only when the history is so long that
saving it takes over a tenth of that). What was lost never reached anybody as final: whoever sends
keeps the signed bytes and sends them again.
"""

from __future__ import annotations

import fcntl
import gzip
import subprocess
import threading
import time
import zlib
from pathlib import Path
from typing import IO

from frontend_api.chain.anvil_process import (
    Run,
    arguments,
    end,
    find_anvil,
    free_port,
    is_our_anvil,
    kill_and_wait,
    spawn,
)
from frontend_api.chain.anvil_state import (
    StateKeeper,
    consistent_height,
    height_of,
    set_clock,
    take_state,
    write_atomically,
)
from frontend_api.chain.rpc import JsonRpc
from frontend_api.domain.errors import ChainUnreachable, PiaolianError, Unavailable

DEVELOPMENT_CHAIN_ID = 46600
_POLL_SECONDS = 0.2  # how often the height is looked at
_START_SECONDS = 60.0  # a saved state of 100,000 blocks loads in some ten seconds
_RPC_SECONDS = 60.0  # for a dump; 20,000 transactions take half a second
_MAX_STATE_BYTES = 2**31
_LOCK_SECONDS = 0.2  # somebody may just be asking whether the chain runs (url_of_running)
_AFTER_FAILURE_SECONDS = 1.0  # so that a chain that cannot be started does not burn the processor


class AnvilChain:
    """The development chain that lives in the folder ``home``. Use as a context manager.

    ``port`` is a wish; without one, the last run's port is taken again if it is free. One
    supervisor at a time: a lock in ``home`` holds off a second. Writing to the chain goes over
    ``url`` like to any other chain.
    """

    def __init__(
        self,
        home: Path,
        chain_id: int = DEVELOPMENT_CHAIN_ID,
        *,
        port: int | None = None,
        binary: Path | None = None,
    ) -> None:
        self.home = home.resolve()
        self.chain_id = chain_id
        self.restarts = 0  # how often Anvil ended unasked and was started again
        self.last_error: str | None = None  # why the last save or restart failed, for a health page
        self._wanted_port, self._port, self._binary, self._born = port, 0, binary, 0
        self._state = self.home / "state.json.gz"
        self._process: subprocess.Popen[bytes] | None = None
        self._rpc: JsonRpc | None = None
        self._keeper: StateKeeper | None = None
        self._lock: IO[bytes] | None = None
        self._thread: threading.Thread | None = None
        self._changed = threading.Condition()
        self._ready = self._stopping = self._save_now = False
        self._failure: Exception | None = None

    @property
    def url(self) -> str:
        """Where the chain answers; the same for as long as it is supervised."""
        return f"http://127.0.0.1:{self._port}"

    @property
    def pid(self) -> int | None:
        """Anvil's process id, None while there is none."""
        return self._process.pid if self._process and self._process.poll() is None else None

    @property
    def saved_height(self) -> int:
        """The newest block that is on disk; -1 before the first save."""
        return self._keeper.saved_height if self._keeper else -1

    def start(self) -> None:
        """Start or resume the chain and wait until it answers. Raises Unavailable, OSError."""
        if self._thread:
            raise RuntimeError("the development chain was started already")
        self._take_lock()
        # The thread starts Anvil itself: the kernel ends Anvil with the thread that started it.
        self._ready = self._stopping = False
        self._thread = threading.Thread(target=self._supervise, name="anvil", daemon=True)
        self._thread.start()
        with self._changed:
            self._changed.wait_for(lambda: self._ready or self._failure)
            failure = self._failure
        if failure:
            self.stop()
            raise failure

    def stop(self) -> None:
        """Save, end Anvil and give the folder free. Safe to call twice."""
        with self._changed:
            self._stopping = True
            self._changed.notify_all()
        if self._thread:
            self._thread.join()
            self._thread = None
        if self._lock:
            self._lock.close()
            self._lock = None

    def kill(self) -> None:
        """SIGKILL Anvil, as a crash would: for tests. The supervisor starts it again."""
        if self._process:
            self._process.kill()

    def wait_saved(self, timeout: float = 30.0) -> int:
        """Wait until every block mined before this call is on disk; its height.

        Raises ChainUnreachable when Anvil does not answer, Unavailable after ``timeout`` seconds
        or when Anvil had to be started again meanwhile: blocks may then be lost.
        """
        runs = self.restarts
        with JsonRpc(self.url) as rpc:
            height = height_of(rpc)
        with self._changed:
            self._save_now = True
            self._changed.notify_all()
            self._changed.wait_for(
                lambda: self.saved_height >= height or self.restarts != runs, timeout
            )
            if self.restarts != runs or self.saved_height < height:
                raise Unavailable(f"the chain was not saved: {self.last_error or 'no time left'}")
        return height

    def __enter__(self) -> AnvilChain:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _supervise(self) -> None:
        try:
            self._begin()
        except Exception as e:  # whatever it is, the starter waits for it
            with self._changed:
                self._failure = e
                self._changed.notify_all()
            self._end()
            return
        with self._changed:
            self._ready = True
            self._changed.notify_all()
        while not self._stopping:
            healthy = self._step()
            with self._changed:
                self._changed.notify_all()
                wait = _POLL_SECONDS if healthy else _AFTER_FAILURE_SECONDS
                self._changed.wait_for(lambda: self._stopping or self._save_now, wait)
        self._step()
        self._end()

    def _step(self) -> bool:
        """Look after Anvil once; False if that failed and is to be tried again."""
        assert self._process
        assert self._keeper
        urgent, self._save_now = self._save_now or self._stopping, False
        try:
            if self._process.poll() is not None:
                self.restarts += 1
                self._spawn()
            self._keeper.step(urgent=urgent)
        except Exception as e:  # disk full, Anvil just died, or a bug: Anvil dies with this thread
            self.last_error = str(e) or repr(e)
            return False
        self.last_error = None
        return True

    def _begin(self) -> None:
        binary = self._binary or find_anvil()
        self._binary = binary
        past = Run.read(self.home)
        if past and past.chain_id != self.chain_id:
            raise Unavailable(
                f"{self.home} holds the chain {past.chain_id}, not {self.chain_id}: "
                "choose another folder or the other chain id"
            )
        orphan = past is not None and is_our_anvil(past.pid, self.home, past.port)
        if past and orphan:
            self._rescue(past.pid, past.port)
        wanted = self._wanted_port or (past.port if past else None)
        self._port = free_port(wanted, patience=2.0 if orphan else 0.0)
        self._born = past.born if past else int(time.time())
        self._spawn()

    def _spawn(self) -> None:
        assert self._binary
        unpacked = self._unpack()
        args = arguments(self.chain_id, self._port, self.home, self._born, unpacked)
        self._process = spawn(self._binary, args, self.home)
        Run(self._process.pid, self._port, self.chain_id, self._born).write(self.home)
        if self._rpc is None or self._keeper is None:
            self._rpc = JsonRpc(self.url, _RPC_SECONDS, max_reply_bytes=_MAX_STATE_BYTES)
            self._keeper = StateKeeper(self._state, self._rpc)
        # What the file holds, not what the node has by now: senders were back before we asked.
        saved = consistent_height(unpacked.read_bytes()) if unpacked else None
        self._wait_ready(self._rpc)
        set_clock(self._rpc)
        self._keeper.saved_height = -1 if saved is None else saved
        if unpacked:
            unpacked.unlink(missing_ok=True)

    def _unpack(self) -> Path | None:
        """Anvil loads plain JSON only; the state is kept packed, at a tenth of the size."""
        if not self._state.exists():
            return None
        unpacked = self.home / "loading.json"
        try:
            unpacked.write_bytes(gzip.decompress(self._state.read_bytes()))
        except (EOFError, zlib.error, gzip.BadGzipFile) as e:
            raise Unavailable(
                f"{self._state} was damaged from outside: put a copy in its place, or move the "
                "folder away to begin a new chain"
            ) from e
        return unpacked

    def _wait_ready(self, rpc: JsonRpc) -> int:
        assert self._process
        deadline = time.monotonic() + _START_SECONDS
        while self._process.poll() is None and time.monotonic() < deadline and not self._stopping:
            try:
                if int(rpc.call("eth_chainId"), 16) != self.chain_id:
                    break  # another program was faster to take the port
                return height_of(rpc)
            except ChainUnreachable:
                time.sleep(0.02)
        end(self._process)
        log = (self.home / "anvil.log").read_text(errors="replace").strip()[-400:]
        raise Unavailable(f"the development chain does not start: {log or 'no answer'}")

    def _rescue(self, pid: int, port: int) -> None:
        """Save what an orphan of a killed supervisor knows, then replace it by a child of ours."""
        try:
            with JsonRpc(
                f"http://127.0.0.1:{port}", _RPC_SECONDS, max_reply_bytes=_MAX_STATE_BYTES
            ) as rpc:
                if int(rpc.call("eth_chainId"), 16) == self.chain_id:
                    write_atomically(self._state, take_state(rpc).packed)
        except PiaolianError as e:
            self.last_error = f"an orphaned chain could not be saved: {e}"
        kill_and_wait(pid)

    def _end(self) -> None:
        if self._process:
            end(self._process)
            self._process = None
        if self._rpc:
            self._rpc.close()
            self._rpc = None

    def _take_lock(self) -> None:
        self.home.mkdir(parents=True, exist_ok=True)
        lock = (self.home / "lock").open("ab")
        deadline = time.monotonic() + _LOCK_SECONDS
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as e:
                if time.monotonic() < deadline:
                    time.sleep(0.02)
                    continue
                lock.close()
                raise Unavailable(
                    f"the development chain in {self.home} is run by another process: stop it first"
                ) from e
            self._lock = lock
            return


def url_of_running(home: Path) -> str | None:
    """Where the chain in ``home`` answers while another process supervises it; None otherwise."""
    run = Run.read(home)
    if run is None:
        return None
    with (home / "lock").open("ab") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError:
            return f"http://127.0.0.1:{run.port}"
    return None
