// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {BillHeader, Grant, ProvedBill, SignedBatch} from "../src/Interfaces.sol";
import {svm} from "../src/Vm.sol";
import {Symbolic} from "./Symbolic.sol";

/// The four contracts together, in any state otherwise, but paused.
contract Pause is Symbolic {
    function setUp() public {
        _deployed();
        registry.pause();
        _anyState(address(registry));
        _anyState(address(bills));
        _anyState(address(consents));
        _anyState(address(ledger));
    }

    /// INV-23
    function check_paused_bill_registry_refuses_every_write(
        uint64 a,
        uint64 b,
        bytes32 root,
        BillHeader memory header,
        uint8 which,
        address caller
    ) public {
        ProvedBill memory bill = ProvedBill(header, a, _anyPath(1));
        bytes memory data;
        if (which == 0) data = abi.encodeCall(bills.anchor, (a, b, 1, root, 1));
        else if (which == 1) data = abi.encodeCall(bills.void, (a, b, 1));
        else if (which == 2) data = abi.encodeCall(bills.reverse, (bill, bill, a, b, 1));
        else if (which == 3) data = abi.encodeCall(bills.swap_to_paper, (a, b, "paper"));
        else if (which == 4) data = abi.encodeCall(bills.recover_paper, (a, b));
        else if (which == 5) data = abi.encodeCall(bills.attest_batch, (a));
        else if (which == 6) data = abi.encodeCall(bills.attest_bill, (a, b));
        else data = abi.encodeCall(bills.anchor_signed, (_carried(a, b, root)));
        _refused(caller, address(bills), data);
    }

    /// INV-23
    function check_paused_consent_registry_refuses_every_write(
        Grant memory grant,
        uint128 amount,
        uint8 which,
        address caller
    ) public {
        bytes memory signature = svm.createBytes(65, "signature");
        bytes memory data;
        if (which == 0) data = abi.encodeCall(consents.grant, (grant));
        else if (which == 1) data = abi.encodeCall(consents.grant_signed, (grant, signature));
        else if (which == 2) data = abi.encodeCall(consents.revoke, (grant));
        else if (which == 3) data = abi.encodeCall(consents.revoke_signed, (grant, signature));
        else if (which == 4) data = abi.encodeCall(consents.use, (grant, amount));
        else data = abi.encodeCall(consents.release, (bytes32(grant.nonce), amount));
        _refused(caller, address(consents), data);
    }

    /// INV-23
    function check_paused_ledger_refuses_every_write(
        BillHeader memory header,
        Grant memory grant,
        uint64 key,
        bytes32 id,
        uint128 amount,
        bytes18 payer,
        uint8 which,
        address caller
    ) public {
        bytes32[] memory path = _anyPath(1);
        bytes memory data;
        if (which == 0) {
            data = abi.encodeCall(ledger.lock, (header, key, path, grant, id, amount, key));
        } else if (which == 1) {
            data = abi.encodeCall(ledger.account, (header, key, path, grant, id, id, key));
        } else if (which == 2) {
            data = abi.encodeCall(ledger.settle, (key, key, id, amount, id));
        } else if (which == 3) {
            data = abi.encodeCall(ledger.reject, (key, id, 1));
        } else if (which == 4) {
            data = abi.encodeCall(ledger.expire, (key, payer, id));
        } else if (which == 5) {
            data = abi.encodeCall(ledger.recover, (key, id, id));
        } else {
            data = abi.encodeCall(ledger.log_use, (header, key, path, grant));
        }
        _refused(caller, address(ledger), data);
    }

    function _refused(address caller, address target, bytes memory data) private {
        assert(!_callAs(caller, target, data));
    }

    function _carried(uint64 a, uint64 b, bytes32 root)
        private
        pure
        returns (SignedBatch[] memory carried)
    {
        carried = new SignedBatch[](1);
        bytes memory signature = svm.createBytes(65, "signature");
        carried[0] = SignedBatch(a, b, 1, root, 1, type(uint64).max, signature);
    }
}
