// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Claim} from "../src/Interfaces.sol";
import {vm} from "../src/Vm.sol";
import {Symbolic} from "./Symbolic.sol";

/// The ledger alone, in any state, whatever the three other contracts answer.
contract Claims is Symbolic {
    uint256 private constant RESERVED = 1;
    uint256 private constant SETTLED = 2;

    function setUp() public {
        _deployed();
        _unknown(address(registry));
        _unknown(address(bills));
        _unknown(address(consents));
        _anyState(address(ledger));
    }

    /// INV-5, INV-14. Of whomever: a claim that is not reserved is not decided and does not expire.
    function check_claim_ends_once(
        uint64 key,
        uint64 batchId,
        bytes32 claimId,
        bytes18 payer,
        uint128 approved,
        uint8 which,
        address caller
    ) public {
        Claim memory before = ledger.claim(payer, key, claimId);
        vm.assume(before.status != RESERVED);
        bytes memory data;
        if (which == 0) {
            data = abi.encodeCall(ledger.settle, (key, batchId, claimId, approved, bytes32(0)));
        } else if (which == 1) {
            data = abi.encodeCall(ledger.reject, (key, claimId, uint8(1)));
        } else {
            data = abi.encodeCall(ledger.expire, (key, payer, claimId));
        }
        bool ok = _callAs(caller, address(ledger), data);
        assert(ledger.claim(payer, key, claimId).status == before.status);
        assert(!ok || which < 2);
    }

    /// INV-28, INV-26. One state and one moment: at most one of the two is possible.
    function check_claim_settles_or_expires_never_both(
        uint64 key,
        bytes32 claimId,
        bytes18 payer,
        uint256 time,
        bool settle,
        address caller
    ) public {
        vm.assume(time < 2 ** 64);
        vm.warp(time);
        Claim memory before = ledger.claim(payer, key, claimId);
        bytes memory data = settle
            ? abi.encodeCall(ledger.settle, (key, key, claimId, before.reservedFen, bytes32(0)))
            : abi.encodeCall(ledger.expire, (key, payer, claimId));
        _callAs(caller, address(ledger), data);
        Claim memory told = ledger.claim(payer, key, claimId);
        if (told.status == before.status) return;
        assert(settle == (time <= before.expiresAt));
    }

    /// INV-15. What is due is given back once, to the last fen, and only by what was settled.
    function check_recovery_happens_once(uint64 key, bytes32 claimId, bytes18 payer, address caller)
        public
    {
        Claim memory before = ledger.claim(payer, key, claimId);
        (uint128 settled,,) = ledger.amounts(key);
        bytes memory data = abi.encodeCall(ledger.recover, (key, claimId, bytes32("voucher")));
        _callAs(caller, address(ledger), data);
        Claim memory told = ledger.claim(payer, key, claimId);
        if (told.status == before.status) return;
        assert(before.status == SETTLED);
        (uint128 settledAfter,,) = ledger.amounts(key);
        assert(settledAfter <= settled && settled - settledAfter == before.approvedFen);
    }
}
