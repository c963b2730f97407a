"""Merkle trees of RFC 6962: published vectors, every size to 4,100, and refused neighbours."""

from __future__ import annotations

import hashlib
import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import mini_protocol as mini
import pytest

from frontend_api.commitment.tree import (
    MAX_PATH,
    MerkleTree,
    RunningRoot,
    leaf_hash,
    node_hash,
    root_from_path,
    root_of,
)
from frontend_api.domain.errors import ProofRejected

VECTORS = Path(__file__).resolve().parents[2] / "vectors" / "rfc6962.json"
LEAVES = [leaf_hash(i.to_bytes(4)) for i in range(4100)]


@pytest.fixture(scope="module")
def published() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(VECTORS.read_text())
    return loaded


def test_root__certificate_transparency_vectors__agree(published: dict[str, Any]) -> None:
    leaves = [leaf_hash(bytes.fromhex(leaf)) for leaf in published["leaves"]]
    for size, root in enumerate(published["roots_of_first_n"]):
        assert root_of(leaves[:size]).hex() == root
        assert size == 0 or MerkleTree.over(leaves[:size]).root.hex() == root


def test_path__certificate_transparency_vectors__agree(published: dict[str, Any]) -> None:
    leaves = [leaf_hash(bytes.fromhex(leaf)) for leaf in published["leaves"]]
    for case in published["inclusion"]:
        tree = MerkleTree.over(leaves[: case["size"]])
        path = [bytes.fromhex(node) for node in case["path"]]
        assert list(tree.path(case["index"])) == path
        leaf = leaves[case["index"]]
        assert root_from_path(leaf, case["index"], case["size"], path) == tree.root


def test_root__every_size__that_of_the_recursive_definition() -> None:
    # The reference keeps the roots of complete subtrees, by (start, size).
    known: dict[tuple[int, int], bytes] = {}

    def reference(start: int, size: int) -> bytes:
        if size == 1:
            return LEAVES[start]
        if (start, size) not in known:
            k = 1 << (size - 1).bit_length() - 1
            both = reference(start, k) + reference(start + k, size - k)
            known[start, size] = hashlib.sha256(b"\x01" + both).digest()
        return known[start, size]

    for size in range(1, len(LEAVES) + 1):
        assert root_of(LEAVES[:size]) == reference(0, size)


@pytest.mark.parametrize("size", [*range(1, 34), 63, 64, 65, 100, 127, 128, 129])
def test_path__every_leaf_of_the_tree__leads_to_the_root(size: int) -> None:
    tree = MerkleTree.over(LEAVES[:size])
    for index in range(size):
        path = tree.path(index)
        assert list(path) == mini.path_of(index, LEAVES[:size])
        assert root_from_path(LEAVES[index], index, size, path) == tree.root


@pytest.mark.parametrize("size", [1000, 2047, 2048, 2049, 4095, 4096, 4097, 4100])
def test_path__large_trees__first_middle_and_last_lead_to_the_root(size: int) -> None:
    tree = MerkleTree.over(LEAVES[:size])
    for index in (0, 1, size // 2, size - 2, size - 1):
        assert root_from_path(LEAVES[index], index, size, tree.path(index)) == tree.root


@pytest.mark.parametrize("size", [2, 3, 5, 8, 13, 64, 100])
def test_root_from_path__neighbouring_place_or_size__another_root_or_refused(size: int) -> None:
    tree = MerkleTree.over(LEAVES[:size])
    for index in range(size):
        path = tree.path(index)
        for wrong in {index - 1, index + 1, index ^ 1} - {index}:
            assert _root(LEAVES[index], wrong, size, path) != tree.root
        assert _root(LEAVES[(index + 1) % size], index, size, path) != tree.root
        assert _root(LEAVES[index], index, size, path[:-1]) is None
        assert _root(LEAVES[index], index, size, (*path, bytes(32))) is None


def test_leaf__made_of_two_nodes__is_not_the_node_above_them() -> None:
    tree = MerkleTree.over(LEAVES[:8])
    for below, above in pairwise(tree.levels):
        for index, node in enumerate(above):
            left, right = below[2 * index], below[2 * index + 1]
            assert node_hash(left, right) == node
            assert leaf_hash(left + right) != node
            assert leaf_hash(b"\x01" + left + right) != node


@pytest.mark.parametrize(
    ("index", "size", "path", "fault"),
    [
        (1, 1, [], "outside"),
        (-1, 4, [bytes(32)] * 2, "outside"),
        (4, 4, [bytes(32)] * 2, "outside"),
        (0, 0, [], "outside"),
        (0, 4, [bytes(32)], "too short"),
        (0, 4, [bytes(32)] * 3, "too long"),
        (0, 1, [bytes(32)], "too long"),
        (4, 5, [bytes(32)] * 2, "too long"),
        (0, 2, [bytes(31)], "not 32 bytes"),
        (0, 2, [bytes(33)], "not 32 bytes"),
        (0, 2**40, [bytes(32)] * (MAX_PATH + 1), "more than 32"),
    ],
    ids=str,
)
def test_root_from_path__impossible_proof__refused(
    index: int, size: int, path: list[bytes], fault: str
) -> None:
    with pytest.raises(ProofRejected, match=fault):
        root_from_path(LEAVES[0], index, size, path)


def test_root_from_path__longest_path__taken() -> None:
    assert root_from_path(LEAVES[0], 0, 2**32, [bytes(32)] * MAX_PATH)


def test_tree__no_leaf__refused_and_empty_root_is_that_of_the_rfc() -> None:
    assert root_of([]) == hashlib.sha256(b"").digest()
    with pytest.raises(ValueError, match="at least one"):
        MerkleTree.over([])


@pytest.mark.parametrize("index", [-1, 3])
def test_path__no_such_leaf__refused(index: int) -> None:
    with pytest.raises(IndexError, match="no leaf"):
        MerkleTree.over(LEAVES[:3]).path(index)


def test_root__one_leaf__is_the_leaf_itself() -> None:
    assert MerkleTree.over(LEAVES[:1]).root == LEAVES[0] == root_of(LEAVES[:1])


def test_running_root__every_size__as_over_all_leaves_at_once() -> None:
    running = RunningRoot()
    assert running.root() == root_of([])
    for size, leaf in enumerate(LEAVES, start=1):
        running.add(leaf)
        assert (running.size, running.root()) == (size, root_of(LEAVES[:size]))


def _root(leaf: bytes, index: int, size: int, path: tuple[bytes, ...]) -> bytes | None:
    try:
        return root_from_path(leaf, index, size, path)
    except ProofRejected:
        return None
