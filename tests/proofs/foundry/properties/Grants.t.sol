// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Grant, GrantState} from "../src/Interfaces.sol";
import {svm, vm} from "../src/Vm.sol";
import {Symbolic} from "./Symbolic.sol";

/// The consent registry alone, in any state, whatever the issuer registry answers.
contract Grants is Symbolic {
    uint256 private constant LIVE = 1;
    uint256 private constant REVOKED = 2;

    function setUp() public {
        _deployed();
        _unknown(address(registry));
        _anyState(address(consents));
    }

    /// INV-9, INV-26. Every function that writes, by anyone, with any signature.
    function check_grant_lives_only_by_its_holder(
        Grant memory grant,
        Grant memory asked,
        uint128 amount,
        uint8 which,
        address caller
    ) public {
        bytes32 id = consents.grant_id(grant);
        uint256 before = consents.grant_state(id).status;
        vm.assume(before == 0);
        bytes memory signature = svm.createBytes(65, "signature");
        bytes memory data = _anyCall(asked, signature, amount, which);
        _callAs(caller, address(consents), data);
        if (consents.grant_state(id).status != LIVE) return;
        bool sent = grant.holder == _word(caller);
        bool signed = grant.holder == _word(_signer(id, signature));
        assert((which == 0 && sent) || (which == 1 && signed));
        assert(block.timestamp < grant.expiresAt);
    }

    /// INV-10. Whatever is called: it stays revoked, and is not used.
    function check_revoked_grant_stays_revoked(
        Grant memory grant,
        Grant memory asked,
        uint128 amount,
        uint8 which,
        address caller
    ) public {
        bytes32 id = consents.grant_id(grant);
        GrantState memory before = consents.grant_state(id);
        vm.assume(before.status == REVOKED);
        bytes memory signature = svm.createBytes(65, "signature");
        _callAs(caller, address(consents), _anyCall(asked, signature, amount, which));
        GrantState memory told = consents.grant_state(id);
        assert(told.status == REVOKED);
        assert(told.usedFen <= before.usedFen);
    }

    /// INV-8. Only the ledger counts use, of a live grant, up to its cap.
    function check_use_stays_within_a_live_grant(Grant memory grant, uint128 amount, address caller)
        public
    {
        bytes32 id = consents.grant_id(grant);
        GrantState memory before = consents.grant_state(id);
        if (!_callAs(caller, address(consents), abi.encodeCall(consents.use, (grant, amount)))) {
            return;
        }
        assert(caller == address(ledger));
        assert(before.status == LIVE);
        assert(block.timestamp < grant.expiresAt);
        GrantState memory told = consents.grant_state(id);
        assert(told.usedFen <= grant.capFen);
        assert(told.usedFen == uint256(before.usedFen) + amount);
    }

    function _anyCall(Grant memory asked, bytes memory signature, uint128 amount, uint8 which)
        private
        view
        returns (bytes memory)
    {
        if (which == 0) return abi.encodeCall(consents.grant, (asked));
        if (which == 1) return abi.encodeCall(consents.grant_signed, (asked, signature));
        if (which == 2) return abi.encodeCall(consents.revoke, (asked));
        if (which == 3) return abi.encodeCall(consents.revoke_signed, (asked, signature));
        if (which == 4) return abi.encodeCall(consents.use, (asked, amount));
        return abi.encodeCall(consents.release, (consents.grant_id(asked), amount));
    }

    function _signer(bytes32 digest, bytes memory signature) private pure returns (address) {
        (bytes32 r, bytes32 s) = (bytes32(0), bytes32(0));
        uint8 v = uint8(signature[64]);
        assembly {
            r := mload(add(signature, 0x20))
            s := mload(add(signature, 0x40))
        }
        return ecrecover(digest, v, r, s);
    }

    function _word(address account) private pure returns (bytes32) {
        return bytes32(uint256(uint160(account)));
    }
}
