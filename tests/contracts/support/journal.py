"""Everything that is sent to the contracts, and every event that comes of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import boa
from eth_utils import to_canonical_address, to_checksum_address

# Warm in every transaction.
PRECOMPILES = [f"0x{number:040x}" for number in range(1, 11)]

Log = tuple[str, tuple[int, ...], bytes]


class Transaction(NamedTuple):
    """One deployment (``to`` is None) or call, with what became of it; ``time`` of its block."""

    sender: str
    to: str | None
    data: bytes
    time: int
    failed: bool
    logs: list[Log]
    gas: int  # of execution: without the transaction's own and its calldata
    refund: int


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
        with _transaction_of_its_own(kwargs.get("sender"), kwargs["to_address"]):
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
        sender=_sender(sender),
        to=to,
        data=data,
        time=boa.env.timestamp,
        failed=computation.is_error,
        logs=[(to_checksum_address(address), topics, data) for _, address, topics, data in entries],
        gas=computation.get_gas_used(),
        refund=computation.get_gas_refund(),
    )


def _sender(sender: Any) -> str:
    return to_checksum_address(str(sender or boa.env.eoa))


@contextmanager
def _transaction_of_its_own(sender: Any, to: Any) -> Iterator[None]:
    """Gas as a chain counts it. To boa all calls are one endless transaction.

    So what earlier calls touched is cold again (EIP-2929), and a slot's original value is the one
    before this call (EIP-2200).
    """
    state = boa.env.evm.vm.state
    database, read = state._account_db, state.get_storage
    warm = database._journal_accessed_state
    originals: dict[tuple[bytes, int], int] = {}

    def get_storage(address: bytes, slot: int, from_journal: bool = True) -> int:
        value = read(address, slot)
        return value if from_journal else originals.setdefault((address, slot), value)

    database._reset_access_counters()
    for address in (_sender(sender), str(to), *PRECOMPILES):
        state.mark_address_warm(to_canonical_address(address))
    state.get_storage = get_storage
    try:
        yield
    finally:
        del state.get_storage
        database._journal_accessed_state = warm
