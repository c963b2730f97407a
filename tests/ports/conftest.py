"""A real chain with the real contracts, one for the session."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from frontend_api.chain.anvil import AnvilChain
from frontend_api.chain.rpc import JsonRpc

from .deploying import Network, admit, deploy


@pytest.fixture(scope="session")
def anvil(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AnvilChain]:
    with AnvilChain(tmp_path_factory.mktemp("anvil")) as chain:
        yield chain


@pytest.fixture(scope="session")
def rpc(anvil: AnvilChain) -> Iterator[JsonRpc]:
    with JsonRpc(anvil.url) as client:
        yield client


@pytest.fixture
def network(rpc: JsonRpc) -> Network:
    """A new deployment with an issuer and a payer, untouched by other tests."""
    return admit(deploy(rpc))
