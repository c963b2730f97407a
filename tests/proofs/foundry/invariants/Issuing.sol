// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {MerkleTree} from "../src/MerkleTree.sol";
import {Segment as OnChain, SignedBatch} from "../src/Interfaces.sol";
import {vm} from "../src/Vm.sol";
import {Model} from "./Model.sol";

/// Numbers and batches: granted, split, returned, anchored.
abstract contract Issuing is Model {
    uint256 private constant MOST_BILLS = 8;

    struct Draft {
        uint256 segment;
        uint256 firstBill;
        uint32 count;
        uint64 firstKey;
        uint128 sum;
        bytes32 root;
    }

    function anchor(uint256 seed) external seeded(seed) {
        _anchorSome();
    }

    function anchorSigned(uint256 seed) external seeded(seed) {
        uint256 segment = _segmentWith(1);
        Draft memory draft = _draft(segment, _count(segment));
        uint256 fault = _fault(3);
        uint256 signer = issuers[segments[segment].issuer].key;
        if (fault == 1) signer = issuers[(segments[segment].issuer + 1) % issuers.length].key;
        uint64 deadline = uint64(fault == 2 ? block.timestamp - 1 : block.timestamp);
        SignedBatch[] memory carried = new SignedBatch[](1);
        carried[0] = _signed(draft, deadline, keys[signer].secret);
        if (fault == 3) carried[0].sumFen++;
        string memory broken = ["", "INV-6 issuer of another", "INV-26 late", "INV-12 altered"][fault];
        bytes memory data = abi.encodeCall(bills.anchor_signed, (carried));
        (bool ok,) = _call(Fn.anchor_signed, STRANGER, data, broken);
        if (!ok) return _discard(draft);
        _record(draft, signer);
        _call(Fn.anchor_signed, STRANGER, data, "INV-11 signature again");
    }

    function splitSegment(uint256 seed) external seeded(seed) {
        uint256 s = _segmentWith(2);
        Segment storage segment = segments[s];
        uint64 unused = segment.count - segment.used;
        uint64 part = uint64(1 + _pick(unused - 1));
        bool tooMuch = _fault(1) == 1;
        if (tooMuch) part = unused + 1;
        bytes memory data = abi.encodeCall(registry.split_segment, (segment.id, part, "outlet"));
        string memory broken = tooMuch ? "INV-4 split of used numbers" : VALID;
        (bool ok, bytes memory id) =
            _call(Fn.split_segment, _accountOf(segment.issuer), data, broken);
        if (!ok) return;
        segment.count -= part;
        uint64 first = segment.first + segment.count;
        segments.push(Segment(abi.decode(id, (uint64)), segment.issuer, first, part, 0));
        _checkSegment(s);
        _checkSegment(segments.length - 1);
    }

    function returnUnused(uint256 seed) external seeded(seed) {
        uint256 s = _segmentWith(1);
        Segment storage segment = segments[s];
        bool other = _fault(1) == 1;
        address caller = _accountOf(other ? (segment.issuer + 1) % issuers.length : segment.issuer);
        bytes memory data = abi.encodeCall(registry.return_unused, (segment.id));
        (bool ok,) = _call(Fn.return_unused, caller, data, other ? "INV-6 of another" : VALID);
        if (!ok) return;
        segment.count = segment.used;
        _checkSegment(s);
    }

    /// Some bills of an active issuer. The last of them is `lastBill`.
    function _anchorSome() internal {
        uint256 segment = _segmentWith(1);
        Draft memory draft = _draft(segment, _count(segment));
        uint256 issuer = segments[segment].issuer;
        uint256 fault = _fault(5);
        if (fault == 1) draft.firstKey--;
        if (fault == 2) draft.firstKey++;
        if (fault == 3) draft.count = uint32(segments[segment].count - segments[segment].used + 1);
        address caller = fault == 4 ? _accountOf((issuer + 1) % issuers.length) : _accountOf(issuer);
        if (fault == 5) caller = STRANGER;
        string[6] memory broken = [
            VALID,
            "INV-4 number again",
            "INV-4 number skipped",
            "INV-4 more numbers than granted",
            "INV-6 issuer of another",
            "INV-6 no issuer"
        ];
        _anchor(draft, caller, broken[fault]);
    }

    /// One bill, for a reversal: of the same holder and amount, or with another amount.
    function _anchorLike(uint256 original, uint128 amount) internal returns (uint256 b) {
        uint256 segment = _segmentOf(bill[original].issuer);
        Draft memory draft = _emptyDraft(segment);
        b = _addBill(draft, bill[original].holder, amount, 0);
        _seal(draft);
        _anchor(draft, _accountOf(bill[original].issuer), VALID);
    }

    function _anchor(Draft memory draft, address caller, string memory broken) private {
        uint64 id = segments[draft.segment].id;
        bytes memory data = abi.encodeCall(
            bills.anchor, (id, draft.firstKey, draft.count, draft.root, draft.sum)
        );
        (bool ok,) = _call(Fn.anchor, caller, data, broken);
        if (ok) _record(draft, issuers[segments[draft.segment].issuer].key);
        else _discard(draft);
    }

    // --- drafts ---

    function _draft(uint256 segment, uint256 count) private returns (Draft memory draft) {
        draft = _emptyDraft(segment);
        for (uint256 i = 0; i < count; i++) {
            uint128 amount = _pick(16) == 0 ? 2 ** 90 : uint128(1 + _pick(10_000_000));
            uint128 atSource = _pick(3) == 0 ? uint128(_pick(amount)) : 0;
            _addBill(draft, _pick(holders.length), amount, atSource);
        }
        _seal(draft);
    }

    function _emptyDraft(uint256 s) private view returns (Draft memory draft) {
        Segment storage segment = segments[s];
        draft.segment = s;
        draft.firstBill = bill.length;
        uint64 code = issuers[segment.issuer].billCode;
        draft.firstKey = code * NUMBERS_PER_CODE + segment.first + segment.used;
    }

    function _addBill(Draft memory draft, uint256 holder, uint128 amount, uint128 atSource)
        private
        returns (uint256 b)
    {
        b = bill.length;
        Bill storage one = bill.push();
        one.key = draft.firstKey + draft.count;
        one.issuer = segments[draft.segment].issuer;
        one.holder = holder;
        one.batch = batches.length;
        one.index = draft.count++;
        one.amount = amount;
        one.atSource = atSource;
        one.issuedAt = uint64(block.timestamp);
        draft.sum += amount;
    }

    function _seal(Draft memory draft) private {
        Batch storage batch = batches.push();
        for (uint256 b = draft.firstBill; b < bill.length; b++) {
            batch.leaves.push(bills.leaf_of(_header(b)));
        }
        batch.id = draft.firstKey;
        batch.anchoredAt = uint64(block.timestamp);
        draft.root = MerkleTree.root(batch.leaves);
    }

    function _discard(Draft memory draft) private {
        while (bill.length > draft.firstBill) bill.pop();
        batches.pop();
    }

    function _record(Draft memory draft, uint256 signer) private {
        Batch storage batch = batches[batches.length - 1];
        batch.key = signer;
        batch.record = keccak256(abi.encode(bills.batch(batch.id)));
        Segment storage segment = segments[draft.segment];
        segment.used += draft.count;
        require(bills.consumed(segment.id) == segment.used, "INV-4 numbers consumed");
        for (uint256 b = draft.firstBill; b < bill.length; b++) {
            require(!isUsed[bill[b].key], "INV-4 number in two batches");
            isUsed[bill[b].key] = true;
        }
        lastBill = bill.length - 1;
    }

    function _signed(Draft memory draft, uint64 deadline, uint256 secret)
        private
        view
        returns (SignedBatch memory signed)
    {
        signed.segmentId = segments[draft.segment].id;
        signed.firstKey = draft.firstKey;
        signed.count = draft.count;
        signed.root = draft.root;
        signed.sumFen = draft.sum;
        signed.deadline = deadline;
        bytes32 digest = bills.batch_digest(
            signed.segmentId, draft.firstKey, draft.count, draft.root, draft.sum, deadline
        );
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(secret, digest);
        signed.signature = abi.encodePacked(r, s, v);
    }

    // --- segments ---

    function _count(uint256 s) private returns (uint256) {
        uint256 unused = segments[s].count - segments[s].used;
        return 1 + _pick(unused < MOST_BILLS ? unused : MOST_BILLS);
    }

    /// A segment of an active issuer with some numbers left, or a new one.
    function _segmentWith(uint64 numbers) private returns (uint256) {
        uint256 issuer = _activeIssuer();
        for (uint256 i = 0; i < TRIES && segments.length != 0; i++) {
            uint256 s = _pick(segments.length);
            Segment storage segment = segments[s];
            bool enough = segment.count - segment.used >= numbers;
            if (enough && !issuers[segment.issuer].suspended) return s;
        }
        return _granted(issuer);
    }

    function _segmentOf(uint256 issuer) private returns (uint256) {
        for (uint256 i = 0; i < TRIES && segments.length != 0; i++) {
            uint256 s = _pick(segments.length);
            if (segments[s].issuer == issuer && segments[s].count > segments[s].used) return s;
        }
        return _granted(issuer);
    }

    function _granted(uint256 issuer) private returns (uint256 s) {
        uint64 count = uint64(8 + _pick(56));
        uint64 code = issuers[issuer].billCode;
        bytes memory data =
            abi.encodeCall(registry.grant_numbers, (issuers[issuer].code, code, count));
        (, bytes memory id) = _call(Fn.grant_numbers, address(this), data, VALID);
        s = segments.length;
        segments.push(Segment(abi.decode(id, (uint64)), issuer, nextNo[code] + 1, count, 0));
        nextNo[code] += count;
        _checkSegment(s);
    }

    /// Where the model says that it is, which is behind everything granted before.
    function _checkSegment(uint256 s) internal view {
        OnChain memory told = registry.segment(segments[s].id);
        require(told.issuer == issuers[segments[s].issuer].code, "INV-4 segment's issuer");
        require(told.first == segments[s].first, "INV-4 segment's first number");
        require(told.count == segments[s].count, "INV-4 segment's numbers");
    }
}
