// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

// What is called of the contracts in contracts/*.vy. A flag of Vyper is a uint256 in the ABI.

struct BillHeader {
    uint64 billCode;
    uint64 billNo;
    uint128 amountFen;
    uint128 atSourceFen;
    bytes3 currency;
    bytes32 holder;
    bytes32 contentRoot;
    uint64 issuedAt;
}

struct Batch {
    bytes32 root;
    uint64 firstKey;
    uint32 count;
    uint64 segmentId;
    uint64 anchoredAt;
    address signer;
    uint128 sumFen;
    bytes18 issuer;
}

struct Issuer {
    uint256 status;
    uint32 region;
    uint64 admittedAt;
    string name;
}

struct BillLife {
    uint256 validity;
    uint64 endedAt;
    uint8 reason;
    uint256 paper;
    bool attested;
}

struct Links {
    uint64 redKey;
    uint64 replacementKey;
    uint64 originalKey;
}

struct ProvedBill {
    BillHeader header;
    uint64 batchId;
    bytes32[] path;
}

struct SignedBatch {
    uint64 segmentId;
    uint64 firstKey;
    uint32 count;
    bytes32 root;
    uint128 sumFen;
    uint64 deadline;
    bytes signature;
}

struct Grant {
    bytes32 holder;
    uint64 billKey;
    bytes18 payer;
    bytes32 purpose;
    bytes32 fieldSet;
    uint128 capFen;
    uint64 expiresAt;
    bool noStatutory;
    uint256 nonce;
}

struct GrantState {
    uint256 status;
    uint128 usedFen;
}

struct Claim {
    uint256 status;
    uint128 reservedFen;
    uint128 approvedFen;
    uint64 expiresAt;
    bool statutory;
    bytes32 grantId;
}

struct Segment {
    bytes18 issuer;
    uint64 billCode;
    uint64 first;
    uint64 count;
}

interface IIssuerRegistry {
    function admit_issuer(bytes18 uscc, string calldata name, uint32 region) external;
    function suspend_issuer(bytes18 uscc) external;
    function resume_issuer(bytes18 uscc) external;
    function admit_payer(bytes18 uscc, string calldata name, uint256 payerKind, uint32 region)
        external;
    function suspend_payer(bytes18 uscc) external;
    function resume_payer(bytes18 uscc) external;
    function register_key(address key, bytes18 owner, uint256 role) external;
    function disown_key(address key, uint64 compromisedSince) external;
    function appoint_bills(address bills) external;
    function open_series(uint64 billCode, string calldata kind, uint32 region) external;
    function grant_numbers(bytes18 issuer, uint64 billCode, uint64 count) external returns (uint64);
    function split_segment(uint64 segmentId, uint64 count, string calldata outlet)
        external
        returns (uint64);
    function return_unused(uint64 segmentId) external;
    function appoint_officer(address account, uint32 region) external;
    function set_approval_rule(uint8 neededApprovals, uint64 grantLimit) external;
    function is_active_issuer(bytes18 uscc) external view returns (bool);
    function pause() external;
    function unpause() external;
    function segment(uint64 segmentId) external view returns (Segment memory);
}

interface IBillRegistry {
    function anchor(uint64 segmentId, uint64 firstKey, uint32 count, bytes32 root, uint128 sumFen)
        external;
    function anchor_signed(SignedBatch[] calldata batches) external;
    function void(uint64 billKey, uint64 batchId, uint8 reason) external;
    function reverse(
        ProvedBill calldata original,
        ProvedBill calldata red,
        uint64 replacementKey,
        uint64 replacementBatchId,
        uint8 reason
    ) external;
    function swap_to_paper(uint64 billKey, uint64 batchId, string calldata paperNo) external;
    function recover_paper(uint64 billKey, uint64 batchId) external;
    function attest_batch(uint64 batchId) external;
    function attest_bill(uint64 billKey, uint64 batchId) external;
    function batch(uint64 batchId) external view returns (Batch memory);
    function batch_digest(
        uint64 segmentId,
        uint64 firstKey,
        uint32 count,
        bytes32 root,
        uint128 sumFen,
        uint64 deadline
    ) external view returns (bytes32);
    function bill_life(uint64 billKey) external view returns (BillLife memory);
    function consumed(uint64 segmentId) external view returns (uint64);
    function holds(BillHeader calldata header, uint64 batchId, bytes32[] calldata path)
        external
        view
        returns (bool);
    function leaf_of(BillHeader calldata header) external view returns (bytes32);
    function links(uint64 billKey) external view returns (Links memory);
    function payability(uint64 billKey, uint64 batchId) external view returns (uint256);
}

interface IConsentRegistry {
    function grant(Grant calldata grant_) external returns (bytes32);
    function grant_signed(Grant calldata grant_, bytes calldata signature) external returns (bytes32);
    function revoke(Grant calldata grant_) external;
    function revoke_signed(Grant calldata grant_, bytes calldata signature) external;
    function use(Grant calldata grant_, uint128 amountFen) external returns (bytes32);
    function release(bytes32 grantId, uint128 amountFen) external;
    function grant_id(Grant calldata grant_) external view returns (bytes32);
    function revoke_digest(bytes32 grantId) external view returns (bytes32);
    function grant_state(bytes32 grantId) external view returns (GrantState memory);
}

interface IReimbursementLedger {
    function lock(
        BillHeader calldata header,
        uint64 batchId,
        bytes32[] calldata path,
        Grant calldata grant_,
        bytes32 claimId,
        uint128 amountFen,
        uint64 expiresAt
    ) external;
    function settle(
        uint64 billKey,
        uint64 batchId,
        bytes32 claimId,
        uint128 approvedFen,
        bytes32 voucher
    ) external;
    function reject(uint64 billKey, bytes32 claimId, uint8 reason) external;
    function expire(uint64 billKey, bytes18 payer, bytes32 claimId) external;
    function account(
        BillHeader calldata header,
        uint64 batchId,
        bytes32[] calldata path,
        Grant calldata grant_,
        bytes32 claimId,
        bytes32 voucher,
        uint64 accountedAt
    ) external;
    function recover(uint64 billKey, bytes32 claimId, bytes32 voucher) external;
    function log_use(
        BillHeader calldata header,
        uint64 batchId,
        bytes32[] calldata path,
        Grant calldata grant_
    ) external;
    function amounts(uint64 billKey)
        external
        view
        returns (uint128 settledFen, uint128 reservedFen, bool statutoryDecided);
    function claim(bytes18 payer, uint64 billKey, bytes32 claimId)
        external
        view
        returns (Claim memory);
}
