"""The platform's trees and the contract's check say the same of every proof, good or a neighbour's.

INV-17: a leaf verifies at no other index.
"""

import random

import boa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from frontend_api.commitment.tree import MerkleTree, leaf_hash, root_from_path
from frontend_api.domain.errors import ProofRejected

from ..support.world import deployer_of

LARGEST = 4_100
SIZES = sorted({1, 2, 3, LARGEST, *random.Random(4100).sample(range(4, LARGEST), 40)})


@pytest.fixture(scope="module")
def harness():
    return deployer_of("harness/Rfc6962Harness").deploy()


def tree_of(size):
    return MerkleTree.over([leaf_hash(index.to_bytes(8)) for index in range(size)])


def both_say(harness, tree, leaf, index, path):
    """Whether the proof leads to the tree's root, asked of Python and of the contract."""
    try:
        python = root_from_path(leaf, index, tree.size, path) == tree.root
    except ProofRejected:
        python = False
    try:
        contract = harness.root_from_path(leaf, index, tree.size, list(path)) == tree.root
    except boa.BoaError as error:
        if "proof: " not in str(error):
            raise
        contract = False
    assert python == contract
    return python


@pytest.mark.parametrize("size", SIZES)
def test_random_tree__own_proof_taken__each_neighbours_refused_by_both(harness, size):
    tree = tree_of(size)
    leaves = tree.levels[0]
    draw = random.Random(size)
    for index in {0, size - 1, *(draw.randrange(size) for _ in range(3))}:
        path = tree.path(index)
        assert both_say(harness, tree, leaves[index], index, path)
        for other in {index - 1, index + 1} & set(range(size)):
            assert not both_say(harness, tree, leaves[index], other, path)
            assert not both_say(harness, tree, leaves[other], index, path)
            assert not both_say(harness, tree, leaves[index], index, tree.path(other))


@pytest.mark.parametrize("size", range(1, 20))
def test_small_tree__every_index_with_every_proof__only_its_own_fits(harness, size):
    tree = tree_of(size)
    leaves = tree.levels[0]
    for index in range(size):
        for other in range(size):
            fits = both_say(harness, tree, leaves[index], index, tree.path(other))
            assert fits == (index == other)


@settings(max_examples=60, deadline=None)
@given(size=st.integers(2, LARGEST), data=st.data())
def test_random_tree__one_bit_of_the_path_flipped__refused_by_both(size, data):
    harness = deployer_of("harness/Rfc6962Harness").deploy()
    tree = tree_of(size)
    index = data.draw(st.integers(0, size - 1))
    path = list(tree.path(index))
    level = data.draw(st.integers(0, len(path) - 1))
    bit = 1 << data.draw(st.integers(0, 255))
    path[level] = (int.from_bytes(path[level]) ^ bit).to_bytes(32)
    assert not both_say(harness, tree, tree.levels[0][index], index, path)
