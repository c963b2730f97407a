// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {ProvedBill} from "../src/Interfaces.sol";
import {Closing} from "./Closing.sol";

/// Bills that end, or leave the chain for paper.
abstract contract Ending is Closing {
    function void(uint256 seed) external seeded(seed) {
        uint256 fault = _fault(4);
        uint256 b = fault == 1 ? _ended() : fault == 2 ? _claimed() : _standing(true);
        if (b == NONE) return _anchorSome();
        address caller = _accountOf(bill[b].issuer);
        string memory broken = [
            VALID,
            "INV-14 ended twice",
            "INV-3 void of what is claimed",
            "INV-6 another issuer",
            "INV-21 no issuer"
        ][fault];
        if (fault == 3) caller = _accountOf((bill[b].issuer + 1) % issuers.length);
        if (fault == 4) caller = STRANGER;
        bytes memory data = abi.encodeCall(bills.void, (bill[b].key, _batchId(b), 1));
        (bool ok,) = _call(Fn.void, caller, data, broken);
        if (!ok) return;
        bill[b].validity = 1;
        lastBill = b;
    }

    function reverse(uint256 seed) external seeded(seed) {
        uint256 fault = _fault(4);
        uint256 b = fault == 1 ? _ended() : fault == 2 ? _reserved() : _reversible();
        if (b == NONE) return _anchorSome();
        if (issuers[bill[b].issuer].suspended) return _anchorSome();
        uint256 red = _anchorLike(b, bill[b].amount + (fault == 3 ? 1 : 0));
        if (fault == 4) red = b;
        uint256 replacement = NONE;
        if (_pick(2) == 0 && !_carriesDebt(b)) {
            replacement = _anchorLike(b, uint128(1 + _pick(bill[b].amount)));
        }
        string memory broken = [
            VALID,
            "INV-14 reversed after its end",
            "INV-3 reversed while reserved",
            "INV-15 red bill of another amount",
            "INV-15 its own red bill"
        ][fault];
        bytes memory data = _reverseCall(b, red, replacement);
        (bool ok,) = _call(Fn.reverse, _accountOf(bill[b].issuer), data, broken);
        if (!ok) return;
        bill[b].validity = 2;
        bill[red].validity = 4;
        bill[red].replaces = b + 1;
        if (replacement != NONE) {
            bill[replacement].replaces = b + 1;
            replacements.push(replacement);
        }
        lastBill = b;
    }

    function swapToPaper(uint256 seed) external seeded(seed) {
        uint256 fault = _fault(3);
        uint256 b = fault == 1 ? _ended() : fault == 2 ? _reserved() : _swappable();
        if (b == NONE) return _anchorSome();
        address caller = fault == 3 ? STRANGER : _accountOf(bill[b].issuer);
        string memory broken =
            ["", "INV-14 paper of an ended bill", "INV-3 paper while reserved", "INV-21"][fault];
        bytes memory data =
            abi.encodeCall(bills.swap_to_paper, (bill[b].key, _batchId(b), "paper 1"));
        (bool ok,) = _call(Fn.swap_to_paper, caller, data, broken);
        if (!ok) return;
        bill[b].paper = 1;
        lastBill = b;
    }

    function recoverPaper(uint256 seed) external seeded(seed) {
        uint256 b = _onPaper();
        if (b == NONE) return _anchorSome();
        bool stranger = _fault(1) == 1;
        address caller = stranger ? STRANGER : _accountOf(bill[b].issuer);
        bytes memory data = abi.encodeCall(bills.recover_paper, (bill[b].key, _batchId(b)));
        (bool ok,) = _call(Fn.recover_paper, caller, data, stranger ? "INV-21 no issuer" : VALID);
        if (!ok) return;
        bill[b].paper = 2;
        lastBill = b;
        _call(Fn.recover_paper, caller, data, "INV-14 paper came back twice");
    }

    function _reverseCall(uint256 b, uint256 red, uint256 replacement)
        private
        view
        returns (bytes memory)
    {
        ProvedBill memory first = ProvedBill(_header(b), _batchId(b), _path(b));
        ProvedBill memory second = ProvedBill(_header(red), _batchId(red), _path(red));
        uint64 key = replacement == NONE ? 0 : bill[replacement].key;
        uint64 batch = replacement == NONE ? 0 : _batchId(replacement);
        return abi.encodeCall(bills.reverse, (first, second, key, batch, 1));
    }

    /// Something was settled of the bill that this one replaces, and is not recovered.
    function _carriesDebt(uint256 b) private view returns (bool) {
        return bill[b].replaces != 0 && bill[bill[b].replaces - 1].settled != 0;
    }

    /// A bill of an active issuer that can be ended: voided if nothing at all is claimed of it.
    function _standing(bool unclaimed) private returns (uint256) {
        for (uint256 i = 0; i < 2 * TRIES && bill.length != 0; i++) {
            uint256 b = _pick(bill.length);
            bool free = _isStanding(b) && bill[b].reserved == 0 && !_earlierReserved(b);
            bool active = !issuers[bill[b].issuer].suspended;
            if (free && active && (!unclaimed || bill[b].settled == 0)) return b;
        }
        return NONE;
    }

    /// More often than not, one of which something is settled.
    function _reversible() private returns (uint256 b) {
        for (uint256 i = 0; i < 4; i++) {
            b = _standing(false);
            if (b == NONE || bill[b].settled != 0) return b;
        }
    }

    function _earlierReserved(uint256 b) private view returns (bool) {
        return bill[b].replaces != 0 && bill[bill[b].replaces - 1].reserved != 0;
    }

    function _swappable() private returns (uint256) {
        uint256 b = _standing(false);
        return b != NONE && bill[b].paper == 0 ? b : NONE;
    }

    function _ended() private returns (uint256) {
        for (uint256 i = 0; i < TRIES && bill.length != 0; i++) {
            uint256 b = _pick(bill.length);
            if (bill[b].validity != 0) return b;
        }
        return NONE;
    }

    function _claimed() private returns (uint256) {
        for (uint256 i = 0; i < TRIES && bill.length != 0; i++) {
            uint256 b = _pick(bill.length);
            if (_isStanding(b) && (bill[b].settled != 0 || bill[b].reserved != 0)) return b;
        }
        return NONE;
    }

    function _reserved() private returns (uint256) {
        for (uint256 i = 0; i < TRIES && claim.length != 0; i++) {
            uint256 b = claim[claim.length - 1 - _pick(claim.length)].bill;
            if (_isStanding(b) && bill[b].reserved != 0) return b;
        }
        return NONE;
    }

    function _onPaper() private returns (uint256) {
        for (uint256 i = 0; i < 4 * TRIES && bill.length != 0; i++) {
            uint256 b = _pick(bill.length);
            if (bill[b].paper == 1 && !issuers[bill[b].issuer].suspended) return b;
        }
        return NONE;
    }
}
