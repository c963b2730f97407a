// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {BillLife, Claim as ToldClaim, GrantState} from "../src/Interfaces.sol";
import {vm} from "../src/Vm.sol";
import {Supervising} from "./Supervising.sol";

/// What forge calls, and what has to hold after every call.
contract Handler is Supervising {
    uint256 private constant GOOD = 1;

    constructor() {
        _deploy();
        _populate();
    }

    /// What the last call touched, and a batch of long ago.
    function checkTouched() external view {
        if (bill.length == 0) return;
        _checkBill(lastBill);
        if (bill[lastBill].replaces != 0) _checkBill(bill[lastBill].replaces - 1);
        _checkBatch(uint256(keccak256(abi.encode(claim.length, bill.length))) % batches.length);
        if (consent.length != 0) _checkConsent(lastConsent);
        if (claim.length != 0) _checkClaim(lastClaim);
    }

    /// Everything there is, at the end of a run.
    function checkAll() external view {
        for (uint256 b = 0; b < bill.length; b++) _checkBill(b);
        for (uint256 b = 0; b < batches.length; b++) _checkBatch(b);
        for (uint256 c = 0; c < consent.length; c++) _checkConsent(c);
        for (uint256 c = 0; c < claim.length; c++) _checkClaim(c);
        for (uint256 s = 0; s < segments.length; s++) _checkSegment(s);
    }

    function _addressAfter(address deployed, uint256) internal view override returns (address) {
        require(deployed.code.length != 0, "deployment: nothing there");
        return vm.computeCreateAddress(address(this), vm.getNonce(address(this)) + 2);
    }

    function _checkBill(uint256 b) private view {
        Bill storage one = bill[b];
        (uint128 settled, uint128 reserved, bool decided) = ledger.amounts(one.key);
        uint256 taken = uint256(one.atSource) + settled + reserved;
        require(taken <= one.amount, "INV-1 more taken than the amount");
        uint256 carried = one.replaces == 0 ? 0 : bill[one.replaces - 1].settled;
        bool fresh = settled == 0 && reserved == 0;
        require(fresh || taken + carried <= one.amount, "INV-1 debt forgotten");
        require(settled == one.settled, "INV-2 settled is not the sum");
        require(reserved == one.reserved, "INV-2 reserved is not the sum");
        require(decided == one.decided, "INV-14 statutory decision");
        BillLife memory life = bills.bill_life(one.key);
        require(life.validity == one.validity, "INV-14 validity of a bill");
        require(life.paper == one.paper, "INV-14 paper of a bill");
        uint64 original = one.replaces == 0 ? 0 : bill[one.replaces - 1].key;
        require(bills.links(one.key).originalKey == original, "INV-15 place in a chain");
        if (one.validity == 1) require(fresh, "INV-3 voided bill has paid");
        bool good = bills.payability(one.key, _batchId(b)) == GOOD;
        require(good == _isPayable(b), "INV-3 payability of a bill");
    }

    function _checkBatch(uint256 b) private view {
        bytes32 record = keccak256(abi.encode(bills.batch(batches[b].id)));
        require(record == batches[b].record, "INV-16 batch changed");
    }

    function _checkConsent(uint256 c) private view {
        Consent storage one = consent[c];
        GrantState memory state = consents.grant_state(one.id);
        require(state.usedFen <= one.grant.capFen, "INV-8 more used than granted");
        require(state.usedFen == one.used, "INV-8 use of a grant is not the sum");
        require(state.status == one.status, "INV-10 status of a grant");
    }

    function _checkClaim(uint256 c) private view {
        Claim storage one = claim[c];
        ToldClaim memory told = ledger.claim(payers[one.payer].code, bill[one.bill].key, one.id);
        require(told.status == one.status, "INV-14 status of a claim");
        require(told.reservedFen == one.reserved, "INV-5 reserved by a claim");
        require(told.approvedFen == one.approved, "INV-5 approved of a claim");
        require(told.expiresAt == one.expiresAt, "INV-5 expiry of a claim");
    }
}
