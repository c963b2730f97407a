// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {
    IBillRegistry,
    IConsentRegistry,
    IIssuerRegistry,
    IReimbursementLedger
} from "./Interfaces.sol";
import {vm} from "./Vm.sol";

/// The four contracts, from the bytecode that the environment holds. Whoever deploys is the first
/// officer of the supervisor, for the whole platform.
abstract contract Deployment {
    uint256 internal constant ISSUER_ROLE = 1;
    uint256 internal constant PAYER_ROLE = 2;
    uint32 private constant REGION = 110101; // with which the bill codes begin
    bytes32 internal constant INSTANCE = keccak256("the instance of the proofs");

    IIssuerRegistry public registry;
    IBillRegistry public bills;
    IConsentRegistry public consents;
    IReimbursementLedger public ledger;

    function _deploy() internal {
        registry = IIssuerRegistry(_create("ISSUER_REGISTRY", abi.encode(INSTANCE)));
        address predicted = _addressAfter(address(registry), 3);
        bytes memory arguments = abi.encode(registry, predicted);
        bills = IBillRegistry(_create("BILL_REGISTRY", arguments));
        consents = IConsentRegistry(_create("CONSENT_REGISTRY", arguments));
        ledger = IReimbursementLedger(
            _create("REIMBURSEMENT_LEDGER", abi.encode(registry, bills, consents))
        );
        require(address(ledger) == predicted, "deployment: ledger elsewhere");
        registry.appoint_bills(address(bills));
    }

    // --- how the supervisor admits; nothing else depends on it ---

    function _admitIssuer(bytes18 code, uint64 billCode) internal {
        registry.admit_issuer(code, "an issuer", REGION);
        registry.open_series(billCode, "a-kind", REGION);
    }

    function _admitPayer(bytes18 code, uint256 kind, address key) internal {
        registry.admit_payer(code, "a payer", kind, REGION);
        _registerKey(key, code, PAYER_ROLE);
    }

    function _registerKey(address key, bytes18 owner, uint256 role) internal {
        registry.register_key(key, owner, role);
    }

    /// Where a contract will be that is deployed some deployments after another one.
    function _addressAfter(address deployed, uint256 steps) internal view virtual returns (address);

    function _create(string memory name, bytes memory arguments) private returns (address created) {
        bytes memory code = bytes.concat(vm.envBytes(name), arguments);
        assembly {
            created := create(0, add(code, 0x20), mload(code))
        }
        require(created != address(0), string.concat("deployment: failed of ", name));
    }
}
