// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {BillHeader} from "../src/Interfaces.sol";
import {vm} from "../src/Vm.sol";
import {Symbolic} from "./Symbolic.sol";

/// Any batch of up to 2 ** LEVELS bills, with any root, in any state of the bill registry.
contract Membership is Symbolic {
    uint64 private constant CODE = 11010126;
    uint64 private constant FIRST = 41;
    uint64 private constant BATCH = CODE * 10 ** 10 + FIRST;
    uint256 private levels;

    function setUp() public {
        levels = vm.envUint("LEVELS");
        _deployed();
        _unknown(address(registry));
        _anyState(address(bills));
    }

    /// INV-17. One path leads one bill alone to the root: not another number, with any content.
    function check_proof_verifies_for_one_index(
        BillHeader memory one,
        BillHeader memory other,
        uint8 index,
        uint8 otherIndex,
        uint8 length
    ) public view {
        uint256 size = 2 ** levels;
        vm.assume(index < size && otherIndex < size && index != otherIndex);
        (one.billCode, other.billCode) = (CODE, CODE);
        (one.billNo, other.billNo) = (FIRST + index, FIRST + otherIndex);
        vm.assume(bills.batch(BATCH).count <= 2 ** levels);
        for (uint256 n = 0; n <= levels; n++) {
            if (n != length) continue;
            bytes32[] memory path = _anyPath(n);
            if (!_holds(one, path)) return;
            assert(!_holds(other, path));
        }
    }

    /// INV-13, INV-17. One number of a batch stands for one bill: not for another amount, holder
    /// or content, with any other path.
    function check_number_holds_one_bill(
        BillHeader memory one,
        BillHeader memory other,
        uint8 index,
        uint8 length
    ) public view {
        vm.assume(index < 2 ** levels);
        (one.billCode, other.billCode) = (CODE, CODE);
        (one.billNo, other.billNo) = (FIRST + index, FIRST + index);
        vm.assume(bills.batch(BATCH).count <= 2 ** levels);
        for (uint256 n = 0; n <= levels; n++) {
            if (n != length) continue;
            if (!_holds(one, _anyPath(n))) return;
            if (!_holds(other, _anyPath(n))) return;
            assert(one.amountFen == other.amountFen);
            assert(one.atSourceFen == other.atSourceFen);
            assert(one.holder == other.holder);
            assert(one.currency == other.currency);
            assert(one.contentRoot == other.contentRoot);
            assert(one.issuedAt == other.issuedAt);
        }
    }

    function _holds(BillHeader memory header, bytes32[] memory path) private view returns (bool) {
        try bills.holds(header, BATCH, path) returns (bool held) {
            return held;
        } catch {
            return false;
        }
    }
}
