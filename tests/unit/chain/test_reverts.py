"""From a node's error to what it means, in the words of Anvil, geth and Besu."""

from __future__ import annotations

import pytest
from eth_abi.abi import encode

from frontend_api.chain.reverts import NO_REASON, SendProblem, reason_of, refusal_of, send_problem
from frontend_api.chain.rpc import RpcError

REASON = "numbers: exhausted"
DATA = bytes.fromhex("08c379a0") + encode(["string"], [REASON])
HEX = "0x" + DATA.hex()
PANIC = "0x4e487b71" + (0x11).to_bytes(32).hex()


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (RpcError(3, f"execution reverted: {REASON}", HEX), REASON),  # Anvil, geth
        (RpcError(3, "execution reverted", HEX), REASON),
        (RpcError(3, f"execution reverted: {REASON}"), REASON),
        (RpcError(3, "Execution reverted", HEX), REASON),  # Besu
        (RpcError(-32000, "execution reverted, " + REASON), REASON),
        (RpcError(-32000, "Transaction reverted", {"data": HEX}), REASON),
        (RpcError(-32015, "VM execution error", HEX), REASON),
        (RpcError(3, "execution reverted", "0x"), NO_REASON),
        (RpcError(3, "execution reverted"), NO_REASON),
        (RpcError(3, "execution reverted", PANIC), "panic 0x11"),
        (RpcError(3, "execution reverted: custom error", "0xdeadbeef"), "custom error"),
        (RpcError(3, "", 17), NO_REASON),
        (RpcError(3, "", "0xzz"), NO_REASON),
    ],
)
def test_a_revert_becomes_the_contracts_refusal(error, reason):
    refusal = refusal_of(error)
    assert refusal is not None
    assert refusal.reason == reason


@pytest.mark.parametrize(
    "error",
    [
        RpcError(-32603, "Internal error"),
        RpcError(-32001, "Nonce too low"),
        RpcError(-32005, "Requested range exceeds maximum range limit"),
        RpcError(-32604, "Method not enabled"),
        RpcError(-39001, "Unknown block"),
        RpcError(-32601, "the method was reverted to an older version"),
    ],
)
def test_another_error_is_no_refusal(error):
    assert refusal_of(error) is None


@pytest.mark.parametrize("cut", range(4, len(DATA), 7))
def test_a_reason_that_was_cut_off_is_no_reason_and_no_crash(cut):
    assert isinstance(reason_of(DATA[:cut]), str)


def test_a_reason_that_is_not_utf8_is_no_crash():
    assert isinstance(reason_of(DATA.replace(b"numbers", b"\xff\xfenum\xffs")), str)


@pytest.mark.parametrize(
    ("error", "problem"),
    [
        (RpcError(-32003, "transaction already imported"), SendProblem.ALREADY_KNOWN),  # Anvil
        (RpcError(-32003, "nonce too low"), SendProblem.NONCE_USED),
        (RpcError(-32003, "replacement transaction underpriced"), SendProblem.RIVAL),
        (RpcError(-32000, "already known"), SendProblem.ALREADY_KNOWN),  # geth
        (RpcError(-32000, "nonce too low: next nonce 7, tx nonce 3"), SendProblem.NONCE_USED),
        (RpcError(-32000, "Known transaction"), SendProblem.ALREADY_KNOWN),  # Besu
        (RpcError(-32001, "Nonce too low"), SendProblem.NONCE_USED),
        (RpcError(-32006, "Transaction nonce is too distant"), SendProblem.NONCE_GAP),
        (RpcError(-32007, "Sender account not authorized"), SendProblem.NOT_ADMITTED),
        (RpcError(-32009, "Gas price below configured minimum"), SendProblem.PRICE),
        (RpcError(-32604, "Method not enabled"), SendProblem.NOT_ADMITTED),
        (RpcError(-40100, "Unauthorized"), SendProblem.NOT_ADMITTED),
        (RpcError(3, "execution reverted", HEX), SendProblem.REVERTED),
        (RpcError(-32603, "Internal error"), SendProblem.OTHER),
    ],
)
def test_a_node_that_does_not_take_a_transaction_says_why(error, problem):
    assert send_problem(error) is problem
