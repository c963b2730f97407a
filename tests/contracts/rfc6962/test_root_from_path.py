"""The module in its harness: against the published vectors, and against a plain reference.

INV-17: a path is good for one leaf at one index. INV-18: an inner node is never a leaf.
"""

import json
import random
from pathlib import Path

import boa
import pytest

from ..support.merkle import Tree, leaf_hash, node_hash, numbered_tree
from ..support.world import deployer_of

VECTORS = json.loads(
    (Path(__file__).resolve().parents[2] / "vectors" / "rfc6962.json").read_text(encoding="utf-8")
)
LEAVES = [leaf_hash(bytes.fromhex(leaf)) for leaf in VECTORS["leaves"]]

SMALL = range(1, 18)
EDGES = [31, 32, 33, 63, 64, 65, 127, 128, 129, 255, 256, 257, 511, 512, 513]
EDGES += [1023, 1024, 1025, 2047, 2048, 2049, *range(4095, 4101)]
RANDOM = random.Random(6962).sample(range(18, 4100), 40)


@pytest.fixture(scope="module")
def harness():
    return deployer_of("harness/Rfc6962Harness").deploy()


def leads_to_root(harness, tree, index, size, path, leaf):
    """Whether the contract takes the proof; a malformed one is refused by a revert."""
    try:
        return harness.root_from_path(leaf, index, size, path) == tree.root
    except boa.BoaError as error:
        if "proof: " in str(error):
            return False
        raise


@pytest.mark.parametrize("case", VECTORS["inclusion"], ids=lambda c: f"{c['index']} of {c['size']}")
def test_root_from_path__published_vector__leads_to_its_root(harness, case):
    path = [bytes.fromhex(node) for node in case["path"]]
    root = bytes.fromhex(VECTORS["roots_of_first_n"][case["size"]])
    index, size = case["index"], case["size"]
    assert harness.root_from_path(LEAVES[index], index, size, path) == root


@pytest.mark.parametrize("size", range(1, 9))
def test_root_from_path__published_roots__reached_from_every_leaf(harness, size):
    root = bytes.fromhex(VECTORS["roots_of_first_n"][size])
    tree = Tree(LEAVES[:size])
    for index in range(size):
        path = tree.path(index)
        assert harness.root_from_path(LEAVES[index], index, size, path) == root


def test_node_hash__two_nodes__prefixed_with_one(harness):
    assert harness.node_hash(LEAVES[0], LEAVES[1]) == node_hash(LEAVES[0], LEAVES[1])


@pytest.mark.parametrize("size", [*SMALL, *EDGES, *RANDOM])
def test_root_from_path__any_size__agrees_with_the_reference(harness, size):
    tree = numbered_tree(size)
    draw = random.Random(size)
    indices = {0, size - 1, size // 2, *(draw.randrange(size) for _ in range(3))}
    for index in indices:
        leaf = leaf_hash(index.to_bytes(8))
        assert harness.root_from_path(leaf, index, size, tree.path(index)) == tree.root


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 7, 8, 9])
def test_root_from_path__small_tree__no_proof_fits_another_place(harness, size):
    """INV-17, exhaustively: each proof against every other index and every other leaf."""
    tree = numbered_tree(size)
    for index in range(size):
        leaf, path = leaf_hash(index.to_bytes(8)), tree.path(index)
        for other in range(size + 1):
            if other != index:
                assert not leads_to_root(harness, tree, other, size, path, leaf)
        for other in range(size):
            if other != index:
                wrong = leaf_hash(other.to_bytes(8))
                assert not leads_to_root(harness, tree, index, size, path, wrong)


@pytest.mark.parametrize("size", [2, 3, 4, 5, 7, 8, 9])
def test_root_from_path__wrong_size__never_a_longer_or_shorter_path(harness, size):
    """A path is as long as its leaf is deep; a size that asks for another depth refuses it."""
    tree = numbered_tree(size)
    for index in range(size):
        path = tree.path(index)
        for other in range(1, 20):
            depth = len(numbered_tree(other).path(index)) if index < other else None
            if depth != len(path):
                with boa.reverts():
                    harness.root_from_path(leaf_hash(b""), index, other, path)


@pytest.mark.parametrize("size", [1023, 1024, 1025, 2049, 4097, 4100])
def test_root_from_path__large_tree__neighbours_do_not_fit(harness, size):
    tree = numbered_tree(size)
    draw = random.Random(size)
    for index in {1, size - 2, *(draw.randrange(1, size - 1) for _ in range(4))}:
        leaf, path = leaf_hash(index.to_bytes(8)), tree.path(index)
        for other in (index - 1, index + 1):
            wrong = leaf_hash(other.to_bytes(8))
            assert not leads_to_root(harness, tree, other, size, path, leaf)
            assert not leads_to_root(harness, tree, index, size, path, wrong)
            assert not leads_to_root(harness, tree, index, size, tree.path(other), leaf)


@pytest.mark.parametrize("size", [2, 3, 8, 13])
def test_root_from_path__altered_path__another_root(harness, size):
    tree = numbered_tree(size)
    for index in range(size):
        path = tree.path(index)
        for level in range(len(path)):
            altered = [*path]
            altered[level] = bytes([path[level][0] ^ 1]) + path[level][1:]
            leaf = leaf_hash(index.to_bytes(8))
            assert not leads_to_root(harness, tree, index, size, altered, leaf)


def test_root_from_path__index_not_below_size__reverts(harness):
    for index, size in ((0, 0), (1, 1), (8, 8), (9, 8), (2**64 - 1, 8)):
        with boa.reverts("proof: index out of range"):
            harness.root_from_path(LEAVES[0], index, size, [])


def test_root_from_path__one_sibling_more_or_less__reverts(harness):
    for size in (1, 2, 5, 8):
        for index in range(size):
            path = Tree(LEAVES[:size]).path(index)
            with boa.reverts("proof: wrong length"):
                harness.root_from_path(LEAVES[index], index, size, [*path, LEAVES[0]])
            if path:
                with boa.reverts("proof: wrong length"):
                    harness.root_from_path(LEAVES[index], index, size, path[:-1])


def test_root_from_path__deepest_tree__thirty_two_levels(harness):
    path = [leaf_hash(bytes([level])) for level in range(32)]
    node = LEAVES[0]
    for sibling in path:
        node = node_hash(node, sibling)
    assert harness.root_from_path(LEAVES[0], 0, 2**32, path) == node


def test_root_from_path__inner_node_as_a_leaf__needs_its_hash_to_be_a_leaf_hash(harness):
    """INV-18: two children as leaf data have another prefix, so they hash to another leaf."""
    tree = Tree(LEAVES)
    children = LEAVES[0] + LEAVES[1]
    assert node_hash(LEAVES[0], LEAVES[1]) != leaf_hash(children)
    short = tree.path(0)[1:]
    for size in range(1, 9):
        for index in range(size):
            assert not leads_to_root(harness, tree, index, size, short, leaf_hash(children))
