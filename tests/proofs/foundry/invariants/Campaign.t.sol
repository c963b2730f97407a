// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Handler} from "./Handler.sol";

/// Random calls, most of them valid; whatever happens, the contracts agree with the model.
contract Campaign {
    struct FuzzSelector {
        address addr;
        bytes4[] selectors;
    }

    Handler private handler;

    function setUp() public {
        handler = new Handler();
    }

    function targetContracts() public view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(handler);
    }

    function excludeSelectors() public view returns (FuzzSelector[] memory excluded) {
        excluded = new FuzzSelector[](1);
        excluded[0] = FuzzSelector(address(handler), new bytes4[](1));
        excluded[0].selectors[0] = handler.writeCalls.selector;
    }

    function invariant_contracts_agree_with_the_model() public view {
        handler.checkTouched();
    }

    function afterInvariant() public {
        handler.checkAll();
        handler.writeCalls();
    }
}
