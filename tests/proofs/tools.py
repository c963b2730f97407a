"""forge and halmos, run on copies of a project that is compiled once."""

import os
import re
import shutil
import signal
import subprocess
import tempfile
import threading
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from .bugs import Bug, planted
from .bytecode import ROOT, VARIABLES, compiled, environment, users_of, with_stand_in_hash

FOUNDRY = Path(__file__).resolve().parent / "foundry"
FORGE = ROOT / "node_modules" / ".bin" / "forge"
HALMOS = ROOT / ".venv-proofs" / "bin" / "halmos"
SECONDS = int(os.environ.get("PROOF_SECONDS", "600"))  # far more than any of them needs
# The batches of the proofs about membership hold up to two to this power of bills.
LEVELS = os.environ.get("PROOF_LEVELS", "3")
LEVELS_WITH_BUG = "2"
# As halmos builds, so that it finds all built.
BUILD = ["build", "--ast", "--extra-output", "storageLayout", "metadata"]

FAILURE = re.compile(r"^\[FAIL: (?:\w+: )?(.+?)\]", re.MULTILINE)
VERDICT = re.compile(r"^\[(\w+)\] (check_\w+)\(.*\(paths: (\d+), time: ([\d.]+)s", re.MULTILINE)
UNFINISHED = "not been fully explored"
COLOUR = re.compile(r"\x1b\[[\d;]*m")


@dataclass(frozen=True)
class Campaign:
    """What a run of the invariants came to."""

    output: str
    calls: int  # of the handler
    functions: dict[str, tuple[int, int]]  # accepted and refused, by function of the contracts

    @property
    def failure(self) -> str | None:
        """Which invariant was broken."""
        found = FAILURE.search(self.output)
        return found.group(1) if found else None


@dataclass(frozen=True)
class Verdict:
    """What halmos says of one property."""

    word: str  # PASS, FAIL, TIMEOUT or ERROR
    paths: int
    seconds: float


class Workshop:
    """Compiles once, whoever asks first; then every run has a copy of its own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._built: dict[str, Path] = {}
        self._codes: dict[Bug | None, dict[str, str]] = {}

    def campaign(self, bug: Bug | None = None, **settings: int) -> Campaign:
        """Run the invariants, over the contracts or over a copy with a bug."""
        project = self._copy("invariants")
        calls = project / "calls.txt"
        wanted = {
            f"FOUNDRY_INVARIANT_{name.upper()}": str(value) for name, value in settings.items()
        }
        run = _run(
            [str(FORGE), "test"],
            project,
            environment(self._bytecode(bug)) | wanted | {"CALLS_FILE": calls.name},
        )
        output = COLOUR.sub("", run.stdout + run.stderr)
        counted = re.search(r"\(runs: \d+, calls: (\d+)", output)
        assert counted, output
        return Campaign(output, int(counted.group(1)), _functions(calls))

    def proofs(self, contract: str, bug: Bug | None = None) -> dict[str, Verdict]:
        """Have halmos prove the properties of a contract."""
        codes = with_stand_in_hash(self._bytecode(bug))
        command = [str(HALMOS), "--contract", contract, "--storage-layout", "generic"]
        command += ["--solver", "yices", "--loop", "40", "--no-status"]
        # On a busy machine the usual minute could pass before an answer.
        command += ["--solver-timeout-assertion", "300s"]
        command += ["--early-exit"] if bug else []
        levels = {"LEVELS": LEVELS_WITH_BUG if bug else LEVELS}
        run = _run(command, self._copy("properties"), environment(codes) | levels)
        output = COLOUR.sub("", run.stdout)
        # It says PASS all the same when it did not follow a loop to its end.
        assert UNFINISHED not in " ".join((run.stdout + run.stderr).split()), output
        found = {
            name: Verdict(word, int(paths), float(seconds))
            for word, name, paths, seconds in VERDICT.findall(output)
        }
        assert found, output + run.stderr
        return found

    def _bytecode(self, bug: Bug | None) -> dict[str, str]:
        with self._lock:
            if None not in self._codes:
                self._codes[None] = compiled(list(VARIABLES))
        if bug is not None and bug not in self._codes:
            changed = compiled(users_of(bug.source), planted(bug, self._fresh()))
            self._codes[bug] = self._codes[None] | changed
        return self._codes[bug]

    def _copy(self, part: str) -> Path:
        with self._lock:
            if part not in self._built:
                self._built[part] = self._build(part)
        return Path(shutil.copytree(self._built[part], self._fresh() / part, symlinks=True))

    def _build(self, part: str) -> Path:
        project = self._folder / part
        shutil.copytree(FOUNDRY / "src", project / "src")
        shutil.copytree(FOUNDRY / part, project / "test")
        shutil.copy(FOUNDRY / "foundry.toml", project)
        run = _run([str(FORGE), *BUILD], project, {})
        assert run.returncode == 0, run.stdout + run.stderr
        return project

    def _fresh(self) -> Path:
        return Path(tempfile.mkdtemp(dir=self._folder))


def _functions(calls: Path) -> dict[str, tuple[int, int]]:
    """Sum of the lines "name accepted refused" that every run of the invariants wrote."""
    accepted, refused = Counter[str](), Counter[str]()
    for line in calls.read_text().splitlines() if calls.exists() else []:
        name, yes, no = line.split()
        accepted[name] += int(yes)
        refused[name] += int(no)
    return {name: (accepted[name], refused[name]) for name in accepted}


def _run(
    command: list[str], folder: Path, more: dict[str, str]
) -> subprocess.CompletedProcess[str]:
    """Run to the end, or fail; nothing that it started stays behind."""
    tools = f"{FORGE.parent}:{HALMOS.parent}"
    variables = {"FOUNDRY_SOLC": str(FOUNDRY / "solc"), "PATH": f"{tools}:{os.environ['PATH']}"}
    process = subprocess.Popen(
        command,
        cwd=folder,
        env=os.environ | variables | more,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        output, errors = process.communicate(timeout=SECONDS)
    except BaseException:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        raise
    return subprocess.CompletedProcess(command, process.returncode, output, errors)
