"""`piaolian archive verify` with no chain: by the noted digest, a list, or trusted blocks."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from archive_packages import mend
from archived_bills import issue_three

from frontend_api.bootstrap import (
    OfflineVerifier,
    TrustedBlocks,
    TrustStore,
    build_verifier,
    client_of,
    clock,
    free_port,
)
from frontend_api.bootstrap.archive import (
    ChainWitness,
    OfflineWitness,
    PackageReport,
    Range,
    make_package,
    verify_package,
)
from frontend_api.chain.reader import EthReader
from frontend_api.chain.rpc import RpcError
from frontend_api.commitment.proof_bundle import ProofBundle
from frontend_api.commitment.roots_list import RootsList
from frontend_api.domain.errors import ChainUnreachable
from frontend_api.verify import Verdict

pytestmark = pytest.mark.chain

PIAOLIAN = Path(sys.executable).with_name("piaolian")
KIND = "court_fee"
LATER = {"live-then": 2, "amount-needs-chain": 2}


@pytest.fixture(scope="module")
def chosen(platform: Any) -> tuple[str, Range]:
    """An issuer, and three of its bills, the first of them voided."""
    owner, numbers = issue_three(platform, KIND, voided=0)
    return owner, Range(first_key=numbers[0].key, last_key=numbers[2].key)


@pytest.fixture(scope="module")
def package(platform: Any, chosen, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The package as a folder, and its digest."""
    out = tmp_path_factory.mktemp("archive") / "package"
    made = make_package(platform.services, *chosen, out, clock())
    assert (made.bills, made.unproved) == (3, 0)
    return out, made.digest


def judge(
    platform: Any,
    path: Path,
    digest: str | None = None,
    *,
    blocks: frozenset[bytes] = frozenset(),
    roots: RootsList | None = None,
) -> PackageReport:
    trusted = TrustStore([platform.home / "deployment.json"])
    verifier = OfflineVerifier(trusted, TrustedBlocks(blocks))
    return verify_package(path, OfflineWitness(verifier, roots), platform.services.kinds, digest)


def bundles_of(root: Path) -> list[ProofBundle]:
    files = sorted((root / "data/bills").glob("*/bundle.json"))
    return [ProofBundle.from_bytes(file.read_bytes()) for file in files]


def test_package__its_bundles__are_of_one_state_which_its_list_names(package) -> None:
    root = package[0]
    listed = RootsList.from_bytes((root / "data/roots.json").read_bytes())
    made = bundles_of(root)
    assert len(made) == 3
    assert {b.block_hashes()["state"] for b in made} == {listed.head.hash}
    index = json.loads((root / "data/index.json").read_bytes())
    hashes = {"0x" + h.hex() for b in made for h in b.block_hashes().values()}
    assert set(index["blocks"].values()) == hashes


def test_offline__noted_digest__proves_all_but_what_came_later(platform, package) -> None:
    report = judge(platform, *package)
    assert report.faults == []
    assert report.ended == {"voided": 1}
    assert report.unchecked == LATER
    # That a bill was voided is final: nothing about it is left open.
    assert report.bills == {Verdict.UNKNOWN: 2, Verdict.VALID: 1}
    assert report.exit_code() == 2


def test_offline__nothing_trusted__says_that_nobody_vouches(platform, package) -> None:
    report = judge(platform, package[0])
    assert [(f.verdict, f.what) for f in report.faults] == [(Verdict.UNKNOWN, "roots-not-trusted")]
    assert report.unchecked == LATER | {"block-not-trusted": 3}
    assert report.exit_code() == 2


def test_offline__list_of_ones_own_or_blocks__tell_how_far_they_go(platform, package) -> None:
    root = package[0]
    listed = RootsList.from_bytes((root / "data/roots.json").read_bytes())
    by_list = judge(platform, root, roots=listed)
    assert by_list.faults == []
    assert by_list.unchecked == LATER | {"issuer-needs-block": 3}
    hashes = frozenset(h for b in bundles_of(root) for h in b.block_hashes().values())
    by_both = judge(platform, root, roots=listed, blocks=hashes)
    assert (by_both.faults, by_both.unchecked) == ([], LATER)
    by_blocks = judge(platform, root, blocks=hashes)
    assert [f.what for f in by_blocks.faults] == ["roots-not-trusted"]
    assert by_blocks.unchecked == LATER
    older = replace(listed, batches={}, ended={}, attested=frozenset())
    assert {f.what for f in judge(platform, root, roots=older).faults} == {"batch-not-listed"}


def test_offline__altered_and_every_list_written_anew__found(platform, package, tmp_path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(package[0], copy)
    first, second = sorted((copy / "data/bills").iterdir())[:2]
    (first / "bundle.json").write_bytes((second / "bundle.json").read_bytes())
    mend(copy)
    report = judge(platform, copy, package[1])
    assert {f.what for f in report.faults} >= {"digest-differs", "bundle-of-another"}
    assert report.exit_code() == 1
    # Without the noted digest the proofs themselves still tell.
    assert {f.what for f in judge(platform, copy).faults} >= {"bundle-of-another"}


def test_offline__list_altered_under_the_noted_manifests__is_not_vouched_for(
    platform, package, tmp_path
) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(package[0], copy)
    file = copy / "data/roots.json"
    listed = RootsList.from_bytes(file.read_bytes())
    file.write_bytes(replace(listed, ended={}).to_bytes())
    report = judge(platform, copy, package[1])
    assert {f.what for f in report.faults} == {"altered", "roots-not-trusted"}
    assert report.exit_code() == 1


class Forgetful:
    """A node that keeps neither old nor new state for proofs. Implements ``RpcCaller``."""

    def __init__(self, rpc: Any) -> None:
        self._rpc, self.where = rpc, rpc.where
        self.batch = rpc.batch

    def call(self, method: str, *params: Any) -> Any:
        if method == "eth_getProof":
            raise RpcError(-32000, "missing trie node")
        return self._rpc.call(method, *params)


def test_archive__chain_keeps_no_state__made_without_bundles_and_says_so(
    platform, chosen, tmp_path
) -> None:
    services = platform.services
    reader = EthReader(Forgetful(services.reader.rpc))
    out = tmp_path / "package"
    made = make_package(replace(services, reader=reader), *chosen, out, clock())
    assert (made.bills, made.unproved) == (3, 3)
    index = json.loads((out / "data/index.json").read_bytes())
    assert index["blocks"] == {}
    for told in index["bills"]:
        assert "does not prove its newest state" in told["lacks"]["bundle.json"]
    witness = ChainWitness(build_verifier(platform.chain.url, [platform.home / "deployment.json"]))
    report = verify_package(out, witness, services.kinds, made.digest)
    assert (report.exit_code(), report.unchecked) == (0, {"bundle-lacking": 3})
    offline = judge(platform, out, made.digest)
    assert offline.faults == []
    assert offline.unchecked == LATER | {"bundle-lacking": 3}


def test_archive__no_chain__is_not_made_and_leaves_nothing(platform, chosen, tmp_path) -> None:
    reader = client_of(f"http://127.0.0.1:{free_port()}")
    with pytest.raises(ChainUnreachable):
        make_package(replace(platform.services, reader=reader), *chosen, tmp_path / "p", clock())
    assert list(tmp_path.iterdir()) == []


def test_offline__command_line__needs_no_chain(platform, package, tmp_path) -> None:
    def run(*args: object) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [PIAOLIAN, "archive", "verify", package[0], "--trust",
             platform.home / "deployment.json", *map(str, args)],
            capture_output=True, text=True, check=False, timeout=120, cwd=tmp_path,
        )  # fmt: skip

    done = run("--offline", "--digest", package[1])
    assert done.returncode == 2, done.stderr
    assert "could not be checked: 2 amount-needs-chain, 2 live-then" in done.stdout
    assert "1 voided" in done.stdout
    told = run("--block-hash", "0x" + "11" * 32, "--json")
    assert told.returncode == 2
    assert json.loads(told.stdout)["unchecked"]["block-not-trusted"] == 3
