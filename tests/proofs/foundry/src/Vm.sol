// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

/// The cheatcodes used here, as forge and halmos answer them at a fixed address.
interface Vm {
    function assume(bool condition) external pure;
    function addr(uint256 privateKey) external pure returns (address);
    function computeCreateAddress(address deployer, uint256 nonce) external pure returns (address);
    function etch(address account, bytes calldata code) external;
    function envBytes(string calldata name) external view returns (bytes memory);
    function envString(string calldata name) external view returns (string memory);
    function envUint(string calldata name) external view returns (uint256);
    function getNonce(address account) external view returns (uint64);
    function prank(address sender) external;
    function sign(uint256 privateKey, bytes32 digest)
        external
        pure
        returns (uint8 v, bytes32 r, bytes32 s);
    function toString(uint256 value) external pure returns (string memory);
    function warp(uint256 timestamp) external;
    function writeLine(string calldata path, string calldata line) external;
}

/// What only halmos answers.
interface Svm {
    function enableSymbolicStorage(address account) external;
    function createBytes(uint256 length, string calldata name) external pure returns (bytes memory);
}

Vm constant vm = Vm(0x7109709ECfa91a80626fF3989D68f67F5b1DD12D);
Svm constant svm = Svm(0xF3993A62377BCd56AE39D773740A5390411E8BC9);
