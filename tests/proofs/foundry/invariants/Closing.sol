// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {vm} from "../src/Vm.sol";
import {Claiming} from "./Claiming.sol";

/// Claims that end: settled, rejected, expired, recovered.
abstract contract Closing is Claiming {
    function settle(uint256 seed) external seeded(seed) {
        uint256 fault = _fault(5);
        uint256 c = fault == 4 ? _closedClaim() : _openClaim();
        if (c == NONE) return _lockSome();
        Claim storage one = claim[c];
        address caller = payers[one.payer].account;
        uint128 approved = _pick(2) == 0 ? one.reserved : uint128(1 + _pick(one.reserved));
        string memory broken = VALID;
        if (fault == 1) (approved, broken) = (one.reserved + 1, "INV-1 more than reserved");
        if (fault == 2) (caller, broken) = (_otherPayer(c), "INV-21 claim of another");
        if (fault == 3) (caller, broken) = (STRANGER, "INV-21 no payer");
        if (fault == 4) broken = "INV-5 settled after its end";
        if (fault == 5) {
            _passExpiry(c);
            broken = "INV-28 settled after it expired";
        }
        (bool ok,) = _call(Fn.settle, caller, _settleCall(c, approved), broken);
        if (ok) _close(c, 2, approved);
    }

    function reject(uint256 seed) external seeded(seed) {
        uint256 fault = _fault(3);
        uint256 c = fault == 1 ? _closedClaim() : _openClaim();
        if (c == NONE) return _lockSome();
        Claim storage one = claim[c];
        address caller = fault == 2 ? _otherPayer(c) : payers[one.payer].account;
        string memory broken = ["", "INV-5 rejected after its end", "INV-21 of another", ""][fault];
        if (fault == 3) {
            _passExpiry(c);
            broken = "INV-28 rejected after it expired";
        }
        bytes memory data = abi.encodeCall(ledger.reject, (bill[one.bill].key, one.id, 1));
        (bool ok,) = _call(Fn.reject, caller, data, broken);
        if (ok) _close(c, 4, 0);
    }

    function expire(uint256 seed) external seeded(seed) {
        uint256 fault = _fault(2);
        uint256 c = fault == 1 ? _closedClaim() : _claimWith(1);
        if (c == NONE) return _lockSome();
        Claim storage one = claim[c];
        string memory broken = fault == 1 ? "INV-5 expired after its end" : VALID;
        if (fault == 2 && block.timestamp <= one.expiresAt) broken = "INV-28 expired too early";
        if (fault == 0) _passExpiry(c);
        bytes memory data =
            abi.encodeCall(ledger.expire, (bill[one.bill].key, payers[one.payer].code, one.id));
        (bool ok,) = _call(Fn.expire, STRANGER, data, broken);
        if (!ok) return;
        _close(c, 8, 0);
        if (!payers[one.payer].suspended && _isPayable(one.bill)) {
            bytes memory late = _settleCall(c, one.reserved);
            _call(Fn.settle, payers[one.payer].account, late, "INV-28 expired and settled");
        }
    }

    function recover(uint256 seed) external seeded(seed) {
        uint256 fault = _fault(2);
        uint256 c = _dueClaim();
        if (fault == 1) c = _claimWith(2);
        if (c == NONE) return _lockSome();
        Claim storage one = claim[c];
        bool due = bill[one.bill].validity == 2;
        address caller = fault == 2 ? STRANGER : payers[one.payer].account;
        string memory broken = due ? VALID : "INV-15 recovered without a reversal";
        if (payers[one.payer].suspended) broken = "INV-21 suspended payer";
        if (fault == 2) broken = "INV-21 no payer";
        bytes memory data =
            abi.encodeCall(ledger.recover, (bill[one.bill].key, one.id, VOUCHER));
        (bool ok,) = _call(Fn.recover, caller, data, broken);
        if (!ok) return;
        one.status = 16;
        bill[one.bill].settled -= one.approved;
        _touch(c);
        _call(Fn.recover, caller, data, "INV-15 recovered twice");
    }

    function _close(uint256 c, uint256 status, uint128 approved) private {
        Claim storage one = claim[c];
        one.status = status;
        one.approved = approved;
        bill[one.bill].reserved -= one.reserved;
        bill[one.bill].settled += approved;
        if (payers[one.payer].kind == STATUTORY && status != 8) bill[one.bill].decided = true;
        consent[one.consent].used -= one.reserved - approved;
        _touch(c);
    }

    function _touch(uint256 c) private {
        lastClaim = c;
        lastBill = claim[c].bill;
        lastConsent = claim[c].consent;
    }

    function _settleCall(uint256 c, uint128 approved) internal view returns (bytes memory) {
        uint256 b = claim[c].bill;
        return abi.encodeCall(
            ledger.settle, (bill[b].key, _batchId(b), claim[c].id, approved, VOUCHER)
        );
    }

    function _otherPayer(uint256 c) private view returns (address) {
        return payers[(claim[c].payer + 1) % payers.length].account;
    }

    /// Lets time go on until the claim has expired.
    function _passExpiry(uint256 c) private {
        uint64 at = claim[c].expiresAt;
        if (block.timestamp <= at) vm.warp(uint256(at) + 1);
    }

    /// Reserved, unexpired, of an active payer, of a bill that pays.
    function _openClaim() internal returns (uint256) {
        for (uint256 i = 0; i < TRIES && claim.length != 0; i++) {
            uint256 c = _recent();
            Claim storage one = claim[c];
            bool open = one.status == 1 && block.timestamp <= one.expiresAt;
            if (open && !payers[one.payer].suspended && _isPayable(one.bill)) return c;
        }
        return NONE;
    }

    function _claimWith(uint256 statuses) private returns (uint256) {
        for (uint256 i = 0; i < TRIES && claim.length != 0; i++) {
            uint256 c = _recent();
            if (claim[c].status & statuses != 0) return c;
        }
        return NONE;
    }

    /// One that has ended; best where closing it once more would go unnoticed in the sums.
    function _closedClaim() private returns (uint256) {
        for (uint256 i = 0; i < 2 * TRIES && claim.length != 0; i++) {
            uint256 c = _recent();
            if (claim[c].status > 1 && bill[claim[c].bill].reserved >= claim[c].reserved) return c;
        }
        return _claimWith(~uint256(1));
    }

    function _dueClaim() private returns (uint256) {
        for (uint256 i = 0; i < 4 * TRIES && claim.length != 0; i++) {
            uint256 c = _pick(claim.length);
            bool due = claim[c].status == 2 && bill[claim[c].bill].validity == 2;
            if (due && !payers[claim[c].payer].suspended) return c;
        }
        return NONE;
    }

    function _recent() private returns (uint256) {
        uint256 window = claim.length < 24 ? claim.length : 24;
        return claim.length - 1 - _pick(window);
    }
}
