// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Deployment} from "../src/Deployment.sol";
import {vm} from "../src/Vm.sol";

/// Every call of a contract goes through here: it is counted, and answered as the model expects
/// it, or the run fails with the name of the invariant that is broken.
abstract contract Calls is Deployment {
    enum Fn {
        anchor,
        anchor_signed,
        void,
        reverse,
        swap_to_paper,
        recover_paper,
        attest_batch,
        grant,
        grant_signed,
        revoke,
        revoke_signed,
        use,
        release,
        lock,
        settle,
        reject,
        expire,
        account,
        recover,
        grant_numbers,
        split_segment,
        return_unused,
        suspend,
        resume,
        disown_key,
        pause,
        unpause
    }

    // What a valid call is expected to be: accepted.
    string internal constant VALID = "";

    mapping(Fn => uint256) internal accepted;
    mapping(Fn => uint256) internal refused;
    uint256 private entropy;

    modifier seeded(uint256 seed) {
        entropy = seed;
        _;
    }

    /// A number below the limit, another one each time.
    function _pick(uint256 limit) internal returns (uint256) {
        entropy = uint256(keccak256(abi.encode(entropy)));
        return entropy % limit;
    }

    /// Most calls are valid; one in six has one thing wrong: 1 to `faults`, 0 when it is valid.
    function _fault(uint256 faults) internal returns (uint256) {
        return _pick(6) == 0 ? 1 + _pick(faults) : 0;
    }

    /// @param fault The invariant that is broken if this call is accepted; VALID when it has to be.
    function _call(Fn fn, address caller, bytes memory data, string memory fault)
        internal
        returns (bool ok, bytes memory answer)
    {
        address target = _target(fn);
        vm.prank(caller);
        (ok, answer) = target.call(data);
        if (ok) accepted[fn]++;
        else refused[fn]++;
        if (bytes(fault).length == 0) {
            if (!ok) revert(string.concat("LIVE ", _name(fn), " refused: ", _reason(answer)));
        } else if (ok) {
            revert(string.concat(fault, " (", _name(fn), ")"));
        }
    }

    function _target(Fn fn) private view returns (address) {
        if (fn <= Fn.attest_batch) return address(bills);
        if (fn <= Fn.release) return address(consents);
        if (fn <= Fn.recover) return address(ledger);
        return address(registry);
    }

    function _reason(bytes memory answer) private pure returns (string memory) {
        if (answer.length < 68) return "without a reason";
        assembly {
            answer := add(answer, 4)
        }
        return abi.decode(answer, (string));
    }

    /// Adds this run's calls to a file, a line per function: name, accepted, refused.
    function writeCalls() external {
        string memory path = vm.envString("CALLS_FILE");
        for (uint256 i = 0; i <= uint256(type(Fn).max); i++) {
            Fn fn = Fn(i);
            string memory counts =
                string.concat(" ", vm.toString(accepted[fn]), " ", vm.toString(refused[fn]));
            vm.writeLine(path, string.concat(_name(fn), counts));
        }
    }

    function _name(Fn fn) private pure returns (string memory) {
        return [
            "anchor",
            "anchor_signed",
            "void",
            "reverse",
            "swap_to_paper",
            "recover_paper",
            "attest_batch",
            "grant",
            "grant_signed",
            "revoke",
            "revoke_signed",
            "use",
            "release",
            "lock",
            "settle",
            "reject",
            "expire",
            "account",
            "recover",
            "grant_numbers",
            "split_segment",
            "return_unused",
            "suspend",
            "resume",
            "disown_key",
            "pause",
            "unpause"
        ][uint256(fn)];
    }
}
