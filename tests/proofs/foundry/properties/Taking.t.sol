// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {BillHeader, Grant} from "../src/Interfaces.sol";
import {svm, vm} from "../src/Vm.sol";
import {Symbolic} from "./Symbolic.sol";

/// The ledger alone, in any state, whatever issuer and bill registry answer. It meets the proofs
/// about grants at `use`: that refuses all but a live grant, and the ledger calls it.
contract Taking is Symbolic {
    uint64 private constant NUMBERS_PER_CODE = 10 ** 10;
    uint64 private constant BILL = 11010126 * NUMBERS_PER_CODE + 7;

    function setUp() public {
        _deployed();
        _unknown(address(registry));
        _unknown(address(bills));
        _anyState(address(ledger));
        vm.etch(address(consents), type(UsedGrants).runtimeCode);
    }

    /// INV-8. What is taken of a bill is counted against a grant of the bill's holder.
    function check_taking_uses_a_grant_of_the_holder(
        BillHeader memory header,
        Grant memory grant,
        bytes32 claimId,
        uint128 amount,
        uint64 time,
        bool books,
        address caller
    ) public {
        (header.billCode, header.billNo) = (BILL / NUMBERS_PER_CODE, BILL % NUMBERS_PER_CODE);
        (uint128 settled, uint128 reserved,) = ledger.amounts(BILL);
        bytes memory data = books
            ? abi.encodeCall(
                ledger.account, (header, BILL, _anyPath(0), grant, claimId, claimId, time)
            )
            : abi.encodeCall(
                ledger.lock, (header, BILL, _anyPath(0), grant, claimId, amount, time)
            );
        if (!_callAs(caller, address(ledger), data)) return;
        UsedGrants used = UsedGrants(address(consents));
        assert(used.holder() == header.holder);
        assert(used.billKey() == BILL);
        assert(used.payer() == grant.payer);
        assert(used.purpose() == "reimbursement");
        assert(used.nonce() == grant.nonce);
        (uint128 settledAfter, uint128 reservedAfter,) = ledger.amounts(BILL);
        assert(settledAfter - settled == (books ? used.amount() : 0));
        assert(reservedAfter - reserved == (books ? 0 : used.amount()));
    }
}

/// Keeps which grant the ledger used, and how much of it.
contract UsedGrants {
    bytes32 public holder;
    uint64 public billKey;
    bytes18 public payer;
    bytes32 public purpose;
    uint256 public nonce;
    uint128 public amount;

    function use(Grant calldata grant, uint128 amountFen) external returns (bytes32) {
        holder = grant.holder;
        billKey = grant.billKey;
        payer = grant.payer;
        purpose = grant.purpose;
        nonce = grant.nonce;
        amount = amountFen;
        return abi.decode(svm.createBytes(32, "grant id"), (bytes32));
    }
}
