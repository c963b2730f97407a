// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Deployment} from "../src/Deployment.sol";
import {Issuer} from "../src/Interfaces.sol";
import {svm, vm} from "../src/Vm.sol";

/// The four contracts for proofs. A proof starts from any state: the storage of the contracts it
/// is about holds any values, so what it shows holds after any history, of any length.
abstract contract Symbolic is Deployment {
    // Copies its input, and answers the Keccak hash of it.
    bytes private constant KECCAK_OF_INPUT = hex"365f5f37365f205f5260205ff3";

    function _deployed() internal {
        // halmos cannot execute SHA-256. The driver points the calls of that precompile to this
        // address, where a hash stands that halmos knows to be free of collisions.
        vm.etch(address(11), KECCAK_OF_INPUT);
        _deploy();
    }

    /// From here on nothing is assumed of a contract: whatever it is asked, it answers anything.
    function _unknown(address account) internal {
        vm.etch(account, type(AnyAnswer).runtimeCode);
    }

    /// Any values in the storage, but where the deployment wrote or read: of the issuer registry
    /// those are the first officer, the pause and the bill registry it knows.
    function _anyState(address account) internal {
        svm.enableSymbolicStorage(account);
    }

    /// Calls as anyone; what is called may refuse.
    function _callAs(address caller, address target, bytes memory data) internal returns (bool ok) {
        vm.prank(caller);
        (ok,) = target.call(data);
    }

    /// Sibling hashes of which nothing is known.
    function _anyPath(uint256 length) internal pure returns (bytes32[] memory path) {
        path = new bytes32[](length);
        for (uint256 i = 0; i < length; i++) {
            path[i] = abi.decode(svm.createBytes(32, "sibling"), (bytes32));
        }
    }

    // halmos numbers the contracts that are created.
    function _addressAfter(address deployed, uint256 steps) internal pure override returns (address) {
        return address(uint160(deployed) + uint160(steps));
    }
}

/// Answers any eight words, and others the next time.
contract AnyAnswer {
    // The one answer of no fixed length.
    function issuer(bytes18) external pure returns (Issuer memory told) {
        told.status = abi.decode(svm.createBytes(32, "status"), (uint256));
        told.region = uint32(bytes4(bytes32(svm.createBytes(32, "region"))));
        told.name = "an issuer";
    }

    fallback() external {
        bytes memory answer = svm.createBytes(256, "answer");
        assembly {
            return(add(answer, 0x20), 256)
        }
    }
}
