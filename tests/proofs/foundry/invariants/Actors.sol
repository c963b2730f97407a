// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Calls} from "./Calls.sol";
import {vm} from "../src/Vm.sol";

/// Who takes part: three issuers, six payers, three holders. This contract is the first officer.
abstract contract Actors is Calls {
    struct Key {
        address account;
        uint256 secret;
        uint64 validFrom;
        uint64 revokedAt;
        uint64 compromisedSince;
    }

    struct Issuer {
        bytes18 code;
        uint64 billCode;
        bool suspended;
        uint256 key; // the live one
    }

    struct Payer {
        bytes18 code;
        uint256 kind;
        bool suspended;
        address account;
    }

    uint256 internal constant STATUTORY = 1;
    uint256 internal constant COMMERCIAL = 2;
    uint256 internal constant EMPLOYER = 4;
    uint256 internal constant START = 1_780_000_000;
    address internal constant STRANGER = address(0x57a);

    Key[] internal keys;
    Issuer[] internal issuers;
    Payer[] internal payers;
    address[] internal holders;

    function _populate() internal {
        vm.warp(START);
        for (uint256 i = 0; i < 3; i++) {
            Issuer memory issuer =
                Issuer(_code("ISSUER", i), uint64(11010126 + i), false, keys.length);
            issuers.push(issuer);
            _admitIssuer(issuer.code, issuer.billCode);
            _registerIssuerKey(i);
            holders.push(vm.addr(_holderSecret(i)));
        }
        for (uint256 i = 0; i < 6; i++) {
            uint256 kind = [STATUTORY, COMMERCIAL, EMPLOYER][i % 3];
            Payer memory payer = Payer(_code("PAYER", i), kind, false, address(uint160(0xbeef + i)));
            payers.push(payer);
            _admitPayer(payer.code, kind, payer.account);
        }
        vm.warp(START + 1 days);
    }

    function _registerIssuerKey(uint256 issuer) internal {
        uint256 secret = 0x15500 + keys.length;
        issuers[issuer].key = keys.length;
        keys.push(Key(vm.addr(secret), secret, uint64(block.timestamp), 0, 0));
        _registerKey(vm.addr(secret), issuers[issuer].code, ISSUER_ROLE);
    }

    function _holderSecret(uint256 holder) internal pure returns (uint256) {
        return 0x40140 + holder;
    }

    function _word(address account) internal pure returns (bytes32) {
        return bytes32(uint256(uint160(account)));
    }

    function _accountOf(uint256 issuer) internal view returns (address) {
        return keys[issuers[issuer].key].account;
    }

    function _code(string memory kind, uint256 number) private pure returns (bytes18) {
        return bytes18(keccak256(abi.encode(kind, number)));
    }
}
