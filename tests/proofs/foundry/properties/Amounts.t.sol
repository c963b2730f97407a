// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {BillHeader, Claim, Grant} from "../src/Interfaces.sol";
import {vm} from "../src/Vm.sol";
import {Symbolic} from "./Symbolic.sol";

/// The ledger alone, in any state, whatever the three other contracts answer. Bills in batches of
/// one: the ledger hands the path on and does not look into it.
contract Amounts is Symbolic {
    uint256 private constant RESERVED = 1;
    uint256 private constant SETTLED = 2;
    uint64 private constant NUMBERS_PER_CODE = 10 ** 10;
    uint64 private constant BILL = 11010126 * NUMBERS_PER_CODE + 7;

    function setUp() public {
        _deployed();
        _unknown(address(registry));
        _unknown(address(bills));
        _unknown(address(consents));
        _anyState(address(ledger));
    }

    /// INV-1. The sum is asked for as the differences that it consists of: the solver does not
    /// see through sums of five numbers of 128 bits.
    function check_lock_takes_no_more_than_is_left(
        BillHeader memory header,
        Grant memory grant,
        bytes32 claimId,
        uint128 amount,
        uint64 expiresAt,
        address caller
    ) public {
        _setNumber(header);
        (uint128 settled, uint128 reserved,) = ledger.amounts(BILL);
        bytes memory data = abi.encodeCall(
            ledger.lock, (header, BILL, _anyPath(0), grant, claimId, amount, expiresAt)
        );
        if (!_callAs(caller, address(ledger), data)) return;
        assert(amount <= _left(header, settled, reserved));
        (uint128 settledAfter, uint128 reservedAfter,) = ledger.amounts(BILL);
        assert(settledAfter == settled);
        assert(reservedAfter == uint256(reserved) + amount);
    }

    /// INV-1
    function check_account_takes_what_is_left(
        BillHeader memory header,
        Grant memory grant,
        bytes32 claimId,
        bytes32 voucher,
        uint64 accountedAt,
        address caller
    ) public {
        _setNumber(header);
        (uint128 settled, uint128 reserved,) = ledger.amounts(BILL);
        bytes memory data = abi.encodeCall(
            ledger.account, (header, BILL, _anyPath(0), grant, claimId, voucher, accountedAt)
        );
        if (!_callAs(caller, address(ledger), data)) return;
        (uint128 settledAfter, uint128 reservedAfter,) = ledger.amounts(BILL);
        assert(reserved == 0 && reservedAfter == 0);
        assert(settledAfter > settled);
        assert(settledAfter - settled <= _left(header, settled, reserved));
    }

    /// INV-1, INV-2
    function check_settle_moves_no_more_than_was_reserved(
        uint64 batchId,
        bytes32 claimId,
        uint128 approved,
        bytes18 payer,
        address caller
    ) public {
        (uint128 settled, uint128 reserved,) = ledger.amounts(BILL);
        vm.assume(uint256(settled) + reserved < 2 ** 96); // what the two proofs above keep
        Claim memory before = ledger.claim(payer, BILL, claimId);
        bytes memory data =
            abi.encodeCall(ledger.settle, (BILL, batchId, claimId, approved, bytes32(0)));
        if (!_callAs(caller, address(ledger), data)) return;
        (uint128 settledAfter, uint128 reservedAfter,) = ledger.amounts(BILL);
        assert(settledAfter == uint256(settled) + approved);
        assert(reservedAfter <= reserved);
        assert(approved <= reserved - reservedAfter);
        Claim memory told = ledger.claim(payer, BILL, claimId);
        if (told.status == before.status) return; // the claim of another payer
        assert(before.status == RESERVED && told.status == SETTLED);
        assert(told.approvedFen == approved && approved <= before.reservedFen);
        assert(reserved - reservedAfter == before.reservedFen);
    }

    function _setNumber(BillHeader memory header) private pure {
        header.billCode = BILL / NUMBERS_PER_CODE;
        header.billNo = BILL % NUMBERS_PER_CODE;
    }

    /// What is left of the amount; subtracting more than there is fails.
    function _left(BillHeader memory header, uint128 settled, uint128 reserved)
        private
        pure
        returns (uint256 left)
    {
        left = header.amountFen;
        assert(header.atSourceFen <= left);
        left -= header.atSourceFen;
        assert(settled <= left);
        left -= settled;
        assert(reserved <= left);
        left -= reserved;
    }
}
