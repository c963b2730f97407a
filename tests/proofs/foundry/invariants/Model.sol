// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {MerkleTree} from "../src/MerkleTree.sol";
import {BillHeader, Grant} from "../src/Interfaces.sol";
import {Actors} from "./Actors.sol";

/// What the contracts should hold, kept beside them: segments, batches, bills, grants, claims.
abstract contract Model is Actors {
    struct Segment {
        uint64 id;
        uint256 issuer;
        uint64 first;
        uint64 count;
        uint64 used;
    }

    struct Batch {
        uint64 id;
        uint256 key; // the signer's
        uint64 anchoredAt;
        bool attested;
        bytes32 record; // hash of what the contract told right after anchoring
        bytes32[] leaves;
    }

    // As the contract counts: 0 issued, 1 voided, 2 reversed, 4 red-letter; paper 1 out, 2 back.
    struct Bill {
        uint64 key;
        uint256 issuer;
        uint256 holder;
        uint256 batch;
        uint256 index;
        uint128 amount;
        uint128 atSource;
        uint64 issuedAt;
        uint256 validity;
        uint256 paper;
        uint128 settled;
        uint128 reserved;
        bool decided;
        uint256 replaces; // the original's place plus one
    }

    struct Consent {
        bytes32 id;
        uint256 bill;
        uint256 payer;
        uint256 status; // 0 never given, 1 live, 2 revoked
        uint128 used;
        Grant grant;
    }

    // As the contract counts: 1 reserved, 2 settled, 4 rejected, 8 expired, 16 recovered.
    struct Claim {
        bytes32 id;
        uint256 bill;
        uint256 payer;
        uint256 consent;
        uint256 status;
        uint128 reserved;
        uint128 approved;
        uint64 expiresAt;
    }

    uint64 internal constant NUMBERS_PER_CODE = 10 ** 10;
    uint256 internal constant NONE = type(uint256).max;
    uint256 internal constant TRIES = 12;

    Segment[] internal segments;
    Batch[] internal batches;
    Bill[] internal bill;
    Consent[] internal consent;
    Claim[] internal claim;
    uint256[] internal replacements; // bills that stand for a reversed one
    mapping(uint64 => uint64) internal nextNo; // of a series
    mapping(uint64 => bool) internal isUsed; // a bill key
    mapping(uint256 => uint256[]) internal consentsOf; // a bill
    // What was touched last, for the checks after each call.
    uint256 internal lastBill;
    uint256 internal lastClaim;
    uint256 internal lastConsent;

    function _header(uint256 b) internal view returns (BillHeader memory) {
        Bill storage one = bill[b];
        return BillHeader({
            billCode: one.key / NUMBERS_PER_CODE,
            billNo: one.key % NUMBERS_PER_CODE,
            amountFen: one.amount,
            atSourceFen: one.atSource,
            currency: "CNY",
            holder: _word(holders[one.holder]),
            contentRoot: keccak256(abi.encode(one.key)),
            issuedAt: one.issuedAt
        });
    }

    function _path(uint256 b) internal view returns (bytes32[] memory) {
        return MerkleTree.path(batches[bill[b].batch].leaves, bill[b].index);
    }

    function _batchId(uint256 b) internal view returns (uint64) {
        return batches[bill[b].batch].id;
    }

    function _isDisputed(uint256 batch) internal view returns (bool) {
        Key storage key = keys[batches[batch].key];
        uint64 at = batches[batch].anchoredAt;
        if (batches[batch].attested) return false;
        if (key.revokedAt != 0 && at >= key.revokedAt) return true;
        return key.compromisedSince != 0 && at >= key.compromisedSince;
    }

    function _isStanding(uint256 b) internal view returns (bool) {
        return bill[b].validity == 0 && bill[b].paper != 1;
    }

    function _isPayable(uint256 b) internal view returns (bool) {
        return _isStanding(b) && !_isDisputed(bill[b].batch);
    }

    function _left(uint256 b) internal view returns (uint128) {
        Bill storage one = bill[b];
        uint128 free = one.amount - one.atSource - one.settled - one.reserved;
        uint128 carried = one.replaces == 0 ? 0 : bill[one.replaces - 1].settled;
        return free > carried ? free - carried : 0;
    }

    function _activeIssuer() internal returns (uint256) {
        return _nextActive(_pick(issuers.length));
    }

    function _nextActive(uint256 issuer) private view returns (uint256) {
        for (uint256 i = 0; i < issuers.length; i++) {
            uint256 each = (issuer + i) % issuers.length;
            if (!issuers[each].suspended) return each;
        }
        return NONE;
    }

    function _activePayer(uint256 kinds) internal returns (uint256) {
        uint256 start = _pick(payers.length);
        for (uint256 i = 0; i < payers.length; i++) {
            uint256 each = (start + i) % payers.length;
            if (!payers[each].suspended && payers[each].kind & kinds != 0) return each;
        }
        return NONE;
    }
}
