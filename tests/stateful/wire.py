"""Calls to the contracts, byte by byte as the published ABI says."""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

import boa
from contracts.support.events import CONTRACTS, ERROR_STRING, Event, abi_of, decoded
from eth_abi import decode, encode
from eth_utils import keccak, to_checksum_address


class Function(NamedTuple):
    contract: str
    name: str
    selector: bytes
    takes: list[str]
    returns: list[str]
    changes: bool


class Answer(NamedTuple):
    accepted: bool
    reason: str  # of a refusal; empty when the contract gives none
    value: tuple[Any, ...]
    events: list[Event]


@cache
def functions() -> dict[tuple[str, str], Function]:
    """Every external function of the four contracts."""
    return {
        (contract, entry["name"]): _function(contract, entry)
        for contract in CONTRACTS
        for entry in abi_of(contract)
        if entry["type"] == "function"
    }


def changing() -> dict[str, str]:
    """Function → contract, of all that can change something. No two have one name."""
    found = [f for f in functions().values() if f.changes]
    by_name = {function.name: function.contract for function in found}
    assert len(by_name) == len(found)
    return by_name


class Wire:
    def __init__(self, addresses: dict[str, str]) -> None:
        self._addresses = addresses

    def send(self, contract: str, name: str, args: tuple[Any, ...], sender: str) -> Answer:
        return self._execute(contract, name, args, sender, changes=True)

    def read(self, contract: str, name: str, *args: Any) -> Any:
        """What a function answers; a refusal answers its reason."""
        answer = self._execute(contract, name, args, self._addresses[contract], changes=False)
        if not answer.accepted:
            return f"refused: {answer.reason}"
        return answer.value[0] if len(answer.value) == 1 else answer.value

    def _execute(
        self, contract: str, name: str, args: tuple[Any, ...], sender: str, *, changes: bool
    ) -> Answer:
        function = functions()[contract, name]
        computation = boa.env.execute_code(
            to_address=self._addresses[contract],
            sender=sender,
            data=function.selector + encode(function.takes, args),
            is_modifying=changes,
        )
        output = computation.output
        if computation.is_error:
            given = output[:4] == ERROR_STRING
            reason = decode(["string"], output[4:])[0] if given else ""
            return Answer(False, reason, (), [])
        value = _plain(decode(function.returns, output))
        events = []
        if changes:
            entries = sorted(computation.get_raw_log_entries())
            events = [decoded(topics, data) for _, _, topics, data in entries]
        return Answer(True, "", value, events)


def _function(contract: str, entry: dict[str, Any]) -> Function:
    takes = [_type(member) for member in entry["inputs"]]
    returns = [_type(member) for member in entry["outputs"]]
    changes = entry["stateMutability"] not in ("view", "pure")
    selector = keccak(text=f"{entry['name']}({','.join(takes)})")[:4]
    return Function(contract, entry["name"], selector, takes, returns, changes)


def _type(member: dict[str, Any]) -> str:
    if not member["type"].startswith("tuple"):
        return str(member["type"])
    inner = ",".join(_type(part) for part in member["components"])
    return f"({inner}){member['type'].removeprefix('tuple')}"


def _plain(value: Any) -> Any:
    """Addresses as everywhere else: with their checksum."""
    if isinstance(value, tuple):
        return tuple(_plain(part) for part in value)
    if isinstance(value, str) and value.startswith("0x") and len(value) == 42:
        return to_checksum_address(value)
    return value
