// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

/// RFC 6962 trees, from the definitions of section 2.1: the left half is the largest power of two
/// that is smaller than the whole.
library MerkleTree {
    function root(bytes32[] memory leaves) internal pure returns (bytes32) {
        return _hash(leaves, 0, leaves.length);
    }

    /// Sibling hashes from the leaf up.
    function path(bytes32[] memory leaves, uint256 index) internal pure returns (bytes32[] memory) {
        bytes32[] memory downwards = new bytes32[](32);
        (uint256 start, uint256 end, uint256 steps) = (0, leaves.length, 0);
        while (end - start > 1) {
            uint256 middle = start + _split(end - start);
            if (index < middle) {
                downwards[steps++] = _hash(leaves, middle, end);
                end = middle;
            } else {
                downwards[steps++] = _hash(leaves, start, middle);
                start = middle;
            }
        }
        bytes32[] memory upwards = new bytes32[](steps);
        for (uint256 i = 0; i < steps; i++) {
            upwards[i] = downwards[steps - 1 - i];
        }
        return upwards;
    }

    function _hash(bytes32[] memory leaves, uint256 start, uint256 end)
        private
        pure
        returns (bytes32)
    {
        if (end - start == 1) return leaves[start];
        uint256 middle = start + _split(end - start);
        return sha256(
            bytes.concat(hex"01", _hash(leaves, start, middle), _hash(leaves, middle, end))
        );
    }

    function _split(uint256 size) private pure returns (uint256 half) {
        half = 1;
        while (half * 2 < size) half *= 2;
    }
}
