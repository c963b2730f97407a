// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Batch, Segment} from "../src/Interfaces.sol";
import {vm} from "../src/Vm.sol";
import {Symbolic} from "./Symbolic.sol";

/// Issuer and bill registry together.
contract Numbers is Symbolic {
    uint64 private constant CODE = 11010126;
    uint64 private constant NUMBERS_PER_CODE = 10 ** 10;
    bytes18 private constant ISSUER = "12110000400686019A";

    function setUp() public {
        _deployed();
    }

    /// INV-4. In any state: the numbers of a batch are the next of its segment, and are consumed.
    function check_batch_takes_the_next_numbers(
        uint64 segmentId,
        uint64 firstKey,
        uint32 count,
        bytes32 root,
        uint128 sum,
        address caller
    ) public {
        _anyState(address(registry));
        _anyState(address(bills));
        Segment memory segment = registry.segment(segmentId);
        uint64 used = bills.consumed(segmentId);
        vm.assume(segment.first <= NUMBERS_PER_CODE && used <= NUMBERS_PER_CODE);
        bytes memory data =
            abi.encodeCall(bills.anchor, (segmentId, firstKey, count, root, sum));
        if (!_callAs(caller, address(bills), data)) return;
        assert(firstKey == segment.billCode * NUMBERS_PER_CODE + segment.first + used);
        assert(count != 0 && used + count <= segment.count);
        assert(bills.consumed(segmentId) == used + count);
        Batch memory batch = bills.batch(firstKey);
        assert(batch.root == root && batch.count == count && batch.segmentId == segmentId);
        assert(batch.signer == caller && batch.sumFen == sum);
    }

    /// INV-4. A grant begins where the one before ended.
    function check_segments_never_overlap(uint64 count, uint64 more, address caller) public {
        _admitIssuer(ISSUER, CODE);
        uint64 id = registry.grant_numbers(ISSUER, CODE, count);
        Segment memory earlier = registry.segment(id);
        assert(earlier.first == 1 && earlier.count == count && count != 0);
        vm.prank(caller);
        try registry.grant_numbers(ISSUER, CODE, more) returns (uint64 next) {
            Segment memory later = registry.segment(next);
            assert(later.first == earlier.first + count && later.count == more && more != 0);
            assert(later.first + more <= NUMBERS_PER_CODE);
            assert(later.billCode == CODE && later.issuer == ISSUER);
            assert(next != id && registry.segment(id).count == count);
        } catch {}
    }
}
