// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Grant} from "../src/Interfaces.sol";
import {vm} from "../src/Vm.sol";
import {Ending} from "./Ending.sol";

/// What the supervisor does, what time does, and what strangers try.
abstract contract Supervising is Ending {
    /// At most one issuer and one payer are suspended at a time.
    function suspendOrResume(uint256 seed) external seeded(seed) {
        if (_pick(2) == 0) _turnIssuer();
        else _turnPayer();
    }

    /// A key is disowned since a moment ago; what it signed since then is disputed, and some of
    /// that is vouched for later.
    function disown(uint256 seed) external seeded(seed) {
        uint256 disputed = _disputedBatch();
        if (disputed != NONE) {
            bytes memory attest = abi.encodeCall(bills.attest_batch, (batches[disputed].id));
            _call(Fn.attest_batch, STRANGER, attest, "INV-21 attested by no officer");
            _call(Fn.attest_batch, address(this), attest, VALID);
            batches[disputed].attested = true;
            batches[disputed].record = keccak256(abi.encode(bills.batch(batches[disputed].id)));
        }
        if (_pick(8) != 0) return;
        uint256 issuer = _pick(issuers.length);
        Key storage key = keys[issuers[issuer].key];
        uint64 age = uint64(block.timestamp) - key.validFrom;
        uint64 since = uint64(block.timestamp - _pick(age < 1 days ? age + 1 : 1 days));
        bytes memory data = abi.encodeCall(registry.disown_key, (key.account, since));
        _call(Fn.disown_key, STRANGER, data, "INV-21 disowned by no officer");
        _call(Fn.disown_key, address(this), data, VALID);
        key.revokedAt = uint64(block.timestamp);
        key.compromisedSince = since;
        _registerIssuerKey(issuer);
    }

    /// While paused, what is good otherwise is refused; afterwards it is good again.
    function pause(uint256 seed) external seeded(seed) {
        _call(Fn.pause, STRANGER, abi.encodeCall(registry.pause, ()), "INV-21 no officer");
        if (bill.length == 0) return _anchorSome();
        uint256 b = _pick(bill.length);
        uint256 payer = _pick(payers.length);
        Grant memory given = _grantFor(b, payer, 1);
        bytes memory unpause = abi.encodeCall(registry.unpause, ());
        _call(Fn.pause, address(this), abi.encodeCall(registry.pause, ()), VALID);
        _call(Fn.grant, holders[bill[b].holder], _grantCall(given), "INV-23 grant");
        _refusedWhilePaused(b);
        _call(Fn.unpause, STRANGER, unpause, "INV-21 no officer");
        _call(Fn.unpause, address(this), unpause, VALID);
        _give(b, payer, given, VALID);
    }

    function passTime(uint256 seed) external seeded(seed) {
        vm.warp(block.timestamp + _pick(6 hours));
    }

    function _refusedWhilePaused(uint256 b) private {
        address issuer = _accountOf(bill[b].issuer);
        string memory broken = "INV-23 written while paused";
        bytes memory end = abi.encodeCall(bills.void, (bill[b].key, _batchId(b), 1));
        _call(Fn.void, issuer, end, broken);
        end = abi.encodeCall(bills.swap_to_paper, (bill[b].key, _batchId(b), "paper"));
        _call(Fn.swap_to_paper, issuer, end, broken);
        end = abi.encodeCall(registry.grant_numbers, (issuers[0].code, issuers[0].billCode, 1));
        _call(Fn.grant_numbers, address(this), end, broken);
        if (claim.length == 0) return;
        uint256 c = _openClaim();
        if (c == NONE) c = _pick(claim.length);
        Claim storage one = claim[c];
        uint64 key = bill[one.bill].key;
        end = abi.encodeCall(ledger.expire, (key, payers[one.payer].code, one.id));
        _call(Fn.expire, STRANGER, end, broken);
        end = _settleCall(c, one.reserved);
        _call(Fn.settle, payers[one.payer].account, end, broken);
        end = abi.encodeCall(ledger.reject, (key, one.id, 1));
        _call(Fn.reject, payers[one.payer].account, end, broken);
    }

    function _turnIssuer() private {
        for (uint256 i = 0; i < issuers.length; i++) {
            if (issuers[i].suspended) {
                bytes memory data = abi.encodeCall(registry.resume_issuer, (issuers[i].code));
                _call(Fn.resume, address(this), data, VALID);
                issuers[i].suspended = false;
                return;
            }
        }
        uint256 one = _pick(issuers.length);
        bytes memory suspend = abi.encodeCall(registry.suspend_issuer, (issuers[one].code));
        _call(Fn.suspend, STRANGER, suspend, "INV-21 no officer");
        _call(Fn.suspend, address(this), suspend, VALID);
        issuers[one].suspended = true;
        _triedBySuspended(one);
    }

    function _triedBySuspended(uint256 issuer) private {
        for (uint256 i = 0; i < TRIES && bill.length != 0; i++) {
            uint256 b = _pick(bill.length);
            bool free = bill[b].reserved == 0 && bill[b].settled == 0;
            if (bill[b].issuer != issuer || !_isStanding(b) || !free) continue;
            bytes memory data = abi.encodeCall(bills.void, (bill[b].key, _batchId(b), 1));
            _call(Fn.void, _accountOf(issuer), data, "INV-6 suspended issuer");
            return;
        }
    }

    function _turnPayer() private {
        for (uint256 i = 0; i < payers.length; i++) {
            if (payers[i].suspended) {
                bytes memory data = abi.encodeCall(registry.resume_payer, (payers[i].code));
                _call(Fn.resume, address(this), data, VALID);
                payers[i].suspended = false;
                return;
            }
        }
        uint256 one = _pick(payers.length);
        bytes memory suspend = abi.encodeCall(registry.suspend_payer, (payers[one].code));
        _call(Fn.suspend, address(this), suspend, VALID);
        payers[one].suspended = true;
    }

    function _disputedBatch() private returns (uint256) {
        for (uint256 i = 0; i < TRIES && batches.length != 0; i++) {
            uint256 batch = _pick(batches.length);
            if (_isDisputed(batch)) return batch;
        }
        return NONE;
    }
}
