# pragma version 0.4.3
# pragma evm-version cancun
# pragma nonreentrancy on
"""
@title Test harness of the rfc6962 module
@license Apache-2.0
@notice Never deployed to a network.
"""

from ..modules import rfc6962


@external
@pure
def root_from_path(
    leaf_hash: bytes32, index: uint64, size: uint64, path: DynArray[bytes32, rfc6962.MAX_PATH]
) -> bytes32:
    """
    @notice See the module.
    """
    return rfc6962._root_from_path(leaf_hash, index, size, path)


@external
@pure
def node_hash(left: bytes32, right: bytes32) -> bytes32:
    """
    @notice See the module.
    """
    return rfc6962._node_hash(left, right)
