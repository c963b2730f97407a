"""Everything that is sent to the contracts, and every event that comes of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import boa
from eth_utils import to_checksum_address

Log = tuple[str, tuple[int, ...], bytes]


class Transaction(NamedTuple):
    """One deployment (``to`` is None) or call, with what became of it; ``time`` of its block."""

    sender: str
    to: str | None
    data: bytes
    time: int
    failed: bool
    logs: list[Log]
    gas: int


@contextmanager
def recording() -> Iterator[list[Transaction]]:
    """The transactions sent inside, in their order; reading is not one."""
    env, journal = boa.env, []
    assert "deploy" not in vars(env), "two recordings at once"
    deploy, execute = env.deploy, env.execute_code

    def recorded_deploy(*args: Any, **kwargs: Any) -> Any:
        address, computation = deploy(*args, **kwargs)
        journal.append(_transaction(kwargs.get("sender"), None, kwargs["bytecode"], computation))
        return address, computation

    def recorded_call(*args: Any, **kwargs: Any) -> Any:
        computation = execute(*args, **kwargs)
        if kwargs.get("is_modifying", True) and not kwargs.get("simulate"):
            to = to_checksum_address(computation.msg.to)
            journal.append(_transaction(kwargs.get("sender"), to, kwargs["data"], computation))
        return computation

    env.deploy, env.execute_code = recorded_deploy, recorded_call
    try:
        yield journal
    finally:
        del env.deploy, env.execute_code


def _transaction(sender: Any, to: str | None, data: bytes, computation: Any) -> Transaction:
    entries = sorted(computation.get_raw_log_entries())
    return Transaction(
        sender=to_checksum_address(str(sender or boa.env.eoa)),
        to=to,
        data=data,
        time=boa.env.timestamp,
        failed=computation.is_error,
        logs=[(to_checksum_address(address), topics, data) for _, address, topics, data in entries],
        gas=computation.get_gas_used(),
    )
