"""The recorded bundles, verified by a second reading of the protocol's page."""

from __future__ import annotations

import json

import pytest
from mini_bundle import block_hash, verify_bundle
from tamper.cases_bundle import flipped
from tamper.recorded import bundle, bundle_json, qbft_block, sealed_json, vectors

from frontend_api.commitment.canonical import canonical_json

CODE = bytes.fromhex(vectors()["registry_code"][2:])


@pytest.mark.parametrize("name", ["one", "neighbour", "another", "voided", "withheld"])
def test_bundle__second_implementation__agrees(name: str) -> None:
    data = canonical_json(bundle_json(name))
    for part, trusted in bundle(name).block_hashes().items():
        number = verify_bundle(data, trusted, vectors()["deployment"], CODE)
        assert (number == vectors()["roots"]["head"]["block_number"]) == (part == "state")


@pytest.mark.parametrize(
    "path", [("header", "holder"), ("header", "content_root"), ("receipt", "block")]
)
def test_bundle__altered__second_implementation_refuses(path: tuple[str, str]) -> None:
    made = bundle_json()
    made[path[0]][path[1]] = flipped(made[path[0]][path[1]])
    trusted = bundle().block_hashes()["anchoring"]
    with pytest.raises((AssertionError, KeyError, ValueError)):
        verify_bundle(json.dumps(made).encode(), trusted, vectors()["deployment"], CODE)


def test_qbft_block__second_implementation__hashes_without_round_and_seals() -> None:
    made = sealed_json(round=b"\x04")
    data = bytes.fromhex(made["receipt"]["block"][2:])
    assert block_hash(data) == qbft_block().hash
