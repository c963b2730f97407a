"""From a node's error to what it means: a contract's refusal, a nonce, or something else.

Nodes differ in code and wording (Anvil, Besu, geth); the tables here are the only place that knows.
"""

from __future__ import annotations

import re
from enum import StrEnum

from eth_abi.abi import decode
from eth_abi.exceptions import DecodingError

from frontend_api.chain.rpc import RpcError
from frontend_api.domain.errors import RefusedByContract

REVERT_CODE = 3  # the JSON-RPC code for a revert on every node we know
NO_REASON = "no reason given"

_ERROR_STRING = bytes.fromhex("08c379a0")  # Error(string)
_PANIC = bytes.fromhex("4e487b71")  # Panic(uint256)
_REVERTED = re.compile(r"(?:execution|transaction) reverted(?:[:,]\s*(?P<reason>.+))?", re.I | re.S)


class SendProblem(StrEnum):
    """Why a node did not take a signed transaction."""

    ALREADY_KNOWN = "ALREADY_KNOWN"  # these very bytes are in its pool: follow them by hash
    NONCE_USED = "NONCE_USED"  # a transaction of this nonce is in a block, perhaps these bytes
    NONCE_GAP = "NONCE_GAP"  # an earlier nonce is missing
    RIVAL = "RIVAL"  # another transaction of this nonce waits in the pool
    PRICE = "PRICE"  # the node asks for a fee: it is not a free-gas network
    NOT_ADMITTED = "NOT_ADMITTED"  # the account, or our token, is not on the node's list
    REVERTED = "REVERTED"  # simulated by the node and refused by the contract
    OTHER = "OTHER"


# Besu's codes: -32001 nonce too low, -32006 too high, -32007 account not allowed, -32009 price too
# low, -32604 method disabled, -40100 unauthorised. Words are those of Anvil, geth and Besu.
_BY_CODE = {
    -32001: SendProblem.NONCE_USED,
    -32006: SendProblem.NONCE_GAP,
    -32007: SendProblem.NOT_ADMITTED,
    -32009: SendProblem.PRICE,
    -32604: SendProblem.NOT_ADMITTED,
    -40100: SendProblem.NOT_ADMITTED,
}
_BY_WORDS = (
    (("already known", "already imported", "known transaction"), SendProblem.ALREADY_KNOWN),
    (("nonce too low",), SendProblem.NONCE_USED),
    (("nonce too high", "nonce too far", "nonce gap"), SendProblem.NONCE_GAP),
    (("replacement transaction underpriced",), SendProblem.RIVAL),
    (("gas price", "underpriced", "base fee"), SendProblem.PRICE),
    (("not authorized", "not allowed", "unauthorized"), SendProblem.NOT_ADMITTED),
)


def refusal_of(error: RpcError) -> RefusedByContract | None:
    """The contract's refusal that ``error`` carries; None when it is another kind of error."""
    data = _bytes_of(error.data)
    found = _REVERTED.match(error.message.strip())
    if error.number != REVERT_CODE and not found and not data.startswith((_ERROR_STRING, _PANIC)):
        return None
    reason = reason_of(data)
    if reason == NO_REASON and found and found["reason"]:
        reason = found["reason"].strip()
    return RefusedByContract(reason)


def reason_of(data: bytes) -> str:
    """The contract's own word in the bytes of a revert, such as ``numbers: exhausted``."""
    try:
        if data.startswith(_ERROR_STRING):
            return str(decode(["string"], data[4:])[0])
        if data.startswith(_PANIC):
            return f"panic {decode(['uint256'], data[4:])[0]:#04x}"
    except (DecodingError, UnicodeDecodeError):
        pass  # a reason that cannot be read is no reason; the refusal itself stands
    return NO_REASON


def send_problem(error: RpcError) -> SendProblem:
    """Why the node did not take a transaction, by its code first and its words second."""
    if refusal_of(error):
        return SendProblem.REVERTED
    words = error.message.lower()
    if "already known" not in words and error.number in _BY_CODE:
        return _BY_CODE[error.number]
    for needles, problem in _BY_WORDS:
        if any(needle in words for needle in needles):
            return problem
    return SendProblem.OTHER


def _bytes_of(data: object) -> bytes:
    if isinstance(data, dict):  # some nodes wrap the bytes in an object
        data = data.get("data") or data.get("result")
    if not isinstance(data, str):
        return b""
    try:
        return bytes.fromhex(data.removeprefix("0x"))
    except ValueError:
        return b""
