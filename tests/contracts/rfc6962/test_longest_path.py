"""No path has more than 32 siblings, so no proof is longer than what a batch can need."""

import boa
import pytest

from ..support.merkle import leaf_hash, node_hash
from ..support.world import deployer_of

LEAF = leaf_hash(b"")
SIBLING = leaf_hash(b"\x01")


@pytest.mark.parametrize("levels", [31, 32, 33])
def test_root_from_path__more_than_32_siblings__reverts(levels):
    harness = deployer_of("harness/Rfc6962Harness").deploy()
    arguments = (LEAF, 0, 2**levels, [SIBLING] * levels)
    if levels > 32:
        with boa.reverts():
            harness.root_from_path(*arguments)
        return
    root = LEAF
    for _ in range(levels):
        root = node_hash(root, SIBLING)
    assert harness.root_from_path(*arguments) == root
