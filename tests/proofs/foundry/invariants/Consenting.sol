// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Grant} from "../src/Interfaces.sol";
import {vm} from "../src/Vm.sol";
import {Issuing} from "./Issuing.sol";

/// Grants of holders: given, sent by others with a signature, revoked.
abstract contract Consenting is Issuing {
    bytes32 internal constant REIMBURSEMENT = "reimbursement";
    uint256 private constant OTHER_SECRET = 0xbad;

    function grant(uint256 seed) external seeded(seed) {
        if (bill.length == 0) return _anchorSome();
        uint256 b = _pick(bill.length);
        uint256 payer = _pick(payers.length);
        Grant memory given = _grantFor(b, payer, uint128(1 + _pick(bill[b].amount)));
        uint256 fault = _fault(4);
        if (fault == 1) return _refuse(b, given, "INV-9 not the holder");
        if (fault == 2) given.expiresAt = uint64(block.timestamp);
        if (fault == 3) given.capFen = 0;
        string memory broken = ["", "", "INV-26 expired", "INV-8 nothing granted", ""][fault];
        uint256 c = _give(b, payer, given, broken);
        if (fault == 4) _call(Fn.grant, holders[bill[b].holder], _grantCall(given), "INV-11 twice");
        if (c != NONE) lastConsent = c;
    }

    function revoke(uint256 seed) external seeded(seed) {
        uint256 c = _liveConsent();
        if (c == NONE) return _anchorSome();
        Consent storage one = consent[c];
        address holder = holders[bill[one.bill].holder];
        uint256 fault = _fault(2);
        if (fault == 1) {
            _call(Fn.revoke, STRANGER, abi.encodeCall(consents.revoke, (one.grant)), "INV-9 revoke");
        } else if (fault == 2) {
            bytes memory forged = _signature(OTHER_SECRET, consents.revoke_digest(one.id));
            bytes memory data = abi.encodeCall(consents.revoke_signed, (one.grant, forged));
            _call(Fn.revoke_signed, STRANGER, data, "INV-9 revoke signed by another");
        } else {
            if (_pick(2) == 0) {
                _call(Fn.revoke, holder, abi.encodeCall(consents.revoke, (one.grant)), VALID);
            } else {
                uint256 secret = _holderSecret(bill[one.bill].holder);
                bytes memory signed = _signature(secret, consents.revoke_digest(one.id));
                bytes memory data = abi.encodeCall(consents.revoke_signed, (one.grant, signed));
                _call(Fn.revoke_signed, STRANGER, data, VALID);
            }
            one.status = 2;
            _call(Fn.grant, holder, _grantCall(one.grant), "INV-10 revoked lives again");
        }
        lastConsent = c;
    }

    /// Only the ledger counts the use of a grant.
    function useOfOthers(uint256 seed) external seeded(seed) {
        uint256 c = _liveConsent();
        if (c == NONE) return _anchorSome();
        address caller = _pick(2) == 0 ? STRANGER : holders[bill[consent[c].bill].holder];
        bytes memory use = abi.encodeCall(consents.use, (consent[c].grant, 1));
        _call(Fn.use, caller, use, "INV-21 use by another than the ledger");
        bytes memory release = abi.encodeCall(consents.release, (consent[c].id, 0));
        _call(Fn.release, caller, release, "INV-21 release by another than the ledger");
    }

    function _grantFor(uint256 b, uint256 payer, uint128 cap) internal returns (Grant memory) {
        return Grant({
            holder: _word(holders[bill[b].holder]),
            billKey: bill[b].key,
            payer: payers[payer].code,
            purpose: REIMBURSEMENT,
            fieldSet: bytes32(_pick(3)),
            capFen: cap,
            expiresAt: uint64(block.timestamp + 1 days + _pick(30 days)),
            noStatutory: payers[payer].kind != STATUTORY,
            nonce: consent.length
        });
    }

    /// By the holder, or by anyone with the holder's signature.
    function _give(uint256 b, uint256 payer, Grant memory given, string memory broken)
        internal
        returns (uint256 c)
    {
        bool ok;
        bytes32 id = consents.grant_id(given);
        if (_pick(3) == 0) {
            bytes memory signature = _signature(_holderSecret(bill[b].holder), id);
            bytes memory data = abi.encodeCall(consents.grant_signed, (given, signature));
            (ok,) = _call(Fn.grant_signed, STRANGER, data, broken);
        } else {
            (ok,) = _call(Fn.grant, holders[bill[b].holder], _grantCall(given), broken);
        }
        if (!ok) return NONE;
        c = consent.length;
        consent.push(Consent(id, b, payer, 1, 0, given));
        consentsOf[b].push(c);
    }

    function _refuse(uint256 b, Grant memory given, string memory broken) private {
        address other = holders[(bill[b].holder + 1) % holders.length];
        _call(Fn.grant, other, _grantCall(given), broken);
        bytes memory forged = _signature(OTHER_SECRET, consents.grant_id(given));
        bytes memory data = abi.encodeCall(consents.grant_signed, (given, forged));
        _call(Fn.grant_signed, holders[bill[b].holder], data, broken);
    }

    function _liveConsent() internal returns (uint256) {
        for (uint256 i = 0; i < TRIES && consent.length != 0; i++) {
            uint256 c = _pick(consent.length);
            if (consent[c].status == 1) return c;
        }
        return NONE;
    }

    function _grantCall(Grant memory given) internal view returns (bytes memory) {
        return abi.encodeCall(consents.grant, (given));
    }

    function _signature(uint256 secret, bytes32 digest) private pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(secret, digest);
        return abi.encodePacked(r, s, v);
    }
}
