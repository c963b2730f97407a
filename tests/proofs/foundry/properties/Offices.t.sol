// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {vm} from "../src/Vm.sol";
import {Symbolic} from "./Symbolic.sol";

/// The issuer registry, with two officers of the whole platform and one of a city, where an
/// admission takes two.
contract Offices is Symbolic {
    address private constant COLLEAGUE = address(0xc011ea6e);
    address private constant OF_THE_CITY = address(0xc17c);
    bytes18 private constant ISSUER = "12110000400686019A";
    uint32 private constant CITY = 110100;
    uint32 private constant ELSEWHERE = 310101;

    function setUp() public {
        _deployed();
        registry.appoint_officer(COLLEAGUE, 0);
        registry.appoint_officer(OF_THE_CITY, CITY);
        registry.set_approval_rule(2, type(uint64).max);
        vm.prank(COLLEAGUE);
        registry.set_approval_rule(2, type(uint64).max);
    }

    /// INV-29. However often one account asks, whoever it is.
    function check_nobody_admits_alone(address caller) public {
        for (uint256 i = 0; i < 3; i++) {
            _admit(CITY, caller);
        }
        assert(!registry.is_active_issuer(ISSUER));
    }

    /// INV-21, INV-29. Two that admit an issuer are officers, two of them, and of its region.
    function check_two_officers_of_the_region_admit(address one, address other) public {
        _admit(ELSEWHERE, one);
        _admit(ELSEWHERE, other);
        if (!registry.is_active_issuer(ISSUER)) return;
        assert(one != other);
        assert(one == address(this) || one == COLLEAGUE);
        assert(other == address(this) || other == COLLEAGUE);
    }

    function _admit(uint32 region, address caller) private {
        bytes memory data = abi.encodeCall(registry.admit_issuer, (ISSUER, "an issuer", region));
        _callAs(caller, address(registry), data);
    }
}
