// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {BillHeader, BillLife, Grant} from "../src/Interfaces.sol";
import {svm, vm} from "../src/Vm.sol";
import {Symbolic} from "./Symbolic.sol";

/// Voided, reversed, red-letter and swapped bills: in two steps, which meet at `payability`.
contract Ended is Symbolic {
    uint256 private constant GOOD = 1;
    uint256 private constant ON_PAPER = 1;
    uint64 private constant NUMBERS_PER_CODE = 10 ** 10;
    uint64 private constant BILL = 11010126 * NUMBERS_PER_CODE + 7;

    function setUp() public {
        _deployed();
        _unknown(address(registry));
        _anyState(address(bills));
        _anyState(address(ledger));
    }

    /// INV-3. The bill registry: none of them is payable.
    function check_ended_bill_is_not_payable(uint64 key, uint64 batchId) public view {
        BillLife memory life = bills.bill_life(key);
        // One of the named states each, not several at a time.
        uint256 validity = life.validity;
        vm.assume(validity == 0 || validity == 1 || validity == 2 || validity == 4);
        vm.assume(life.paper <= 2);
        if (bills.payability(key, batchId) != GOOD) return;
        assert(validity == 0);
        assert(life.paper != ON_PAPER);
    }

    /// INV-3. The ledger: what is not payable is neither reserved nor settled.
    function check_unpayable_bill_never_pays(
        BillHeader memory header,
        Grant memory grant,
        bytes32 claimId,
        uint128 amount,
        uint64 time,
        uint8 which,
        address caller
    ) public {
        _unknown(address(consents));
        vm.etch(address(bills), type(NeverPayable).runtimeCode);
        (header.billCode, header.billNo) = (BILL / NUMBERS_PER_CODE, BILL % NUMBERS_PER_CODE);
        bytes memory data;
        if (which == 0) {
            data = abi.encodeCall(
                ledger.lock, (header, BILL, _anyPath(0), grant, claimId, amount, time)
            );
        } else if (which == 1) {
            data = abi.encodeCall(
                ledger.account, (header, BILL, _anyPath(0), grant, claimId, claimId, time)
            );
        } else {
            data = abi.encodeCall(ledger.settle, (BILL, BILL, claimId, amount, bytes32(0)));
        }
        assert(!_callAs(caller, address(ledger), data));
    }

    /// INV-14. An ended bill stays as it is, whichever bill is voided, printed, or vouched for.
    function check_end_of_a_bill_is_final(
        uint64 key,
        uint64 other,
        uint64 batchId,
        uint8 which,
        address caller
    ) public {
        _unknown(address(ledger));
        uint256 before = bills.bill_life(key).validity;
        vm.assume(before == 1 || before == 2 || before == 4);
        bytes memory data;
        if (which == 0) data = abi.encodeCall(bills.void, (other, batchId, 1));
        else if (which == 1) data = abi.encodeCall(bills.swap_to_paper, (other, batchId, "p"));
        else if (which == 2) data = abi.encodeCall(bills.recover_paper, (other, batchId));
        else data = abi.encodeCall(bills.attest_bill, (other, batchId));
        _callAs(caller, address(bills), data);
        assert(bills.bill_life(key).validity == before);
    }
}

/// Answers anything, but that a bill is payable.
contract NeverPayable {
    function payability(uint64, uint64) external pure returns (uint256 state) {
        state = abi.decode(svm.createBytes(32, "payability"), (uint256));
        vm.assume(state != 1);
    }

    fallback() external {
        bytes memory answer = svm.createBytes(256, "answer");
        assembly {
            return(add(answer, 0x20), 256)
        }
    }
}
