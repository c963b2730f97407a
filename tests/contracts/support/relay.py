"""A contract that passes calls on: what an institution's safe does, and what a trap does."""

from functools import cache
from typing import Any

import boa

_SOURCE = """
@external
def forward(target: address, call: Bytes[8192]):
    raw_call(target, call)
"""


@cache
def _deployer() -> Any:
    return boa.loads_partial(_SOURCE)


class Relay:
    """Calls as a contract: the receiver's `msg.sender` is not who signed the transaction."""

    def __init__(self) -> None:
        self.contract = _deployer().deploy()
        self.address: str = self.contract.address

    def call(self, function: Any, *arguments: Any, origin: str) -> None:
        """Calls a contract's function in a transaction that `origin` signed."""
        call = function.prepare_calldata(*arguments)
        self.contract.forward(function.contract.address, call, sender=origin)
