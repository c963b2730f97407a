"""The platform under test: a real Anvil, contracts deployed by ape, institutions admitted."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import hypothesis
import pytest

from frontend_api.bootstrap import Services, running
from frontend_api.chain.anvil import AnvilChain
from frontend_api.cli.demo.admit import SignIns, admit_all
from frontend_api.cli.run import deploy_contracts
from frontend_api.domain.states import PayerKind
from frontend_api.kinds import load_kinds
from frontend_api.samples import generate
from frontend_api.settings import load, save

# The same examples in every run, so that a red run means a change; HYPOTHESIS_PROFILE=explore
# looks for new ones.
hypothesis.settings.register_profile("repeat", derandomize=True)
hypothesis.settings.register_profile("explore", derandomize=False)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "repeat"))


@dataclass(frozen=True)
class RunningPlatform:
    """What a test of the whole platform has at hand."""

    services: Services
    chain: AnvilChain
    home: Path
    sign_ins: SignIns
    _samples: Callable[[str | None], dict[str, Any]]

    def issuer_key(self, kind: str) -> str:
        """API key of the issuer of a kind of bill."""
        return self.sign_ins.issuers[kind]

    def payer_key(self, kind: PayerKind | str) -> str:
        """API key of a payer."""
        return self.sign_ins.payers[PayerKind(kind)]

    def sample(self, kind: str | None = None) -> dict[str, Any]:
        """A new request of a kind, never given before."""
        return self._samples(kind)


def _fresh_samples() -> Callable[[str | None], dict[str, Any]]:
    requests = generate(load_kinds(), seed=7, count=1_000_000, now=datetime.now(UTC))

    def take(kind: str | None) -> dict[str, Any]:
        return next(r for r in requests if kind is None or r["kind"] == kind)

    return take


@pytest.fixture(scope="session")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningPlatform]:
    """One platform for the session; a test that stops its chain starts it again."""
    home = tmp_path_factory.mktemp("platform")
    save(home, supervisor_name="琼州省财政厅（样例）", sample=True)
    with AnvilChain(home / "chain") as chain:
        deploy_contracts(home, home / "deployment.json", chain.url)
        chain.wait_saved()
        with running(load(home), chain.url) as services:
            now = datetime.now(UTC)
            years = {now.year, now.year - 1} if now.month == 1 else {now.year}
            sign_ins = admit_all(services, years)
            yield RunningPlatform(services, chain, home, sign_ins, _fresh_samples())
