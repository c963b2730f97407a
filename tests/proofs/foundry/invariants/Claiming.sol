// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {BillHeader, Grant} from "../src/Interfaces.sol";
import {Consenting} from "./Consenting.sol";

/// Claims that begin: reserved by any payer, or entered into an employer's books.
abstract contract Claiming is Consenting {
    bytes32 internal constant VOUCHER = "a voucher";

    /// A call as it is good, before one thing in it is spoilt.
    struct Taking {
        uint256 bill;
        uint256 payer;
        uint256 consent;
        address caller;
        BillHeader header;
        uint64 batchId;
        bytes32[] path;
        Grant grant;
        bytes32 claimId;
        uint128 amount;
        uint64 expiresAt;
    }

    function lock(uint256 seed) external seeded(seed) {
        _lockSome();
    }

    function account(uint256 seed) external seeded(seed) {
        uint256 b = _billFor(true);
        if (b == NONE) return _anchorSome();
        uint256 payer = _activePayer(EMPLOYER);
        // With a grant for more than there is: only the bill's own limit keeps the amount down.
        Taking memory taking = _taking(b, payer, _left(b), bill[b].amount);
        string memory broken = _spoil(taking, _fault(7));
        if (bytes(broken).length == 0 && _fault(1) == 1) {
            taking.caller = payers[_activePayer(COMMERCIAL)].account;
            broken = "INV-21 account by no employer";
        }
        bytes memory data = abi.encodeCall(
            ledger.account,
            (
                taking.header,
                taking.batchId,
                taking.path,
                taking.grant,
                taking.claimId,
                VOUCHER,
                uint64(block.timestamp)
            )
        );
        (bool ok,) = _call(Fn.account, taking.caller, data, broken);
        if (!ok) return;
        taking.expiresAt = uint64(block.timestamp);
        _keep(taking, 2);
        bill[b].settled += taking.amount;
    }

    function _lockSome() internal {
        uint256 b = _billFor(false);
        if (b == NONE) return _anchorSome();
        uint256 payer = _activePayer(STATUTORY | COMMERCIAL | EMPLOYER);
        uint128 left = _left(b);
        Taking memory taking = _taking(b, payer, uint128(1 + _pick(left)), 0);
        string memory broken = _spoil(taking, _fault(9));
        bytes memory data = _lockCall(taking);
        (bool ok,) = _call(Fn.lock, taking.caller, data, broken);
        if (!ok) return;
        _keep(taking, 1);
        bill[b].reserved += taking.amount;
        if (_fault(1) == 1) _call(Fn.lock, taking.caller, data, "INV-5 claim id again");
    }

    function _lockCall(Taking memory t) private view returns (bytes memory) {
        return abi.encodeCall(
            ledger.lock,
            (t.header, t.batchId, t.path, t.grant, t.claimId, t.amount, t.expiresAt)
        );
    }

    function _keep(Taking memory taking, uint256 status) private {
        consent[taking.consent].used += taking.amount;
        lastBill = taking.bill;
        lastConsent = taking.consent;
        lastClaim = claim.length;
        claim.push(
            Claim({
                id: taking.claimId,
                bill: taking.bill,
                payer: taking.payer,
                consent: taking.consent,
                status: status,
                reserved: taking.amount,
                approved: status == 2 ? taking.amount : 0,
                expiresAt: taking.expiresAt
            })
        );
    }

    function _taking(uint256 b, uint256 payer, uint128 amount, uint128 spare)
        private
        returns (Taking memory t)
    {
        t.bill = b;
        t.payer = payer;
        t.caller = payers[payer].account;
        t.header = _header(b);
        t.batchId = _batchId(b);
        t.path = _path(b);
        t.consent = _consentFor(b, payer, amount + spare);
        t.grant = consent[t.consent].grant;
        t.claimId = bytes32(claim.length + 1);
        t.amount = amount;
        t.expiresAt = uint64(block.timestamp + 1 hours + _pick(5 days));
    }

    /// @return broken The invariant that is broken if the spoilt call is accepted.
    function _spoil(Taking memory t, uint256 fault) private returns (string memory broken) {
        if (fault == 1) {
            t.grant.nonce = type(uint256).max;
            broken = "INV-8 no grant";
        } else if (fault == 2) {
            t.caller = payers[(t.payer + 3) % payers.length].account; // another of the same kind
            broken = "INV-8 grant of another payer";
        } else if (fault == 3) {
            t.header.amountFen *= 2;
            broken = "INV-13 another amount";
        } else if (fault == 4) {
            t.header.billNo++;
            t.grant.billKey++;
            broken = "INV-17 another index";
        } else if (fault == 5) {
            broken = _spoilState(t);
        } else if (fault == 6) {
            broken = _spoilGrant(t);
        } else if (fault == 7) {
            broken = _spoilPayer(t);
        } else if (fault == 8) {
            t.grant = _unlimited(t);
            t.amount = _left(t.bill) + 1;
            broken = "INV-1 overspent";
        } else if (fault == 9) {
            broken = _spoilUse(t);
        }
    }

    /// A bill that does not pay, with a live grant for it.
    function _spoilState(Taking memory t) private returns (string memory) {
        uint256 b = _unpayable();
        if (b == NONE) return VALID;
        t.header = _header(b);
        t.batchId = _batchId(b);
        t.path = _path(b);
        t.grant = consent[_consentFor(b, t.payer, t.amount)].grant;
        return "INV-3 a bill that does not pay";
    }

    function _spoilGrant(Taking memory t) private returns (string memory) {
        address holder = holders[bill[t.bill].holder];
        uint256 how = _pick(3);
        if (how == 0) {
            consent[t.consent].status = 2;
            _call(Fn.revoke, holder, abi.encodeCall(consents.revoke, (t.grant)), VALID);
            lastConsent = t.consent;
            return "INV-10 revoked grant";
        }
        t.grant = _grantFor(t.bill, t.payer, t.amount);
        t.grant.noStatutory = true;
        if (how == 1) {
            t.grant.holder = _word(STRANGER);
            _call(Fn.grant, STRANGER, _grantCall(t.grant), VALID);
            return "INV-8 grant of another holder";
        }
        if (t.amount > 1) t.grant.capFen--;
        else t.grant.purpose = "research";
        _give(t.bill, t.payer, t.grant, VALID);
        return "INV-8 above the cap, or for another purpose";
    }

    /// More than the grant has left, though not more than its cap.
    function _spoilUse(Taking memory t) private returns (string memory) {
        Consent storage one = consent[t.consent];
        if (one.used == 0 && t.amount > 1) {
            _call(Fn.lock, t.caller, _lockCall(t), VALID);
            _keep(t, 1);
            bill[t.bill].reserved += t.amount;
            t.claimId = bytes32(claim.length + 1);
        }
        uint128 more = one.grant.capFen - one.used + 1;
        if (more > one.grant.capFen || more > _left(t.bill)) more = type(uint128).max;
        t.amount = more;
        return "INV-8 above what the grant has left";
    }

    function _spoilPayer(Taking memory t) private returns (string memory) {
        for (uint256 i = 0; i < payers.length; i++) {
            if (payers[i].suspended && payers[i].kind == payers[t.payer].kind) {
                t.caller = payers[i].account;
                t.grant = _grantFor(t.bill, i, t.amount);
                t.grant.noStatutory = true;
                t.grant = consent[_give(t.bill, i, t.grant, VALID)].grant;
                return "INV-21 suspended payer";
            }
        }
        t.caller = STRANGER;
        return "INV-21 no payer";
    }

    function _unlimited(Taking memory t) private returns (Grant memory given) {
        given = _grantFor(t.bill, t.payer, type(uint128).max);
        given.noStatutory = true;
        _give(t.bill, t.payer, given, VALID);
    }

    /// A live grant that covers the amount; a new one when there is none.
    function _consentFor(uint256 b, uint256 payer, uint128 amount) private returns (uint256) {
        uint256[] storage given = consentsOf[b];
        for (uint256 i = 0; i < given.length && i < TRIES; i++) {
            Consent storage one = consent[given[i]];
            bool live = one.status == 1 && block.timestamp < one.grant.expiresAt;
            bool matching = one.payer == payer && one.grant.purpose == REIMBURSEMENT;
            if (live && matching && one.grant.capFen - one.used >= amount) return given[i];
        }
        uint128 more = uint128(_pick(1_000_000));
        return _give(b, payer, _grantFor(b, payer, amount + more), VALID);
    }

    /// A payable bill with something left; none reserved, when it is to be taken whole.
    function _billFor(bool whole) private returns (uint256) {
        for (uint256 i = 0; i < TRIES && bill.length != 0; i++) {
            uint256 b = _pick(bill.length);
            // Now and then one that something is still due of.
            if (i == 0 && replacements.length != 0) b = replacements[_pick(replacements.length)];
            bool free = _isPayable(b) && _left(b) != 0;
            if (free && (!whole || bill[b].reserved == 0)) return b;
        }
        return NONE;
    }

    function _unpayable() private returns (uint256) {
        for (uint256 i = 0; i < TRIES; i++) {
            uint256 b = _pick(bill.length);
            if (!_isPayable(b)) return b;
        }
        return NONE;
    }
}
