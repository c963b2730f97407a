# pragma version 0.4.3
"""
@title Merkle audit paths of RFC 6962 / RFC 9162
@license Apache-2.0
@notice SHA-256 trees with one prefix for leaves and another for inner nodes. An odd
        node moves up as it is; nothing is doubled.
@custom:invariant
     INV-17 A path leads one leaf at one index to one root. The size fixes the length of
     the path; it has to come from the record of the tree, never from the proof.
     INV-18 An inner node never passes as a leaf: the prefixes differ.
"""

# RFC 6962, section 2.1.
LEAF_PREFIX: constant(Bytes[1]) = x"00"
NODE_PREFIX: constant(Bytes[1]) = x"01"
# Levels: enough for 2**32 leaves, more than any batch can hold.
MAX_PATH: constant(uint256) = 32


@internal
@pure
def _node_hash(left: bytes32, right: bytes32) -> bytes32:
    return sha256(concat(NODE_PREFIX, left, right))


@internal
@pure
def _root_from_path(
    leaf_hash: bytes32, index: uint64, size: uint64, path: DynArray[bytes32, MAX_PATH]
) -> bytes32:
    """
    @notice The root that the path leads to. The caller compares it.
    @dev RFC 9162, section 2.1.3.2; `fn` and `sn` are its names: the index of the
         current node and of the last node on its level.
    @param leaf_hash Hash of the leaf.
    @param index Index of the leaf, from 0.
    @param size Number of leaves in the tree.
    @param path Sibling hashes from the leaf up.
    """
    assert index < size, "proof: index out of range"
    fn: uint256 = convert(index, uint256)
    sn: uint256 = convert(size - 1, uint256)
    node: bytes32 = leaf_hash
    for sibling: bytes32 in path:
        assert sn != 0, "proof: wrong length"
        if fn & 1 == 1 or fn == sn:
            node = self._node_hash(sibling, node)
            # The last node of a level moves up until it is a right child.
            for _: uint256 in range(MAX_PATH):
                if fn & 1 == 1 or fn == 0:
                    break
                fn >>= 1
                sn >>= 1
        else:
            node = self._node_hash(node, sibling)
        fn >>= 1
        sn >>= 1
    assert sn == 0, "proof: wrong length"
    return node
