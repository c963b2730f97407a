"""Whole events, decoded from raw logs by the ABI files that the platform reads."""

import json
from pathlib import Path
from typing import Any, NamedTuple

from eth_abi import decode
from eth_utils import keccak, to_checksum_address

ABI_FOLDER = Path(__file__).resolve().parents[3] / "frontend_api" / "chain" / "abi"
ERROR_STRING = keccak(text="Error(string)")[:4]
CONTRACTS = ("BillRegistry", "ConsentRegistry", "IssuerRegistry", "ReimbursementLedger")


class Event(NamedTuple):
    name: str
    args: dict[str, Any]


def abi_of(contract: str) -> list[dict]:
    return json.loads((ABI_FOLDER / f"{contract}.json").read_text(encoding="utf-8"))


def _topic_of(entry: dict) -> bytes:
    types = ",".join(member["type"] for member in entry["inputs"])
    return keccak(text=f"{entry['name']}({types})")


_EVENTS = {
    _topic_of(entry): entry
    for contract in CONTRACTS
    for entry in abi_of(contract)
    if entry["type"] == "event"
}


def events_of(contract: Any) -> list[Event]:
    """All events of the last call to a contract, those of the contracts it called included."""
    entries = sorted(contract._computation.get_raw_log_entries())
    return [decoded(topics, data) for _, _, topics, data in entries]


def refusal_of(contract: Any) -> str:
    """The contract's own word on why the last call was refused; empty when it gave none."""
    output = contract._computation.output
    if not contract._computation.is_error or not output.startswith(ERROR_STRING):
        return ""
    return decode(["string"], output[4:])[0]


def decoded(topics: tuple[int, ...], data: bytes) -> Event:
    """One log, as the ABI names its parts."""
    words = [topic.to_bytes(32) for topic in topics]
    entry = _EVENTS[words[0]]
    indexed = [member for member in entry["inputs"] if member["indexed"]]
    plain = [member for member in entry["inputs"] if not member["indexed"]]
    args = {
        member["name"]: decode([member["type"]], word)[0]
        for member, word in zip(indexed, words[1:], strict=True)
    }
    values = decode([member["type"] for member in plain], data)
    args |= {member["name"]: value for member, value in zip(plain, values, strict=True)}
    for member in entry["inputs"]:
        if member["type"] == "address":
            args[member["name"]] = to_checksum_address(args[member["name"]])
    return Event(entry["name"], args)
